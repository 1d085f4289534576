"""What happened to an object, at the bottom of its page: ``{% history team %}``."""

from django import template
from django.db.models import Model
from django.template.context import Context

from dashboards.selectors.history import MOST, acts_on

register = template.Library()


@register.inclusion_tag("dashboards/history.html", takes_context=True)
def history(context: Context, obj: Model) -> dict[str, object]:
    """A disclosure with who did what and when, in the reader's zone; the page has let the reader in already."""
    reader = context["request"].user
    acts = acts_on(obj, reader, most=MOST + 1)
    return {
        "acts": acts[:MOST],
        "is_longer": len(acts) > MOST,
        "label": obj._meta.label_lower,
        "obj": obj,
        "reader": reader,
    }


@register.inclusion_tag("admin/includes/acts.html", takes_context=True)
def admin_history(context: Context, obj: Model) -> dict[str, object]:
    """The same as a table for the admin's own page of an object's history; ten times as long."""
    # The trail knows objects by number; a heartbeat has a name instead.
    acts = acts_on(obj, context["request"].user, most=10 * MOST) if isinstance(obj.pk, int) else []
    return {"acts": acts, "most": 10 * MOST, "label": obj._meta.label_lower, "obj": obj}
