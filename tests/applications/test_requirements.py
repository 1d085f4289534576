"""The program's requirements, one line of the table a case."""

from dataclasses import replace

import pytest

from applications import requirements
from applications.requirements import Facts, Requirement, Rules, unmet

RULES = Rules(core_min=2, core_max=4)
MET = Facts(
    leader="Lena",
    is_physician=True,
    is_member=True,
    has_member_number=True,
    core_size=2,
    unconfirmed=(),
    has_sponsor=True,
    country="US",
    missing_practice_facts=(),
)
TOO_FEW = (
    "The core team has 2 to 4 people, the leader among them; yours has 1 person. "
    "Invite 1 person more, and wait until they have accepted."
)


def texts(rules, facts):
    return [one.text for one in unmet(rules, facts)]


@pytest.mark.parametrize("core_size", [2, 3, 4])
def test_a_complete_application_has_no_gap(core_size):
    assert unmet(RULES, replace(MET, core_size=core_size)) == []


@pytest.mark.parametrize(
    ("change", "requirement", "text"),
    [
        (
            {"is_physician": False},
            Requirement.LEADER,
            "The team leader must be a physician. Lena has to state this, or somebody else has to lead.",
        ),
        (
            {"is_member": False},
            Requirement.LEADER,
            "The team leader must be an ASCO member in good standing or a fellow in training.",
        ),
        ({"has_member_number": False}, Requirement.LEADER, "Enter the leader's ASCO member number."),
        (
            {"core_size": 1},
            Requirement.TEAM,
            TOO_FEW,
        ),
        (
            {"core_size": 5},
            Requirement.TEAM,
            "The core team has 2 to 4 people, the leader among them; yours has 5 people. Move 1 person to the larger team.",
        ),
        (
            {"has_sponsor": False},
            Requirement.SPONSOR,
            "Name a sponsor: a senior leader of your practice who supports the team.",
        ),
        (
            {"unconfirmed": ("Lena", "Cora", "Ann")},
            Requirement.ATTENDANCE,
            "Every member of the core team confirms to attend all sessions. Not yet confirmed: Lena, Cora and Ann.",
        ),
        (
            {"missing_practice_facts": ("setting", "rurality")},
            Requirement.PRACTICE,
            "Complete the facts of your practice: setting and rurality.",
        ),
    ],
)
def test_each_gap_in_the_programs_words(change, requirement, text):
    assert [(one.requirement, one.text) for one in unmet(RULES, replace(MET, **change))] == [(requirement, text)]


def test_a_program_may_ask_for_less():
    rules = Rules(
        core_min=1,
        core_max=1,
        leader_is_physician=False,
        leader_is_member=False,
        needs_sponsor=False,
        needs_attendance=False,
    )
    facts = replace(
        MET,
        is_physician=False,
        is_member=False,
        has_member_number=False,
        core_size=1,
        unconfirmed=("Lena",),
        has_sponsor=False,
    )
    assert unmet(rules, facts) == []
    assert texts(rules, replace(facts, core_size=2)) == [
        "The core team has 1 person, the leader among them; yours has 2 people. Move 1 person to the larger team."
    ]


def test_a_grant_may_be_for_one_country():
    rules = replace(RULES, countries=("US",))
    assert texts(rules, replace(MET, country="CA")) == ["This program is for practices in: US."]
    assert texts(rules, MET) == []


def test_gaps_come_in_the_order_of_the_tasks():
    nothing = Facts("Lena", False, False, False, 1, ("Lena",), False, "US", ("setting",))
    assert [one.requirement.value for one in unmet(RULES, nothing)] == [
        "practice",
        "leader",
        "leader",
        "leader",
        "team",
        "sponsor",
        "attendance",
    ]


def test_lists_in_words():
    lists = ((), ("a",), ("a", "b"), ("a", "b", "c"))
    assert [requirements.listed(words) for words in lists] == ["", "a", "a and b", "a, b and c"]
