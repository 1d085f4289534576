"""Writing a team's improvement work, split by noun: projects with their measures and data, quarterly updates."""

from improvement.services.projects import (
    ImprovementRefused,
    add_measure,
    change_project,
    record_point,
    start_from_finding,
    start_project,
)
from improvement.services.updates import (
    UpdateChanged,
    UpdateIncomplete,
    comment_on,
    reopen_update,
    save_update,
    start_update,
    submit_update,
)

__all__ = [
    "ImprovementRefused",
    "UpdateChanged",
    "UpdateIncomplete",
    "add_measure",
    "change_project",
    "comment_on",
    "record_point",
    "reopen_update",
    "save_update",
    "start_from_finding",
    "start_project",
    "start_update",
    "submit_update",
]
