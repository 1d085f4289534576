"""A program's file: its schema, its reading, and what it means for a cohort (pure: pydantic and PyYAML, no Django).

The format is documented in ``docs/programs.md``.
"""

from programs.definition.expansion import (
    PlannedCohort,
    PlannedMilestone,
    expand,
    modes,
    planned,
    shifted,
    shifted_dates,
)
from programs.definition.reading import DefinitionError, catalog, read
from programs.definition.schema import (
    MOST_CHOICES,
    MOST_QUESTIONS,
    EligibilityAsked,
    EligibilityChoice,
    ProgramFile,
    ReminderRule,
    check_eligibility,
)

__all__ = [
    "MOST_CHOICES",
    "MOST_QUESTIONS",
    "DefinitionError",
    "EligibilityAsked",
    "EligibilityChoice",
    "PlannedCohort",
    "PlannedMilestone",
    "ProgramFile",
    "ReminderRule",
    "catalog",
    "check_eligibility",
    "expand",
    "modes",
    "planned",
    "read",
    "shifted",
    "shifted_dates",
]
