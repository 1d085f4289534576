"""What docs/security.md and docs/asvs.csv promise, and which tests there are."""

import ast
import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.rules import ROOT

STATUSES = ("done", "partly", "open", "not applicable")
COLUMNS = ["requirement", "answer", "status", "test"]
REFERENCE = re.compile(r"`(tests/[\w/]+\.py(?:::\w+)?)`")
REQUIREMENT = re.compile(r"V(\d{1,2})\.(\d{1,2})\.(\d{1,2})")


@cache
def tests_in(path: Path) -> frozenset[str]:
    """The names of the tests of a file, by reading it; empty where there is none."""
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def exists(reference: str, root: Path = ROOT) -> bool:
    """Whether ``tests/x/test_y.py::test_z`` is a test; without a name, whether the file has any."""
    file, _, name = reference.partition("::")
    found = tests_in(root / file)
    return name in found if name else bool(found)


def wrong_promises(text: str) -> Iterator[str]:
    """A promise (“- …”, up to “Not promised”) without a test, and a test that is not there."""
    promised = text.partition("## Not promised")[0]
    for promise in re.findall(r"^- (.+?)(?=\n- |\n\n|\n#|\Z)", promised, re.M | re.S):
        if not REFERENCE.search(promise):
            yield f"no test: {promise.splitlines()[0]}"
    yield from (f"no such test: {reference}" for reference in REFERENCE.findall(text) if not exists(reference))


def wrong_rows(text: str) -> Iterator[str]:
    """A line that is not what its columns say, “done” or “partly” without a test, and a test that is not there."""
    header, *rows = list(csv.reader(text.splitlines()))
    if header != COLUMNS:
        yield f"columns: {header}"
    keys = [tuple(map(int, found.groups())) for row in rows if (found := REQUIREMENT.fullmatch(row[0]))]
    if len(keys) != len(rows) or keys != sorted(set(keys)):
        yield "requirements: each once, in order, as V6.2.1"
    for row in rows:
        if len(row) != len(COLUMNS) or row[2] not in STATUSES or not row[1].strip():
            yield f"{row[0]}: not {', '.join(COLUMNS)}"
            continue
        references = row[3].split()
        if row[2] in ("done", "partly") and not references:
            yield f"{row[0]}: {row[2]} without a test"
        yield from (f"{row[0]}: no such test: {one}" for one in references if "::" not in one or not exists(one))
