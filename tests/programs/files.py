"""A small program file for tests, with one line for each thing that a test breaks."""

VALID = """\
program:
  code: tiny
  title: Tiny program
  summary: A program of the tests.
  length: {months: 6, source: seed}
  core_team: {min: 2, max: 4, source: seed}
  larger_team: {required: true, text: A larger team helps., source: seed}
  sponsor: {required: true, text: A sponsor supports the team., source: seed}
  seats: {min: null, max: null, source: default}
  eligibility:
    - {code: leader, text: The leader is a physician., source: seed}
  assessments:
    - {instrument: readiness, text: Readiness., source: seed}
  contact: {text: Write to us., source: default}
reminders:
  - {days: -3, at: "09:00"}
  - {days: 1, at: "09:00"}
cohorts:
  - code: tiny-2024
    title: Tiny 2024
    zone: America/New_York
    starts: 2024-06-03
    source: seed
    milestones:
      - code: opening
        kind: opening
        title: Opening
        starts: 2024-03-01
        source: default
      - code: deadline
        kind: deadline
        title: Deadline
        starts: 2024-05-01
        ends_time: 23:59
        due_from: leader
        source: seed
      - code: session-1
        kind: session
        title: Session
        mode: in_person
        starts: 2024-06-06
        ends: 2024-06-07
        due_from: core_team
        source: seed
      - code: update-1
        kind: update
        title: Update
        starts: 2024-09-30
        due_from: enrollment
        source: default
form:
  sections:
    - code: problem
      title: The problem
      questions:
        - {code: problem, kind: long_text, text: "Which problem?"}
"""


def line_of(text: str, words: str) -> int:
    """The line, from 1, of the one place in ``text`` that has ``words``."""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if words in line]
    assert len(lines) == 1, f"{words!r} is on {len(lines)} lines"
    return lines[0]


def changed(old: str, new: str) -> str:
    """VALID with the one occurrence of ``old`` replaced."""
    assert VALID.count(old) == 1, f"{old!r} is there {VALID.count(old)} times"
    return VALID.replace(old, new)
