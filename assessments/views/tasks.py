"""The domains of a round as a task list, by what is still missing in each."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.models import Assessment, Domain, Item


def tasks_of(assessment: Assessment, missing: Iterable[Item], address: str) -> list[dict[str, str]]:
    """For ``{% task_list %}``; ``address`` is the name of a domain's page."""
    open_in = Counter(item.domain_id for item in missing)
    domains = Domain.objects.filter(version=assessment.version_id).annotate(total=Count("items")).order_by("position")
    return [_task(assessment, domain, open_in[domain.pk], address) for domain in domains]


def _task(assessment: Assessment, domain: Domain, missing: int, address: str) -> dict[str, str]:
    answered = domain.total - missing
    status, tone = (_("In progress"), "info") if answered else (_("Not started"), "neutral")
    if not missing:
        status, tone = _("Completed"), "success"
    return {
        "title": domain.title,
        "url": reverse(address, args=[assessment.public_id, domain.code]),
        "hint": _("%(answered)s of %(total)s items answered") % {"answered": answered, "total": domain.total},
        "status": status,
        "tone": tone,
    }
