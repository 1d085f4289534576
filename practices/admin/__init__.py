"""Practices, sites, teams, affiliations and invitations in the admin."""

from practices.admin.practices import AffiliationAdmin, PracticeAdmin, SiteAdmin
from practices.admin.teams import InvitationAdmin, TeamAdmin

__all__ = ["AffiliationAdmin", "InvitationAdmin", "PracticeAdmin", "SiteAdmin", "TeamAdmin"]
