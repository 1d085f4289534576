"""Calls for applications and the applications to them.

Who applies is an enrollment in state ``applying``; acceptance is a transition of that row, nothing is copied.
"""

from applications.models.calls import Call, CallQuerySet, EligibilityQuestion, Rehearsal
from applications.models.desk import Correction, Note, Screening, Verdict
from applications.models.exports import Export, ExportQuerySet, ExportState, Format, Part
from applications.models.intake import (
    Application,
    ApplicationQuerySet,
    ApplicationState,
    EligibilityAnswer,
    SectionVisit,
    SignOff,
    Submission,
)
from applications.models.support import AttendanceCommitment, Letter, LetterWay

__all__ = [
    "Application",
    "ApplicationQuerySet",
    "ApplicationState",
    "AttendanceCommitment",
    "Call",
    "CallQuerySet",
    "Correction",
    "EligibilityAnswer",
    "EligibilityQuestion",
    "Export",
    "ExportQuerySet",
    "ExportState",
    "Format",
    "Letter",
    "LetterWay",
    "Note",
    "Part",
    "Rehearsal",
    "Screening",
    "SectionVisit",
    "SignOff",
    "Submission",
    "Verdict",
]
