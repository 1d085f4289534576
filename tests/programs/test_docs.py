"""The documented example is a file that can be loaded."""

from pathlib import Path

from programs.definition import read

DOCS = Path(__file__).resolve().parent.parent.parent / "docs" / "programs.md"


def test_the_documented_example_is_valid():
    example = DOCS.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    file = read(example)
    assert file.program.code == "tiny"
    assert [row.code for row in file.cohorts[0].milestones] == ["opening", "deadline", "qtp-1", "update-1"]
