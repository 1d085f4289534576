"""Files and addresses that show what the team says of an item."""

from django.db import transaction

from accounts.models import User
from assessments.models import Assessment, AssessmentState, Evidence, Item
from assessments.services.rounds import AssessmentRefused
from core import clock
from core.services import record
from documents import services as documents
from documents.services import Checked, FileRefused

SCHEMES = ("https://", "http://")


@transaction.atomic
def add_evidence(
    assessment: Assessment, item: Item, *, title: str, by: User, url: str = "", file: Checked | None = None
) -> Evidence:
    """Add one file or one web address to an item. A file counts against the quota of the round.

    Raises:
        AssessmentRefused: the round is submitted, the item is not of it, neither or both are given, no web address, or no
            room is left for the file.
    """
    _refuse(assessment, item)
    if bool(url) == (file is not None):
        raise AssessmentRefused("Give a file or a web address, one at a time.")
    if url and not url.startswith(SCHEMES):
        raise AssessmentRefused("Enter a web address that begins with https://.")
    try:
        stored = documents.keep(file, by=by, quota_key=f"assessment:{assessment.pk}") if file else None
    except FileRefused as refusal:
        raise AssessmentRefused(str(refusal)) from refusal
    evidence = Evidence.objects.create(
        assessment=assessment,
        item=item,
        title=title.strip() or (stored.original_name if stored else url)[:200],
        url=url,
        file=stored,
        added_at=clock.now(),
        added_by=by,
    )
    record("evidence.added", evidence, by=by)
    return evidence


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by: User) -> None:
    """Take a piece out of the round; a second time changes nothing. The row stays, so that the history is whole.

    Raises:
        AssessmentRefused: the round is submitted.
    """
    _refuse(evidence.assessment, evidence.item)
    row = Evidence.objects.filter(pk=evidence.pk, removed_at=None)
    if row.update(removed_at=clock.now(), removed_by=by):
        evidence.refresh_from_db()
        record("evidence.removed", evidence, by=by)


def _refuse(assessment: Assessment, item: Item) -> None:
    state = Assessment.objects.select_for_update().values_list("state", flat=True).get(pk=assessment.pk)
    if state != AssessmentState.OPEN:
        raise AssessmentRefused("This assessment is submitted, so its evidence can no longer change.")
    if item.domain.version_id != assessment.version_id:
        raise AssessmentRefused("This item does not belong to this assessment. Reload the page.")
