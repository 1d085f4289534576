"""What is kept and for how long, what is due, and what removing a person would do."""

from privacy.selectors.people import IN_PROGRESS, Footprint, footprint, people_visible_to, teams_led, was_removed
from privacy.selectors.table import RULES, Act, Rule, due, rule_of

__all__ = [
    "IN_PROGRESS",
    "RULES",
    "Act",
    "Footprint",
    "Rule",
    "due",
    "footprint",
    "people_visible_to",
    "rule_of",
    "teams_led",
    "was_removed",
]
