"""Reports of findings for the demonstration: one that the team reads, one that waits for staff to write on."""

from accounts.models import User
from assessments import services as assessments
from assessments.models import Assessment, AssessmentState
from programs.models import TAKING_PART, Cohort
from simulation.run import sweep

INTRODUCTION = (
    "Synthetic example. Thank you for the care with which you answered. This report says where your site could improve, "
    "suggests strategies, and names what we would begin with.\n\nTalk about it with your coach, then choose one priority."
)


def write_reports(cohort: Cohort, *, first: User, second: User) -> None:
    """Of the first team that submitted a round the newest is told of and released, of the next one drafted."""
    told, *others = _newest_rounds(cohort)
    report = assessments.draft_report(told, by=first)
    words = assessments.words_of(report, [])
    bases = {name: assessments.version_of(text) for name, text in words.items()}
    assessments.keep_words(report, words | {"introduction": INTRODUCTION}, bases, by=first)
    report.refresh_from_db()
    assessments.hand_over(report, by=first)
    assessments.release(report, by=second)
    for assessment in others[:1]:
        assessments.draft_report(assessment, by=second)
    sweep()


def _newest_rounds(cohort: Cohort) -> list[Assessment]:
    """One a team, in the order of the teams; the demonstration's own team is the first."""
    rounds = Assessment.objects.filter(
        enrollment__cohort=cohort, enrollment__state__in=TAKING_PART, state=AssessmentState.SUBMITTED
    )
    newest = {row.enrollment_id: row for row in rounds.order_by("enrollment", "submitted_at")}
    return list(newest.values())
