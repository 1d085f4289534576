"""PDF from a typst template and plain data (pure: no Django).

The data travels as JSON and is set as text, so that nothing a person typed can become markup. The result is tagged and
declared PDF/UA-1: typst refuses to write a document that a screen reader could not follow.

Never write one while a module is imported: typst hangs in a process that was forked after its parent has used it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import cast

import typst

# One compiler for a template keeps its fonts; it is not made for two threads at once.
_LOCK = Lock()


@dataclass(frozen=True)
class Pdf:
    """``is_accessible``: PDF/UA-1. Not where a letter was typed that no font of this machine has: it shows as an empty box."""

    content: bytes
    is_accessible: bool


def pdf(template: Path, data: Mapping[str, object]) -> Pdf:
    """The document that ``template`` makes of ``data``, which it finds in ``sys.inputs.data``.

    Raises:
        typst.TypstError: the template itself is wrong.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    with _LOCK:
        compiler = _compiler(template)
        try:
            return Pdf(_written(compiler, inputs, pdf_standards=["ua-1"]), True)
        except typst.TypstError as error:
            if "could not be displayed with font" not in str(error):
                raise
        return Pdf(_written(compiler, inputs), False)


def _written(compiler: typst.Compiler, inputs: dict[str, str], **options: list[str]) -> bytes:
    return cast(bytes, compiler.compile(format="pdf", sys_inputs=inputs, **options))


@cache
def _compiler(template: Path) -> typst.Compiler:
    return typst.Compiler(str(template), root=str(template.parent))
