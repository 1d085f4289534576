"""The pages of practices, teams and invitations."""

from practices.views.invitations import invitation, renew, revoke
from practices.views.practices import change, end_affiliation, let_in, practice
from practices.views.sites import add_site, remove_site, site
from practices.views.teams import end_membership, invite, sponsor, team

__all__ = [
    "add_site",
    "change",
    "end_affiliation",
    "end_membership",
    "invitation",
    "invite",
    "let_in",
    "practice",
    "remove_site",
    "renew",
    "revoke",
    "site",
    "sponsor",
    "team",
]
