"""Everything that reads practices and teams, under one name."""

from practices.selectors.duplicates import Likely, Reason, likely_duplicates, with_likely_duplicates
from practices.selectors.merging import Compared, Moving, applied_to_both, compared, moving
from practices.selectors.practices import Fact, counted, facts_of, labels, let_in_now, may_apply, what_differs, words_of
from practices.selectors.teams import (
    InvitationState,
    Place,
    core_team,
    current_members,
    is_member,
    larger_team,
    leader_of,
    masked,
    open_invitations,
    open_invitations_to,
    open_places,
    sponsor_of,
    state_of,
)

__all__ = [
    "Compared",
    "Fact",
    "InvitationState",
    "Likely",
    "Moving",
    "Place",
    "Reason",
    "applied_to_both",
    "compared",
    "core_team",
    "counted",
    "current_members",
    "facts_of",
    "is_member",
    "labels",
    "larger_team",
    "leader_of",
    "let_in_now",
    "likely_duplicates",
    "masked",
    "may_apply",
    "moving",
    "open_invitations",
    "open_invitations_to",
    "open_places",
    "sponsor_of",
    "state_of",
    "what_differs",
    "with_likely_duplicates",
    "words_of",
]
