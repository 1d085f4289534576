"""Reading calls and applications: whether a call is open, what an application still needs, and what was sealed."""

from applications.selectors.intake import (
    led_by,
    members_in_core,
    own_membership,
    unconfirmed,
    with_context,
)
from applications.selectors.missing import (
    PRACTICE_FACTS,
    Gap,
    facts_of,
    gaps,
    gaps_with,
    missing_practice_facts,
    rules_of,
    unmet_requirements,
)
from applications.selectors.sealed import canonical, digest, is_intact, removal_words
from applications.selectors.standing import CallStanding, call_deadline, calls, standing_for, standing_of

__all__ = [
    "PRACTICE_FACTS",
    "CallStanding",
    "Gap",
    "call_deadline",
    "calls",
    "canonical",
    "digest",
    "facts_of",
    "gaps",
    "gaps_with",
    "is_intact",
    "led_by",
    "members_in_core",
    "missing_practice_facts",
    "own_membership",
    "removal_words",
    "rules_of",
    "standing_for",
    "standing_of",
    "unconfirmed",
    "unmet_requirements",
    "with_context",
]
