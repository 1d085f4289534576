"""Everything that writes practices and teams, under one name."""

from practices.services.affiliations import end_affiliation, let_in
from practices.services.invitations import (
    INVITATION_LIFE,
    InvitationEnded,
    accept_invitation,
    invite,
    renew_invitation,
    revoke_invitation,
)
from practices.services.teams import (
    AlreadyMember,
    TeamRefused,
    add_member,
    change_leader,
    create_practice,
    create_team,
    end_membership,
    name_sponsor,
    note_sites_changed,
    rename_team,
    update_practice,
)

__all__ = [
    "INVITATION_LIFE",
    "AlreadyMember",
    "InvitationEnded",
    "TeamRefused",
    "accept_invitation",
    "add_member",
    "change_leader",
    "create_practice",
    "create_team",
    "end_affiliation",
    "end_membership",
    "invite",
    "let_in",
    "name_sponsor",
    "note_sites_changed",
    "rename_team",
    "renew_invitation",
    "revoke_invitation",
    "update_practice",
]
