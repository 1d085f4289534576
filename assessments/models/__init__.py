"""Instruments as versioned data, the assessments that teams make with them, and what is found."""

from assessments.models.findings import Comparison, Finding, FindingStrategy, Report, ReportState, Strategy
from assessments.models.instruments import (
    Domain,
    FrameworkLink,
    Instrument,
    InstrumentVersion,
    Item,
    Level,
    Rule,
    Treatment,
)
from assessments.models.rounds import (
    AgreedAnswer,
    AgreedRevision,
    AnswerKind,
    Assessment,
    AssessmentQuerySet,
    AssessmentState,
    Evidence,
    MemberAnswer,
    MemberTurn,
    Priority,
    ReviewerAnswer,
)

__all__ = [
    "AgreedAnswer",
    "AgreedRevision",
    "AnswerKind",
    "Assessment",
    "AssessmentQuerySet",
    "AssessmentState",
    "Comparison",
    "Domain",
    "Evidence",
    "Finding",
    "FindingStrategy",
    "FrameworkLink",
    "Instrument",
    "InstrumentVersion",
    "Item",
    "Level",
    "MemberAnswer",
    "MemberTurn",
    "Priority",
    "Report",
    "ReportState",
    "ReviewerAnswer",
    "Rule",
    "Strategy",
    "Treatment",
]
