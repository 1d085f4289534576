"""Everything that writes practices and teams, under one name."""

from practices.services.affiliations import end_affiliation, let_in
from practices.services.apart import take_back, tell_apart
from practices.services.invitations import (
    INVITATION_LIFE,
    InvitationEnded,
    accept_invitation,
    invite,
    invite_to_practice,
    renew_invitation,
    revoke_invitation,
)
from practices.services.merging import merge
from practices.services.practices import (
    add_site,
    change_site,
    create_practice,
    note_sites_changed,
    remove_site,
    stamp,
    update_practice,
)
from practices.services.refusals import (
    AlreadyMember,
    FactsChanged,
    MergeRefused,
    PracticeMerged,
    PracticeRefused,
    TeamRefused,
)
from practices.services.teams import (
    add_member,
    change_leader,
    create_team,
    end_membership,
    give_access,
    name_sponsor,
    rename_team,
)

__all__ = [
    "INVITATION_LIFE",
    "AlreadyMember",
    "FactsChanged",
    "InvitationEnded",
    "MergeRefused",
    "PracticeMerged",
    "PracticeRefused",
    "TeamRefused",
    "accept_invitation",
    "add_member",
    "add_site",
    "change_leader",
    "change_site",
    "create_practice",
    "create_team",
    "end_affiliation",
    "end_membership",
    "give_access",
    "invite",
    "invite_to_practice",
    "let_in",
    "merge",
    "name_sponsor",
    "note_sites_changed",
    "remove_site",
    "rename_team",
    "renew_invitation",
    "revoke_invitation",
    "stamp",
    "take_back",
    "tell_apart",
    "update_practice",
]
