"""The account of a run: what was expected, what came of it. Plain data: the same seed gives the same ledger."""

from collections import Counter
from collections.abc import Iterable

from accounts.models import User
from applications.models import Application, ApplicationState
from assessments.models import Assessment, AssessmentState
from assessments.selectors import scores
from core.models import AuditEntry
from improvement.models import QuarterlyUpdate, UpdateState
from notifications.models import Kind, Message, State
from programs.models import Cohort, Enrollment, Milestone, Standing
from programs.selectors import obligations
from simulation.expected import Expectation
from simulation.relay import Delivered

# The ends that a mail may come to without being lost, as long as the reason is written down.
ACCOUNTED = (State.CANCELLED, State.EXPIRED, State.FAILED, State.PARKED)


def ledger(
    cohort: Cohort, *, seed: int, expected: Iterable[Expectation], delivered: list[Delivered]
) -> dict[str, object]:
    """Everything worth counting, as JSON-ready data without a moment of the real clock and without a random id."""
    enrollments = list(
        Enrollment.objects.filter(cohort=cohort).exclude(joined_on=None).select_related("team").order_by("pk")
    )
    return {
        "program": cohort.program.code,
        "cohort": cohort.code,
        "seed": seed,
        "people": User.objects.count(),
        "applications": _applications(cohort),
        "teams": [_team(enrollment) for enrollment in enrollments],
        "milestones": _milestones(cohort, enrollments),
        "scores": [_scores(enrollment) for enrollment in enrollments],
        "updates": _updates(enrollments),
        "mail": _mail(list(expected), delivered),
        "audit_rows": AuditEntry.objects.count(),
    }


def _applications(cohort: Cohort) -> dict[str, int]:
    counts = Counter(Application.objects.filter(call__cohort=cohort).values_list("state", flat=True))
    return {"started": sum(counts.values()), **{state: counts[state] for state in ApplicationState.values}}


def _team(enrollment: Enrollment) -> dict[str, object]:
    return {
        "name": enrollment.team.name,
        "core_team": enrollment.team.members.current().core().count(),
        "state": enrollment.state,
    }


def _milestones(cohort: Cohort, enrollments: list[Enrollment]) -> list[dict[str, object]]:
    """For each milestone of the file: what was owed, what was met in time, late, and not at all."""
    applying = list(Enrollment.objects.filter(cohort=cohort).order_by("pk"))
    rows = []
    owed = [*obligations(enrollments), *(duty for duty in obligations(applying) if duty.milestone.is_for_applicants)]
    duties = {(duty.milestone.pk, duty.enrollment.pk, duty.member and duty.member.pk): duty for duty in owed}
    for milestone in Milestone.objects.filter(cohort=cohort).order_by("starts_on", "ends_on", "pk"):
        mine = [duty for duty in duties.values() if duty.milestone.pk == milestone.pk]
        met = [duty.completion.standing for duty in mine if duty.completion]
        late = met.count(Standing.LATE)
        rows.append(
            {
                "code": milestone.code,
                "kind": milestone.kind,
                "starts_on": str(milestone.starts_on),
                "ends_on": str(milestone.ends_on),
                "source": milestone.source,
                "owed": len(mine),
                "met": len(met) - late,
                "late": late,
                "missed": len(mine) - len(met),
            }
        )
    return rows


def _scores(enrollment: Enrollment) -> dict[str, object]:
    """Overall score of the first and the last submitted assessment of each instrument, as percent of best practice."""
    rounds = Assessment.objects.filter(enrollment=enrollment, state=AssessmentState.SUBMITTED).order_by(
        "submitted_at", "pk"
    )
    figures = [
        round(float(scores(assessment).overall * 100), 1)
        for assessment in rounds
        if scores(assessment).overall is not None
    ]
    return {
        "team": enrollment.team.name,
        "rounds": len(figures),
        "first": figures[0] if figures else None,
        "last": figures[-1] if figures else None,
    }


def _updates(enrollments: list[Enrollment]) -> dict[str, int]:
    filed = QuarterlyUpdate.objects.filter(enrollment__in=enrollments, state=UpdateState.SUBMITTED)
    counts = Counter(filed.values_list("milestone__code", flat=True))
    return {"filed": sum(counts.values()), **dict(sorted(counts.items()))}


def _mail(expected: list[Expectation], delivered: list[Delivered]) -> dict[str, object]:
    """Expected against delivered: *lost* was neither delivered nor ended with a reason, *doubled* came twice."""
    rows = list(Message.objects.all())
    came = Counter(_label(mail.address, mail.kind, mail.subject) for mail in delivered)
    ended = Counter(_label(row.address, row.kind, row.subject) for row in rows if row.state in ACCOUNTED and row.reason)
    wanted = Counter(_label(want.address, want.kind, want.subject) for want in expected)
    repeats = Counter(mail.message_id for mail in delivered)
    return {
        "by_kind": dict(sorted(Counter(mail.kind for mail in delivered).items())),
        "expected": wanted.total(),
        "delivered": len(delivered),
        "lost": (wanted - came - ended).total(),
        "doubled": sum(count - 1 for count in repeats.values()),
        "unexpected": (came - wanted).total(),
        "ended_with_a_reason": dict(sorted(Counter(row.state for row in rows if row.state in ACCOUNTED).items())),
        "still_waiting": sum(row.state in (State.PENDING, State.CLAIMED) for row in rows),
    }


def _label(address: str, kind: str, subject: str) -> tuple[str, str, str]:
    """Reminders are told apart by their subjects, all other mail by its kind."""
    return address, kind, subject if kind == Kind.REMINDER else ""
