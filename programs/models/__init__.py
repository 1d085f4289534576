"""The spine: programs, cohorts, milestones, and the enrollment of a team in a cohort.

A milestone owns its moment as a local date, a local time and a zone; UTC is derived from them. Everything a team does
hangs from its enrollment, an application included, so what is due, what is done, and who needs a reminder is asked in
one place.
"""

from programs.models.catalog import (
    APPLICATION_KINDS,
    PERSONAL,
    Audience,
    Cohort,
    DueFrom,
    LatePolicy,
    Milestone,
    MilestoneKind,
    Program,
    Reminder,
    Source,
    roles_that_owe,
)
from programs.models.feeds import (
    CalendarFeed,
    CalendarFeedQuerySet,
)
from programs.models.taking_part import (
    TAKING_PART,
    Completion,
    Enrollment,
    EnrollmentQuerySet,
    EnrollmentState,
    Extension,
    Standing,
    Supporter,
    SupporterRole,
)

__all__ = [
    "APPLICATION_KINDS",
    "PERSONAL",
    "TAKING_PART",
    "Audience",
    "CalendarFeed",
    "CalendarFeedQuerySet",
    "Cohort",
    "Completion",
    "DueFrom",
    "Enrollment",
    "EnrollmentQuerySet",
    "EnrollmentState",
    "Extension",
    "LatePolicy",
    "Milestone",
    "MilestoneKind",
    "Program",
    "Reminder",
    "Source",
    "Standing",
    "Supporter",
    "SupporterRole",
    "roles_that_owe",
]
