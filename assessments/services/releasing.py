"""From one person's draft to what the team reads: handed over, looked at by a second person, sealed, released."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.models import AssessmentState, Release, Report, ReportState
from assessments.services.rounds import AssessmentRefused
from assessments.services.sealing import digest, seal
from core.transitions import move
from notifications.models import Kind
from notifications.services import Draft, cancel, enqueue, enqueue_all
from practices.models import Member


def hand_over(report: Report, *, by: User) -> None:
    """Ask a second person to look at the draft.

    Raises:
        core.transitions.TransitionRefused: it is no draft.
    """
    move(report, ReportState.REVIEW, by=by, remark="")


@transaction.atomic
def send_back(report: Report, *, by: User, remark: str = "") -> None:
    """Make it a draft again, before its release or to correct what was released; the team sees it no longer.

    What was released is kept as it was (``Report.releases``); news of it that has not left does not leave. Whoever handed a
    draft over gets ``remark`` by mail, and it stands on the page of the draft.

    Raises:
        core.transitions.TransitionRefused: it is a draft.
    """
    was_released = report.state == ReportState.RELEASED
    move(
        report,
        ReportState.DRAFT,
        by=by,
        released_at=None,
        released_by=None,
        sealed=None,
        sealed_sha256="",
        remark=remark,
    )
    if was_released:
        cancel(_topic(report), reason="The report is being corrected.")
    elif report.handed_by and report.handed_by_id != by.pk:
        enqueue(_sent_back(report, by))


@transaction.atomic
def release(report: Report, *, by: User) -> None:
    """Seal the report, show it to the team and tell the core team by mail, once for each release.

    Raises:
        AssessmentRefused: ``by`` handed it over; it recommends no priority; the team has its assessment back.
        core.transitions.TransitionRefused: nobody has asked for a second look.
    """
    # The lock makes one of two people who act at this moment wait for the other.
    stored = Report.objects.select_for_update().get(pk=report.pk)
    if by.pk == stored.handed_by_id and stored.state == ReportState.REVIEW:
        raise AssessmentRefused(_("A second person releases the report: you asked for the second look yourself."))
    if not stored.findings.filter(rank__isnull=False).exists() and stored.findings.exists():
        raise AssessmentRefused(_("Recommend at least one priority before the report is released."))
    if stored.assessment.state != AssessmentState.SUBMITTED:
        raise AssessmentRefused(_("The team has its assessment back. Release the report once it is submitted again."))
    sealed = seal(stored, released_by=by)
    move(report, ReportState.RELEASED, by=by, sealed=sealed, sealed_sha256=digest(sealed))
    number = (report.releases.aggregate(last=Max("number"))["last"] or 0) + 1
    kept = Release.objects.create(
        report=report,
        number=number,
        sealed=sealed,
        sealed_sha256=report.sealed_sha256,
        released_at=report.released_at,
        released_by=by,
    )
    _tell(report, kept)


def _topic(report: Report) -> str:
    return f"report:{report.pk}"


def _tell(report: Report, kept: Release) -> None:
    """One mail to each member of the core team."""
    assessment = report.assessment
    team = assessment.enrollment.team
    context = {
        "team": team.name,
        "round": assessment.milestone.title,
        "is_correction": kept.number > 1,
        "is_illustrative": assessment.version.instrument.is_illustrative,
        "priorities": [one["title"] for one in _ranked(kept.sealed["findings"])],
        "link": {"page": "assessments:report", "args": [str(report.public_id)]},
    }
    subject = f"Your report of findings: {assessment.milestone.title}"
    members = Member.objects.current().core().filter(team=team).select_related("user")
    enqueue_all(
        Draft(
            kind=Kind.NEWS,
            key=f"report:{report.pk}:{kept.number}:{member.user_id}",
            subject=subject,
            to=member.user,
            template="report-released",
            context=context | {"name": member.user.get_short_name()},
            topic=_topic(report),
        )
        for member in members
    )


def _ranked(findings: list[dict]) -> list[dict]:
    return sorted((one for one in findings if one["rank"]), key=lambda one: one["rank"])


def _sent_back(report: Report, by: User) -> Draft:
    assessment = report.assessment
    return Draft(
        kind=Kind.ALERT,
        # A draft comes back with a moment of its own each time.
        key=f"report-back:{report.pk}:{report.handed_at.timestamp():.0f}:{report.handed_by_id}",
        subject=f"Sent back: the report of findings of {assessment.enrollment.team.name}",
        to=report.handed_by,
        template="report-sent-back",
        context={
            "by": by.name,
            "team": assessment.enrollment.team.name,
            "round": assessment.milestone.title,
            "remark": report.remark,
            "link": {"page": "assessments:report_edit", "args": [str(report.public_id)]},
        },
        topic=_topic(report),
    )
