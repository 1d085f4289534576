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
from programs.definition.schema import ProgramFile, ReminderRule

__all__ = [
    "DefinitionError",
    "PlannedCohort",
    "PlannedMilestone",
    "ProgramFile",
    "ReminderRule",
    "catalog",
    "expand",
    "modes",
    "planned",
    "read",
    "shifted",
    "shifted_dates",
]
