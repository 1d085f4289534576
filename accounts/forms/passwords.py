"""What is guessed first among passwords that are long enough: common ones that were made longer."""

import re

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Words that anybody guesses who knows what the site is for.
OURS = frozenset(
    {
        "asco",
        "cancer",
        "clinic",
        "collaborative",
        "collaboratives",
        "hospital",
        "oncology",
        "practice",
        "quality",
        "training",
    }
)
RUNS = (
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "qazwsxedcrfvtgbyhnujmikolp",
)
FEW = 6  # so many digits or signs around a common word make no difference to who guesses


class LengthenedCommonPasswordValidator(CommonPasswordValidator):
    """Refuses at most two common passwords, words of this site or runs of keys, with digits and signs anywhere around them.

    Django's list has 20,000 passwords, of which 190 have twelve characters; people lengthen the others. Three words or
    more that have nothing to do with each other are never refused, whatever they are.
    """

    def validate(self, password: str, user: object = None) -> None:
        text = password.lower().strip()
        letters, others = re.sub(r"[^a-z]", "", text), re.sub(r"[a-z]", "", text)
        is_common = text in self.passwords or self._is_run(text)
        if not is_common and letters and (len(others) <= FEW or self._is_run(others)):
            is_common = self._is_easy(letters) or any(
                self._is_easy(letters[:cut]) and self._is_easy(letters[cut:]) for cut in range(3, len(letters) - 2)
            )
        if is_common:
            raise ValidationError(
                _("This password is easy to guess. Use four words that have nothing to do with each other."),
                code="password_too_common",
            )

    def get_help_text(self) -> str:
        return _("Not a common password, and not one that was made longer.")

    def _is_easy(self, word: str) -> bool:
        return word in self.passwords or word in OURS or self._is_run(word)

    @staticmethod
    def _is_run(text: str) -> bool:
        """One piece of at most four characters again and again, or keys that lie side by side, in either direction."""
        if any(text == (text[:size] * len(text))[: len(text)] for size in range(1, min(5, len(text)))):
            return True
        return len(text) > 2 and any(text in run or text[::-1] in run for run in RUNS)
