"""When somebody last had a section before them. No audit row: who looked at their own application is nobody's business."""

from datetime import datetime

from accounts.models import User
from applications.models import Application, SectionVisit


def note_visit(application: Application, section: str, *, by: User, at: datetime) -> None:
    """``by`` had the section (its code) before them as it was ``at``; an earlier moment than is known changes nothing."""
    mine = SectionVisit.objects.filter(application=application, user=by, section=section)
    if mine.filter(visited_at__lt=at).update(visited_at=at):
        return
    # Of two pages at once one makes the row.
    row = SectionVisit(application=application, user=by, section=section, visited_at=at)
    SectionVisit.objects.bulk_create([row], ignore_conflicts=True)
