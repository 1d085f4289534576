"""What the pages of a round look up by item."""

from collections.abc import Iterable, Mapping

from django import template

from assessments.models import Evidence

register = template.Library()


@register.filter
def at(by_item: Mapping[int, object], item: int) -> object:
    """What a mapping holds of an item: ``{{ answers|at:item.pk }}``; None where it holds nothing."""
    return by_item.get(item)


@register.filter
def of_item(evidence: Iterable[Evidence], item: int) -> list[Evidence]:
    """The evidence of one item among that of several."""
    return [one for one in evidence if one.item_id == item]
