"""Who has given their word to attend every session, and for which dates."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from applications.models import Application, AttendanceCommitment
from applications.selectors.letters import sessions_of
from applications.selectors.undelivered import Undelivered, undelivered
from practices.models import Member
from practices.selectors import core_team
from programs.models import Cohort


class WordState(StrEnum):
    """EARLIER: given, and the dates have changed since, so it no longer counts."""

    NONE = "none"
    ASKED = "asked"
    DECLINED = "declined"
    EARLIER = "earlier"
    GIVEN = "given"


@dataclass(frozen=True)
class Word:
    """A member of the present core team, and how their word to attend stands."""

    member: Member
    state: WordState
    commitment: AttendanceCommitment | None = None
    undelivered: Undelivered | None = None

    @property
    def has_confirmed(self) -> bool:
        return self.state is WordState.GIVEN


def dates_of(cohort: Cohort) -> str:
    """The fingerprint of the sessions with their days: a word is given for these and no others; empty without sessions."""
    days = [f"{one.code} {one.starts_on} {one.ends_on}" for one in sessions_of(cohort)]
    return hashlib.sha256("\n".join(days).encode()).hexdigest() if days else ""


def word_state(commitment: AttendanceCommitment | None, dates: str) -> WordState:
    """A word without a fingerprint was given before fingerprints were kept, or without sessions: it counts."""
    if commitment is None:
        return WordState.NONE
    if commitment.confirmed_at:
        return WordState.GIVEN if commitment.dates in ("", dates) else WordState.EARLIER
    return WordState.DECLINED if commitment.declined_at else WordState.ASKED


def words_of(application: Application) -> list[Word]:
    """One for each member of the present core team, in the order in which they joined; four queries."""
    dates = dates_of(application.call.cohort)
    there = {row.member_id: row for row in AttendanceCommitment.objects.filter(application=application)}
    failed = undelivered(row for row in there.values() if row.confirmed_at is None)
    return [
        Word(member, word_state(row := there.get(member.pk), dates), row, failed.get(row.pk) if row else None)
        for member in core_team(application.enrollment.team)
    ]


def unconfirmed(application: Application) -> list[Member]:
    """Those of the present core team who have not given their word to attend all sessions on their present dates."""
    return [word.member for word in words_of(application) if not word.has_confirmed]
