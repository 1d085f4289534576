"""Reading a program's file: what is wrong is told with file, line and field."""

from datetime import time

import pytest

from programs.definition import DefinitionError, catalog, read
from tests.programs.files import VALID, changed


def problems(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(DefinitionError) as broken:
        read(text, "tiny.yaml")
    return [(one.line, one.field, one.message) for one in broken.value.problems]


def test_a_valid_file_is_read():
    file = read(VALID)
    assert file.program.code == "tiny"
    assert file.cohorts[0].milestones[1].ends_time == time(23, 59)  # YAML 1.1 would read the number 1439
    assert read(VALID) == file


MILESTONES = "cohorts[0].milestones"
# What is replaced, by what, and the one problem that follows.
BROKEN = [
    (
        "code: tiny\n",
        "code: Tiny\n",
        2,
        "program.code",
        "“Tiny” is not a code. Use lower-case letters, digits and single hyphens, such as qtp-1.",
    ),
    ("  title: Tiny program\n", "", 1, "program.title", "is missing. Add it."),
    ("  summary:", "  sumary: x\n  summary:", 4, "program.sumary", "is not a known field. Did you mean “summary”?"),
    ("  summary:", "  zzz: x\n  summary:", 4, "program.zzz", "is not a known field. Remove it, or correct its name."),
    (
        "  summary:",
        "  title: Again\n  summary:",
        4,
        "program.title",
        "is there twice (first on line 3). Keep one of the two.",
    ),
    (
        "{months: 6,",
        "{months: six,",
        5,
        "program.length.months",
        "input should be a valid integer, not 'six'. Correct it.",
    ),
    ("{min: 2, max: 4,", "{min: 5, max: 4,", 6, "program.core_team.min", "is above max (4). Correct one of the two."),
    ("{min: null, max: null,", "{min: 9, max: 3,", 9, "program.seats.min", "is above max (3). Correct one of the two."),
    (
        "A larger team helps., source: seed",
        "A larger team helps., source: rumor",
        7,
        "program.larger_team.source",
        "“rumor” is not known. Use 'seed' or 'default'.",
    ),
    ("  - {days: 1,", "  - {days: -3,", 17, "reminders[1]", "the offset -3 days to owing is given twice. Remove one."),
    ("  - {days: 1,", "  - {hours: 1, days: 1,", 17, "reminders[1]", "give either days or hours."),
    (
        '{days: 1, at: "09:00"}',
        '{days: 1, at: "9:00"}',
        17,
        "reminders[1].at",
        "“9:00” is not a local time. Write it with 24 hours, such as 09:00 or 23:59.",
    ),
    (
        "zone: America/New_York",
        "zone: America/Alexandria",
        21,
        "cohorts[0].zone",
        "“America/Alexandria” is not a time zone. Use an IANA name, such as America/New_York.",
    ),
    (
        "zone: America/New_York",
        "zone: America",
        21,
        "cohorts[0].zone",
        "“America” is not a time zone. Use an IANA name, such as America/New_York.",
    ),
    (
        "starts: 2024-06-03",
        "starts: June 3",
        22,
        "cohorts[0].starts",
        "“June 3” is not a date. Write it as year-month-day, such as 2024-07-11.",
    ),
    (
        "starts: 2024-06-03",
        "starts: 2024-06-31",
        22,
        "cohorts[0].starts",
        "“2024-06-31” is not in the calendar. Correct the month or the day.",
    ),
    (
        "kind: session",
        "kind: meeting",
        38,
        f"{MILESTONES}[2].kind",
        "“meeting” is not known. Use 'opening', 'deadline', 'call', 'session', 'assessment', 'update', 'report' or 'activity'.",
    ),
    (
        "code: session-1",
        "code: deadline",
        37,
        f"{MILESTONES}[2].code",
        "“deadline” is there twice. Codes are used once.",
    ),
    (
        "ends: 2024-06-07",
        "ends: 2024-06-05",
        42,
        f"{MILESTONES}[2].ends",
        "2024-06-05 is before the start, 2024-06-06. Correct one of the two.",
    ),
    (
        "        ends_time: 23:59\n",
        "        starts_time: 12:00\n        ends_time: 11:00\n",
        35,
        f"{MILESTONES}[1].ends_time",
        "is before starts_time on the same day. Correct one of the two.",
    ),
    (
        "starts: 2024-05-01\n        ends_time: 23:59",
        "starts: 2025-03-09\n        ends_time: 02:30",
        34,
        f"{MILESTONES}[1].ends_time",
        "On March 9, 2025 the clocks of America/New_York skip 02:30. Choose 01:59 or 03:00.",
    ),
    (
        "starts: 2024-05-01\n        ends_time: 23:59",
        "starts: 2024-11-03\n        ends_time: 01:30",
        34,
        f"{MILESTONES}[1].ends_time",
        "On November 3, 2024 the clocks of America/New_York show 01:30 twice. Choose a time outside the repeated hour.",
    ),
    (
        "starts: 2024-03-01",
        "starts: 2024-05-02",
        28,
        f"{MILESTONES}[0].starts",
        "the call opens after its deadline. Correct one of the two.",
    ),
    (
        "kind: opening",
        "kind: activity",
        31,
        f"{MILESTONES}[1].kind",
        "there is no opening to this deadline. A call needs both.",
    ),
    (
        "kind: session\n        title: Session\n        mode: in_person",
        "kind: deadline\n        title: Session",
        38,
        f"{MILESTONES}[2].kind",
        "is the second deadline. A cohort has one call, so one deadline.",
    ),
    (
        "        mode: in_person\n",
        "",
        37,
        f"{MILESTONES}[2].mode",
        "is missing. Say whether the session is in_person, virtual or on_site.",
    ),
    (
        "due_from: core_team",
        "due_from: enrollment",
        43,
        f"{MILESTONES}[2].due_from",
        "a session is attended by people: use core_team, team, nobody.",
    ),
    (
        "starts: 2024-09-30",
        "starts: 2024-09-15",
        48,
        f"{MILESTONES}[3].starts",
        "2024-09-15 is no quarter's end. A quarterly update is due on 2024-09-30.",
    ),
    (
        "kind: update",
        "kind: assessment",
        45,
        f"{MILESTONES}[3].instrument",
        "is missing. Say which assessment is made.",
    ),
    (
        "kind: update\n",
        "kind: assessment\n        instrument: other\n",
        47,
        f"{MILESTONES}[3].instrument",
        "“other” is not among program.assessments (readiness).",
    ),
    (
        "kind: update\n",
        "kind: update\n        instrument: readiness\n",
        47,
        f"{MILESTONES}[3].instrument",
        "belongs to the kind assessment, not to update. Remove it.",
    ),
    (
        "kind: opening\n",
        "kind: opening\n        reminders: [{days: -1}]\n",
        27,
        f"{MILESTONES}[0].reminders",
        "nobody owes this milestone, so nobody is reminded. Remove them, or set due_from.",
    ),
    (
        "kind: long_text",
        "kind: essay",
        56,
        "form.sections[0].questions[0].kind",
        (
            "“essay” is not known. Use 'short_text', 'long_text', 'number', 'choice', 'choices', 'date', 'statement', 'file' or"
            " 'table'."
        ),
    ),
]


NAMES = [f"{one[3]}-{number}" for number, one in enumerate(BROKEN)]


@pytest.mark.parametrize(("old", "new", "line", "field", "message"), BROKEN, ids=NAMES)
def test_each_fault_is_told_with_line_and_field(old, new, line, field, message):
    assert problems(changed(old, new)) == [(line, field, message)]


def test_two_updates_in_one_quarter_are_told():
    extra = VALID.replace(
        "form:\n",
        """\
      - code: update-2
        kind: update
        title: Update
        starts: 2024-09-30
        due_from: enrollment
        source: default
form:
""",
    )
    assert problems(extra) == [
        (51, f"{MILESTONES}[4]", "is due on 2024-09-30, as update-1 is. Each quarter has one update.")
    ]


def test_all_problems_are_told_at_once_in_the_order_of_lines():
    text = (
        changed("kind: session", "kind: meeting").replace("America/New_York", "Mars").replace("months: 6", "months: 0")
    )
    assert [line for line, _, _ in problems(text)] == [5, 21, 38]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "is empty"),
        ("program: [", 1, "expected the node content"),
        ("program:\n  code: a\n title: b\n", 3, "expected <block end>"),
        ("a: &x 1\nb: *x\n", 2, "aliases (*name) are not used here"),
        ("a: " + "[" * 30 + "]" * 30, 1, "is nested too deeply"),
        ("a: 1\nb: \x07\n", 2, "special characters are not allowed"),
        ("a: 1\n---\nb: 2\n", 2, "expected a single document"),
        ("- just\n- a list\n", 1, "is not made of fields. Write one “field: value” a line."),
        ("program: !!python/object:os.system {}\n", 1, ""),
    ],
)
def test_what_is_no_yaml_of_ours_is_one_sentence(text, line, words):
    with pytest.raises(DefinitionError) as broken:
        read(text, "bad.yaml")
    first = broken.value.problems[0]
    assert first.line == line
    assert words in str(first)
    assert str(first).startswith(f"bad.yaml:{line}: ")


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: caf\xe9\n")
    for path, words in (
        (tmp_path / "nothing.yaml", "nothing.yaml:1: cannot be read: No such file or directory."),
        (tmp_path, "cannot be read: Is a directory."),
        (tmp_path / "latin.yaml", "latin.yaml:2: is not UTF-8 here. Save the file as UTF-8."),
    ):
        with pytest.raises(DefinitionError) as broken:
            read(path)
        assert words in str(broken.value)


OFFSETS = """\
timeline:
  zone: America/New_York
  milestones:
    - {code: update-1, kind: update, title: Update, after: AFTER, due_from: enrollment, source: default}
"""


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ("{months: 3}", "a quarterly update is due at a quarter's end: write after: {quarters: 1}."),
        ("{quarters: 1, days: 2}", "quarters stands alone: without months, weeks, days, weekday and lasts_days."),
    ],
)
def test_updates_in_offsets_are_counted_in_quarters(after, message):
    text = VALID.replace("form:\n", OFFSETS.replace("AFTER", after) + "form:\n")
    assert problems(text) == [(54, "timeline.milestones[0].after", message)]


def test_a_program_that_can_never_run_is_refused():
    start, end = VALID.index("cohorts:"), VALID.index("form:")
    assert problems(VALID[:start] + VALID[end:]) == [
        (1, "", "has neither cohorts nor a timeline, so it can never run. Add one of them.")
    ]


def test_every_shipped_program_is_valid():
    assert list(catalog()) == [
        "health-equity-2024",
        "quality-training-program",
        "rural-and-urban",
        "underserved-communities",
    ]
    for code, path in catalog().items():
        assert read(path).program.code == code
