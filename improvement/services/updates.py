"""Quarterly updates: started, saved, filed, given back, and what a coach says of them."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from accounts.models import User
from core import clock, transitions, wording
from core.services import record
from improvement.models import PROGRESS, CoachComment, QuarterlyUpdate, UpdateState
from improvement.selectors import WRITTEN, gaps, newest_project, quarter_told_at
from improvement.services.projects import ImprovementRefused, locked, require_active
from notifications.models import Kind
from notifications.services import Draft, enqueue
from programs import services as programs
from programs.models import Enrollment, Milestone, MilestoneKind


class UpdateIncomplete(ImprovementRefused):
    """The update lacks something. ``gaps`` is the list of ``selectors.Gap``."""

    def __init__(self, missing: list) -> None:
        self.gaps = missing
        super().__init__("The update cannot be filed yet. " + " ".join(gap.text for gap in missing))


class UpdateChanged(ImprovementRefused):
    """Somebody else saved or filed the update since this person opened it. ``theirs`` is the row as it stands."""

    def __init__(self, theirs: QuarterlyUpdate) -> None:
        self.theirs = theirs
        if theirs.state == UpdateState.SUBMITTED:
            super().__init__(
                "This update is filed already, so nothing was saved. Ask ASCO staff to reopen it to change it."
            )
        else:
            super().__init__(
                "Somebody else saved this update while you were writing. Compare both versions before you go on."
            )


@transaction.atomic
def start_update(enrollment: Enrollment, milestone: Milestone, *, by: User) -> QuarterlyUpdate:
    """Open the update of a milestone, or return the one that is there (a second press starts nothing).

    It tells of the newest project and of the quarter whose end is nearest to the milestone's last day.

    Raises:
        ImprovementRefused: the milestone is no update of this cohort, the team does not take part now, or has no project.
    """
    Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    there = QuarterlyUpdate.objects.filter(enrollment=enrollment, milestone=milestone).first()
    if there:
        return there
    if milestone.kind != MilestoneKind.UPDATE or milestone.cohort_id != enrollment.cohort_id:
        raise ImprovementRefused("This is not a quarterly update of your cohort.")
    require_active(enrollment)
    project = newest_project(enrollment)
    if project is None:
        raise ImprovementRefused("An update tells of a project. Start your project first.")
    start, end = quarter_told_at(milestone.ends_on)
    update = QuarterlyUpdate.objects.create(
        enrollment=enrollment,
        milestone=milestone,
        project=project,
        period_start=start,
        period_end=end,
        started_at=clock.now(),
        started_by=by,
    )
    record("quarterlyupdate.started", update, by=by)
    return update


@transaction.atomic
def save_update(update: QuarterlyUpdate, *, by: User, base_version: int, **fields: object) -> QuarterlyUpdate:
    """Save what a team wrote, by compare-and-swap on ``version``. ``fields`` are of ``selectors.WRITTEN``; others stay.

    Saving what is there already changes nothing, whatever the version.

    Raises:
        UpdateChanged: the row is no longer at ``base_version``, or it is filed; nothing was written, ``error.theirs`` is what
            stands there.
        ImprovementRefused: the progress is not on the scale.
    """
    unknown = set(fields) - set(WRITTEN)
    if unknown:
        raise ValueError(f"not fields of an update: {sorted(unknown)}")
    if fields.get("progress") is not None and fields["progress"] not in dict(PROGRESS):
        raise ImprovementRefused("Choose a score from the scale.")
    current = QuarterlyUpdate.objects.get(pk=update.pk)
    if current.state != UpdateState.DRAFT:
        raise UpdateChanged(current)
    changed = {name: value for name, value in fields.items() if getattr(current, name) != value}
    if changed:
        row = QuarterlyUpdate.objects.filter(pk=update.pk, version=base_version, state=UpdateState.DRAFT)
        if not row.update(version=F("version") + 1, **changed):
            raise UpdateChanged(QuarterlyUpdate.objects.get(pk=update.pk))
        record("quarterlyupdate.saved", update, by=by, fields=sorted(changed))
    update.refresh_from_db()
    return update


@transaction.atomic
def submit_update(
    update: QuarterlyUpdate, *, by: User, arrived_at: datetime, base_version: int | None = None
) -> QuarterlyUpdate:
    """File the update. Also completes its milestone (which cancels its reminders) and writes a receipt to ``by``.

    ``base_version``: what the person checked; filing anything else is refused.

    Raises:
        UpdateIncomplete: something is missing.
        UpdateChanged: the row is not at ``base_version``.
        TransitionRefused: it is filed already.
        programs.services.DeadlinePassed: the window is closed and takes no late work.
    """
    locked(update)
    update.refresh_from_db()
    if base_version is not None and update.version != base_version and update.state == UpdateState.DRAFT:
        raise UpdateChanged(update)
    if update.state == UpdateState.DRAFT:
        require_active(update.enrollment)
        missing = gaps(update)
        if missing:
            raise UpdateIncomplete(missing)
    transitions.move(update, UpdateState.SUBMITTED, by=by)
    programs.complete(update.enrollment, update.milestone, by=by, arrived_at=arrived_at)
    enqueue(_receipt(update, by, arrived_at))
    return update


def _receipt(update: QuarterlyUpdate, to: User, arrived_at: datetime) -> Draft:
    # Each filing has a receipt of its own: a reopened update comes back with a higher version.
    return Draft(
        kind=Kind.RECEIPT,
        key=f"receipt:update:{update.pk}:{update.version}:{to.pk}",
        subject=f"We have your update: {update.milestone.title}",
        to=to,
        template="update-received",
        context={
            "name": to.get_short_name(),
            "milestone": update.milestone.title,
            "team": update.enrollment.team.name,
            "project": update.project.title,
            "progress": update.get_progress_display(),
            "received": f"{wording.moment(arrived_at, to.time_zone)} {wording.zone_name(to.time_zone)}",
            "link": {"page": "improvement:update", "args": [str(update.public_id)]},
        },
        topic=f"update:{update.pk}",
    )


@transaction.atomic
def reopen_update(update: QuarterlyUpdate, *, by: User) -> QuarterlyUpdate:
    """Give a filed update back to its team; its milestone is due again. Comments stay."""
    transitions.move(update, UpdateState.DRAFT, by=by, submitted_at=None, submitted_by=None, version=update.version + 1)
    programs.reopen(update.enrollment, update.milestone, by=by)
    return update


@transaction.atomic
def comment_on(update: QuarterlyUpdate, *, text: str, progress: Decimal | None = None, by: User) -> CoachComment:
    """Write a coach's comment on a filed update, with the coach's own score beside the team's.

    Raises:
        ImprovementRefused: the update is not filed, or the score is not on the scale.
    """
    if update.state != UpdateState.SUBMITTED:
        raise ImprovementRefused("The update is not filed yet. Comment on it once the team has filed it.")
    if progress is not None and progress not in dict(PROGRESS):
        raise ImprovementRefused("Choose a score from the scale.")
    comment = CoachComment.objects.create(
        update=update, text=text, progress=progress, written_at=clock.now(), written_by=by
    )
    record("coachcomment.written", comment, by=by)
    return comment
