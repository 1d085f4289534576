"""What staff read before they make two entries one practice."""

from dataclasses import dataclass

from practices.models import FACTS, Practice, Team
from practices.selectors.practices import labels, words_of
from practices.selectors.teams import open_invitations_to


@dataclass(frozen=True)
class Compared:
    """One fact of both, in words."""

    name: str
    label: str
    kept: str
    gone: str
    differs: bool


@dataclass(frozen=True)
class Moving:
    """How many rows go over to the practice that is kept."""

    teams: int
    sites: int
    let_in: int
    invitations: int


def compared(kept: Practice, gone: Practice) -> list[Compared]:
    """Every fact of the two, side by side."""
    ours, theirs, called = words_of(kept), words_of(gone), labels()
    return [
        Compared(name, called[name], ours[name], theirs[name], getattr(kept, name) != getattr(gone, name))
        for name in FACTS
    ]


def moving(gone: Practice) -> Moving:
    """What moves when ``gone`` is merged into another; four queries."""
    return Moving(
        teams=gone.teams.count(),
        sites=gone.sites.count(),
        let_in=gone.affiliations.filter(ended_at=None).count(),
        invitations=open_invitations_to(gone).count(),
    )


def applied_to_both(kept: Practice, gone: Practice) -> list[str]:
    """The cohorts to which both have a team, by their titles: one practice would then have two teams in one.

    Enrollments belong to a room above; its relation is asked by name, as a list of titles needs nothing else of it.
    """
    cohorts = [
        dict(Team.objects.filter(practice=one).values_list("enrollments__cohort", "enrollments__cohort__title"))
        for one in (kept, gone)
    ]
    return sorted(title for key, title in cohorts[0].items() if key is not None and key in cohorts[1])
