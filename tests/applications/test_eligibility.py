"""The pure check: answers fit, do not fit, or are missing."""

from applications.eligibility import Asked, Choice, Reason, check, impassable

LEADER = Asked(
    "leader",
    "Is the leader a physician?",
    (
        Choice("yes", "Yes", True),
        Choice("fellow", "A fellow", True),
        Choice("no", "No", False, "A physician has to lead."),
    ),
)
PLACE = Asked("place", "Where?", (Choice("us", "Here", True), Choice("else", "Elsewhere", False, "Only here.")))


def test_a_call_without_questions_fits_everybody():
    assert check([], {}).fits


def test_every_fitting_answer_fits():
    for leader in ("yes", "fellow"):
        outcome = check([LEADER, PLACE], {"leader": leader, "place": "us"})
        assert (outcome.fits, outcome.reasons, outcome.unanswered) == (True, (), ())


def test_each_answer_that_does_not_fit_gives_its_reason_in_order():
    outcome = check([LEADER, PLACE], {"place": "else", "leader": "no"})
    assert not outcome.fits
    assert outcome.reasons == (Reason("leader", "A physician has to lead."), Reason("place", "Only here."))


def test_what_is_missing_or_no_choice_is_unanswered_and_does_not_fit():
    outcome = check([LEADER, PLACE], {"leader": "perhaps", "other": "yes"})
    assert not outcome.fits
    assert outcome.unanswered == ("leader", "place")
    assert outcome.reasons == ()


def test_a_question_that_nobody_can_pass_is_found():
    wall = Asked("wall", "?", (Choice("a", "A", False, "No."), Choice("b", "B", False, "No.")))
    assert impassable([LEADER, wall]) == [wall]
