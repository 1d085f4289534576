"""Practices and what belongs to them, under one name."""

from practices.models.apart import TELLING, ToldApart
from practices.models.practices import FACTS, Affiliation, Practice, PracticeQuerySet, Rurality, Setting, Site
from practices.models.teams import (
    CORE_ROLES,
    Access,
    Invitation,
    Member,
    MemberQuerySet,
    MemberRole,
    Sponsor,
    Team,
    TeamQuerySet,
)

__all__ = [
    "CORE_ROLES",
    "FACTS",
    "TELLING",
    "Access",
    "Affiliation",
    "Invitation",
    "Member",
    "MemberQuerySet",
    "MemberRole",
    "Practice",
    "PracticeQuerySet",
    "Rurality",
    "Setting",
    "Site",
    "Sponsor",
    "Team",
    "TeamQuerySet",
    "ToldApart",
]
