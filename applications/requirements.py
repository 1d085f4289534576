"""Who may apply, and what a complete application is (pure: no Django).

Source of the defaults: the call of the 2024 program. The leader is a physician who is an ASCO member in good standing, a
fellow in training qualifies; the core team, two to four people, attends every in-person session; a sponsor supports it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Requirement(StrEnum):
    """What a gap is about; the applicant's pages turn it into a link."""

    PRACTICE = "practice"
    COUNTRY = "country"
    LEADER = "leader"
    TEAM = "team"
    SPONSOR = "sponsor"
    LETTER = "letter"
    ATTENDANCE = "attendance"


@dataclass(frozen=True)
class Rules:
    """What one program asks of its applicants. ``countries`` empty: everywhere. ``letter_text``: what it says of the letter."""

    core_min: int
    core_max: int
    leader_is_physician: bool = True
    leader_is_member: bool = True
    needs_sponsor: bool = True
    needs_attendance: bool = True
    countries: tuple[str, ...] = ()
    needs_letter: bool = False
    letter_text: str = ""


@dataclass(frozen=True)
class Facts:
    """What stands in one application.

    ``unconfirmed`` are the names of core members who have not given their word; ``letter_asked_of`` is who was asked for the
    letter of support and has not given it.
    """

    leader: str
    is_physician: bool
    is_member: bool  # a member in good standing, or a fellow in training
    has_member_number: bool
    core_size: int
    unconfirmed: tuple[str, ...]
    has_sponsor: bool
    country: str
    missing_practice_facts: tuple[str, ...]
    has_letter: bool = False
    letter_asked_of: str = ""


@dataclass(frozen=True)
class Unmet:
    requirement: Requirement
    text: str


def unmet(rules: Rules, facts: Facts) -> list[Unmet]:
    """What is missing, in the order of the application's tasks; empty for a complete application (answers aside)."""
    return [*_practice(rules, facts), *_leader(rules, facts), *_team(rules, facts), *_support(rules, facts)]


def _practice(rules: Rules, facts: Facts) -> list[Unmet]:
    found = []
    if facts.missing_practice_facts:
        words = listed(facts.missing_practice_facts)
        found.append(Unmet(Requirement.PRACTICE, f"Complete the facts of your practice: {words}."))
    if rules.countries and facts.country not in rules.countries:
        found.append(Unmet(Requirement.COUNTRY, f"This program is for practices in: {listed(rules.countries)}."))
    return found


def _leader(rules: Rules, facts: Facts) -> list[Unmet]:
    found = []
    if rules.leader_is_physician and not facts.is_physician:
        found.append(
            f"The team leader must be a physician. {facts.leader} has to state this, or somebody else has to lead."
        )
    if rules.leader_is_member and not facts.is_member:
        found.append("The team leader must be an ASCO member in good standing or a fellow in training.")
    if rules.leader_is_member and not facts.has_member_number:
        found.append("Enter the leader's ASCO member number.")
    return [Unmet(Requirement.LEADER, text) for text in found]


def _team(rules: Rules, facts: Facts) -> list[Unmet]:
    if rules.core_min <= facts.core_size <= rules.core_max:
        return []
    what = f"The core team has {size_in_words(rules)}, the leader among them"
    now = f"yours has {people(facts.core_size)}"
    if facts.core_size < rules.core_min:
        text = (
            f"{what}; {now}. Invite {people(rules.core_min - facts.core_size)} more, and wait until they have accepted."
        )
    else:
        text = f"{what}; {now}. Move {people(facts.core_size - rules.core_max)} to the larger team."
    return [Unmet(Requirement.TEAM, text)]


def _support(rules: Rules, facts: Facts) -> list[Unmet]:
    found = []
    if rules.needs_sponsor and not facts.has_sponsor:
        found.append(
            Unmet(Requirement.SPONSOR, "Name a sponsor: a senior leader of your practice who supports the team.")
        )
    if rules.needs_letter and not facts.has_letter:
        found.append(Unmet(Requirement.LETTER, _letter(rules, facts)))
    if rules.needs_attendance and facts.unconfirmed:
        names = listed(facts.unconfirmed)
        text = f"Every member of the core team confirms to attend all sessions. Not yet confirmed: {names}."
        found.append(Unmet(Requirement.ATTENDANCE, text))
    return found


def _letter(rules: Rules, facts: Facts) -> str:
    """In the program's own words, and what to do."""
    text = rules.letter_text or "The application is complete with a letter of support from the sponsor."
    if facts.letter_asked_of:
        return f"{text} {facts.letter_asked_of} has been asked and has not given it yet: send a reminder, or upload it."
    if facts.has_sponsor:
        return f"{text} Ask your sponsor for it, or upload it."
    return f"{text} Name the sponsor first, then ask for it."


def size_in_words(rules: Rules) -> str:
    """“2 to 4 people”, or “4 people” where the program leaves no choice."""
    if rules.core_min == rules.core_max:
        return people(rules.core_min)
    return f"{rules.core_min} to {rules.core_max} people"


def people(count: int) -> str:
    return f"{count} person" if count == 1 else f"{count} people"


def listed(words: tuple[str, ...]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
