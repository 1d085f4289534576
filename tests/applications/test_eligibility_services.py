"""The eligibility questions of a call: from the program's file, by staff, and fixed once somebody has begun."""

import pytest

from applications import selectors, services
from applications.eligibility import check
from applications.services import (
    EligibilityRefused,
    move_eligibility,
    open_call,
    put_eligibility,
    remove_eligibility,
    set_eligibility,
    start_application,
)
from core.models import AuditEntry
from dashboards.services import install_catalog_program
from programs.definition import MOST_CHOICES, MOST_QUESTIONS, DefinitionError, catalog, read
from programs.models import Program
from questionnaires.services import load_form
from tests.applications.conftest import SECTIONS
from tests.programs.files import VALID


def question(code="leader", text="Is the leader a physician?", **fields):
    choices = [
        {"code": "yes", "label": "Yes", "fits": True},
        {"code": "no", "label": "No", "fits": False, "reason": "A physician has to lead."},
    ]
    return {"code": code, "text": text, "choices": choices} | fields


def codes(call):
    return list(call.eligibility_questions.values_list("code", flat=True))


def verbs(call):
    rows = AuditEntry.objects.filter(object_type="applications.call", object_id=call.pk).order_by("pk")
    return list(rows.values_list("verb", flat=True))


def test_questions_are_set_read_back_and_left_alone_the_second_time(call, cast):
    for _ in range(2):
        set_eligibility(call, [question(help="Or a fellow."), question("place", "Here?")], by=cast.staff)
    assert codes(call) == ["leader", "place"]
    assert verbs(call) == ["call.opened", "call.eligibility_changed"]
    asked = selectors.asked_of(call)
    assert (asked[0].help, asked[0].choices[1].reason) == ("Or a fellow.", "A physician has to lead.")
    assert [one.text for one in check(asked, {"leader": "no", "place": "yes"}).reasons] == ["A physician has to lead."]


NO_REASON = [{"code": "a", "label": "A", "fits": True}, {"code": "b", "label": "B", "fits": False}]
READ_REASON = [{"code": "a", "label": "A", "fits": True, "reason": "Why?"}, {"code": "b", "label": "B", "fits": True}]
WALL = [{"code": code, "label": code, "fits": False, "reason": "No."} for code in "ab"]
SAME = [{"code": "a", "label": "A", "fits": True}] * 2
MANY = [{"code": f"c{n}", "label": "C", "fits": True} for n in range(MOST_CHOICES + 1)]


@pytest.mark.parametrize(
    ("questions", "words"),
    [
        ([question(choices=NO_REASON)], "The answer “B” does not fit, so give its reason"),
        ([question(choices=READ_REASON)], "The answer “A” fits, so its reason would never be read"),
        ([question(choices=WALL)], "No answer to “Is the leader a physician?” fits, so nobody could apply"),
        ([question(choices=SAME)], "has the answer code “a” twice"),
        ([question(choices=MANY)], f"needs 2 to {MOST_CHOICES} answers"),
        ([question(choices=SAME[:1])], f"needs 2 to {MOST_CHOICES} answers"),
        ([question(), question()], "The question code “leader” is there twice"),
        ([question(f"q{n}") for n in range(MOST_QUESTIONS + 1)], f"at most {MOST_QUESTIONS} questions"),
        ([question(code="Leader!")], "is not a code"),
        ([question(text="")], "Text: string should have at least 1 character."),
    ],
)
def test_what_breaks_a_rule_is_refused_in_words_and_nothing_changes(call, cast, questions, words):
    set_eligibility(call, [question("before")], by=cast.staff)
    with pytest.raises(EligibilityRefused) as refused:
        set_eligibility(call, questions, by=cast.staff)
    assert words in str(refused.value)
    assert codes(call) == ["before"]


def test_one_question_is_added_replaced_moved_and_removed(call, cast):
    staff = cast.staff
    for code in ("one", "two", "three"):
        put_eligibility(call, question(code), by=staff)
    put_eligibility(call, question("second", "Second?"), replacing="two", by=staff)
    assert codes(call) == ["one", "second", "three"]
    move_eligibility(call, "three", up=True, by=staff)
    move_eligibility(call, "one", up=True, by=staff)  # at the top already
    move_eligibility(call, "second", up=False, by=staff)  # at the end already
    assert codes(call) == ["one", "three", "second"]
    move_eligibility(call, "one", up=False, by=staff)
    assert codes(call) == ["three", "one", "second"]
    remove_eligibility(call, "one", by=staff)
    assert codes(call) == ["three", "second"]
    for act in (
        lambda: remove_eligibility(call, "one", by=staff),
        lambda: move_eligibility(call, "one", up=True, by=staff),
        lambda: put_eligibility(call, question(), replacing="one", by=staff),
    ):
        with pytest.raises(EligibilityRefused, match="no longer there"):
            act()


def test_once_somebody_has_begun_only_words_change(call, cast):
    staff = cast.staff
    set_eligibility(call, [question(), question("place", "Here?")], by=staff)
    before = list(call.eligibility_questions.values_list("pk", flat=True))
    start_application(call, practice=cast.practice, team_name="T", leader=cast.leader, by=cast.leader)
    corrected = [
        {"code": "yes", "label": "Yes, a physician", "fits": True},
        {"code": "no", "label": "No", "fits": False, "reason": "A physician leads."},
    ]
    put_eligibility(call, question(text="Is a physician leading?", choices=corrected), replacing="leader", by=staff)
    row = call.eligibility_questions.get(code="leader")
    assert (row.text, row.choices[1]["reason"]) == ("Is a physician leading?", "A physician leads.")
    assert list(call.eligibility_questions.values_list("pk", flat=True)) == before
    flipped = [corrected[0], {"code": "no", "label": "No", "fits": True}]
    for act in (
        lambda: put_eligibility(call, question("third"), by=staff),
        lambda: put_eligibility(call, question(choices=flipped), replacing="leader", by=staff),
        lambda: put_eligibility(call, question("chief"), replacing="leader", by=staff),
        lambda: remove_eligibility(call, "place", by=staff),
        lambda: move_eligibility(call, "place", up=True, by=staff),
    ):
        with pytest.raises(EligibilityRefused, match="Somebody has begun to apply"):
            act()
    assert codes(call) == ["leader", "place"]


def test_the_file_is_taken_until_staff_change_something_or_somebody_begins(cast, april):
    form = load_form("test-application", "Application", SECTIONS)
    call = open_call(cast.cohort, form=form, eligibility=[question()])
    assert codes(call) == ["leader"]
    assert not call.has_own_eligibility
    open_call(cast.cohort, form=form, eligibility=[question("newer")])
    assert codes(call) == ["newer"]
    open_call(cast.cohort, form=form)  # says nothing of eligibility
    assert codes(call) == ["newer"]
    put_eligibility(call, question("staff"), by=cast.staff)
    open_call(cast.cohort, form=form, eligibility=[question("file")])
    assert codes(call) == ["newer", "staff"]


def test_the_file_is_not_taken_once_somebody_has_begun(cast, april):
    form = load_form("test-application", "Application", SECTIONS)
    call = open_call(cast.cohort, form=form, eligibility=[question()])
    start_application(call, practice=cast.practice, team_name="T", leader=cast.leader, by=cast.leader)
    open_call(cast.cohort, form=form, eligibility=[question("newer")])
    assert codes(call) == ["leader"]


CHECK = """eligibility_check:
  - code: leader
    text: Is the leader a physician?
    choices:
      - {code: "yes", label: "Yes", fits: true}
      - {code: "no", label: "No", fits: false, reason: Not yet.}
form:
"""


def test_a_file_asks_and_what_is_wrong_is_told_with_its_line():
    assert [one.code for one in read(VALID.replace("form:\n", CHECK)).eligibility_check] == ["leader"]
    for old, new, words in (
        ("reason: Not yet.", "reason: ''", "The answer “No” does not fit, so give its reason"),
        ("fits: true", "fits: maybe", "input should be a valid boolean"),
        ("    choices:", "    chioces: []\n    choices:", "Did you mean “choices”?"),
    ):
        with pytest.raises(DefinitionError) as broken:
            read(VALID.replace("form:\n", CHECK.replace(old, new)), "tiny.yaml")
        assert words in str(broken.value)
        assert "eligibility_check[0]" in str(broken.value)
        assert broken.value.problems[0].line > 1


@pytest.mark.parametrize("code", sorted(catalog()))
def test_every_shipped_program_asks_three_questions_that_can_be_passed_and_failed(code):
    questions = read(catalog()[code]).eligibility_check
    assert len(questions) == 3
    for asked in questions:
        assert {choice.fits for choice in asked.choices} == {True, False}
        for choice in asked.choices:
            assert choice.fits or choice.reason.endswith(".")


def test_installing_a_program_gives_its_call_the_questions_and_twice_changes_nothing(db, now):
    for _ in range(2):
        install_catalog_program("health-equity-2024")
    call = Program.objects.get(code="health-equity-2024").cohorts.get().call
    assert codes(call) == ["leader", "attendance", "quality-problem"]
    assert verbs(call).count("call.eligibility_changed") == 1


def test_the_verbs_are_the_rooms_own(call, cast):
    assert services.set_eligibility(call, [], by=cast.staff) == []
    assert not call.has_own_eligibility  # nothing was asked before and nothing is now
