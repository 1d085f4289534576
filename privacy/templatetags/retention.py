"""The table of what is kept, for the pages that show it, and what is due under it today."""

from django import template
from django.conf import settings

from privacy.models import RetentionRun
from privacy.selectors import RULES
from privacy.services import dry_run

register = template.Library()


@register.inclusion_tag("privacy/kept.html")
def kept() -> dict[str, object]:
    """What is kept, for how long and why: ``{% kept %}``; what ends first stands first."""
    return {"rules": RULES}


@register.inclusion_tag("privacy/due_today.html")
def due_today() -> dict[str, object]:
    """How much is due for removal now, and whether that happens by itself: ``{% due_today %}``. One count for each rule."""
    found = [report for report in dry_run() if report.count]
    return {"found": found, "is_on": settings.RETENTION, "last": RetentionRun.objects.first()}
