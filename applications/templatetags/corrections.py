"""What staff returned for changes, on the applicants' pages."""

from django import template

from applications import selectors
from applications.models import Application

register = template.Library()


@register.inclusion_tag("applications/_corrections.html")
def returned_parts(application: Application) -> dict[str, object]:
    """The parts that were returned, each with its state and the way to it; nothing where there are none."""
    return {"rows": selectors.shown_to_applicants(selectors.returned(application))}


@register.inclusion_tag("applications/_correction.html")
def returned_part(application: Application, code: str) -> dict[str, object]:
    """What is to be changed on the page of one part, above its form; nothing where nothing is."""
    return {"found": selectors.open_request(application, code)}
