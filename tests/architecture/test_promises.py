"""Every promise of docs/security.md and every “done” of docs/asvs.csv names a test that is there."""

import pytest

from tests.architecture.promises import REFERENCE, wrong_promises, wrong_rows
from tests.architecture.rules import ROOT

pytestmark = pytest.mark.once

HERE = "tests/architecture/test_promises.py"
THIS = f"{HERE}::test_every_promise_has_its_tests"


def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_every_promise_has_its_tests():
    assert list(wrong_promises(read("security.md"))) == []


def test_every_row_has_its_tests():
    assert list(wrong_rows(read("asvs.csv"))) == []


def test_they_are_not_empty(capsys):
    promises, rows = REFERENCE.findall(read("security.md")), read("asvs.csv").splitlines()[1:]
    with capsys.disabled():
        done = sum(",done," in row for row in rows)
        print(f"\nsecurity.md names {len(promises)} tests; asvs.csv has {len(rows)} requirements, {done} done")
    assert len(promises) > 50
    assert len(rows) > 80


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (f"- Kept.\n  `{THIS}`\n", []),
        (f"- Kept.\n  `{HERE}`\n", []),
        ("- Promised and shown nowhere.\n", ["no test: Promised and shown nowhere."]),
        (f"- One.\n- Two.\n  `{THIS}`\n", ["no test: One."]),
        (f"- Kept.\n  `{HERE}::test_gone`\n", [f"no such test: {HERE}::test_gone"]),
        ("- Kept.\n  `tests/gone/test_gone.py::test_gone`\n", ["no such test: tests/gone/test_gone.py::test_gone"]),
        (f"- Kept.\n  `{THIS}`\n\n## Not promised yet\n\n- Nothing.\n", []),
    ],
)
def test_a_broken_promise_is_seen(text, wrong):
    assert list(wrong_promises(text)) == wrong


HEAD = "requirement,answer,status,test\n"


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        (f"V1.2.1,So,done,{THIS}\nV1.10.1,Not yet,open,\n", []),
        ("V1.2.1,So,done,\n", ["V1.2.1: done without a test"]),
        ("V1.2.1,So,partly,\n", ["V1.2.1: partly without a test"]),
        (f"V1.2.1,So,done,{HERE}::test_gone\n", [f"V1.2.1: no such test: {HERE}::test_gone"]),
        (f"V1.2.1,So,done,{HERE}\n", [f"V1.2.1: no such test: {HERE}"]),
        ("V1.2.1,So,finished,\n", ["V1.2.1: not requirement, answer, status, test"]),
        ("1.2.1,So,open,\n", ["requirements: each once, in order, as V6.2.1"]),
        ("V1.2.2,So,open,\nV1.2.1,So,open,\n", ["requirements: each once, in order, as V6.2.1"]),
    ],
)
def test_a_broken_row_is_seen(rows, wrong):
    assert list(wrong_rows(HEAD + rows)) == wrong
