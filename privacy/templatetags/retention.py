"""The table of what is kept, for the pages that show it."""

from django import template

from privacy.selectors import RULES

register = template.Library()


@register.inclusion_tag("privacy/kept.html")
def kept() -> dict[str, object]:
    """What is kept, for how long and why: ``{% kept %}``; what ends first stands first."""
    return {"rules": RULES}
