"""Local times that a zone's clocks skip or show twice: refused on the page, with the nearest ones that exist to choose from.

Used by every form that takes a local date, a local time and a zone: ``LocalTimeInput`` is the widget of the time, and
``settle`` is called for each pair in the form's ``clean``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.forms.renderers import BaseRenderer
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from core import wording
from programs import timeline

INSTEAD = "instead"  # what is chosen comes beside the field, as <name>-instead


@dataclass(frozen=True)
class Offer:
    """A local moment that exists once, near one that does not."""

    local: datetime
    words: str
    is_chosen: bool

    @property
    def value(self) -> str:
        return self.local.isoformat()


class LocalTimeInput(forms.TimeInput):
    """The browser's own control for a time; below it, where ``settle`` found something wrong, what to choose instead."""

    offers: tuple[Offer, ...] = ()

    def __init__(self) -> None:
        super().__init__(attrs={"type": "time", "step": 60}, format="%H:%M")

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        control = super().render(name, value, attrs, renderer)
        if not self.offers:
            return control
        context = {"offers": self.offers, "name": f"{name}-{INSTEAD}", "id": (attrs or {}).get("id", name)}
        return mark_safe(control + render_to_string("programs/local_time_offers.html", context))


def settle(form: forms.BaseForm, day: str, at: str, zone: ZoneInfo) -> None:
    """See to it that the fields ``day`` and ``at`` of a form being cleaned name one moment in ``zone``.

    Where they do not, what was chosen instead takes their place in ``cleaned_data``, the day as well: a gap may begin at
    midnight. Where nothing was chosen, the form gets an error at ``at`` and offers both neighbours; all else stays as
    typed. A choice made for a time that was changed since is ignored.
    """
    values = form.cleaned_data
    if values.get(day) is None or values.get(at) is None:
        return
    try:
        timeline.check_local(values[day], values[at], zone)
        return
    except (timeline.MissingLocalTime, timeline.AmbiguousLocalTime) as error:
        near, is_missing = (error.before, error.after), isinstance(error, timeline.MissingLocalTime)
    typed = datetime.combine(values[day], values[at])
    chosen = form.data.get(f"{form.add_prefix(at)}-{INSTEAD}", "")
    offers = tuple(Offer(local, _words(local, typed), local.isoformat() == chosen) for local in near)
    # The form's own copy of the widget.
    form.fields[at].widget.offers = offers
    for offer in offers:
        if offer.is_chosen:
            values[day], values[at] = offer.local.date(), offer.local.time()
            return
    form.add_error(at, _refusal(typed, zone, is_missing=is_missing))


def _words(local: datetime, typed: datetime) -> str:
    """“1:59 AM”, with its date where that is another one."""
    return (
        wording.clock_time(local)
        if local.date() == typed.date()
        else f"{wording.day(local)}, {wording.clock_time(local)}"
    )


def _refusal(typed: datetime, zone: ZoneInfo, *, is_missing: bool) -> str:
    what = "is skipped by the clocks" if is_missing else "comes twice, because the clocks go back"
    return (
        f"{wording.clock_time(typed)} {what} on {wording.day(typed)} ({wording.zone_name(zone)}). "
        "Choose one of the two times below, or enter another."
    )
