"""What the program room does: load programs, run cohorts, follow enrollments, remind, and keep calendars."""

from programs.services.cohorts import (
    add_supporter,
    clone_cohort,
    create_cohort,
    definition_of,
    end_supporter,
    planned_clone,
    planned_cohort,
)
from programs.services.completions import (
    DeadlinePassed,
    check_extension,
    complete,
    complete_for_all,
    extend,
    reopen,
    take_back,
)
from programs.services.enrollments import (
    accept_enrollment,
    activate,
    decline_enrollment,
    finish,
    put_on_alternate_list,
    resume_application,
    start_enrollment,
    withdraw,
)
from programs.services.events import event_of, events_for
from programs.services.feeds import renew_feed, start_feed, stop_feed
from programs.services.loading import Change, load_program
from programs.services.milestones import check_move, move_milestone
from programs.services.reminders import plan_due

__all__ = [
    "Change",
    "DeadlinePassed",
    "accept_enrollment",
    "activate",
    "add_supporter",
    "check_extension",
    "check_move",
    "clone_cohort",
    "complete",
    "complete_for_all",
    "create_cohort",
    "decline_enrollment",
    "definition_of",
    "end_supporter",
    "event_of",
    "events_for",
    "extend",
    "finish",
    "load_program",
    "move_milestone",
    "plan_due",
    "planned_clone",
    "planned_cohort",
    "put_on_alternate_list",
    "renew_feed",
    "reopen",
    "resume_application",
    "start_enrollment",
    "start_feed",
    "stop_feed",
    "take_back",
    "withdraw",
]
