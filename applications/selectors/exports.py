"""The tables that somebody asked for."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import User
from applications.models import Call, Export, Format, Part

# For so long a table can be downloaded; then it is removed (privacy/selectors/table.py).
EXPORT_KEPT = timedelta(days=7)


def exports_of(call: Call, user: User, *, now: datetime) -> QuerySet[Export]:
    """The tables of a call that ``user`` asked for and that can still be had, the newest first."""
    found = Export.objects.visible_to(user).filter(call=call, asked_by=user, asked_at__gt=now - EXPORT_KEPT)
    return found.select_related("file").order_by("-pk")


def export_name(call: Call, part: Part, form: Format, *, now: datetime) -> str:
    """Cohort, part and day, so that one part does not take another's place among somebody's downloads."""
    which = "" if part == Part.ALL else f"{part}-"
    return f"applications-{call.cohort.code}-{which}{now:%Y-%m-%d}.{form}"
