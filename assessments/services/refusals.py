"""What the acts on instruments say when they say no."""

from core.refusals import Refused


class InstrumentRefused(Refused):
    """An edition cannot be written, taken or used so. ``sentences`` has every reason."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))
