"""The components of every page: small templates with a name. They know no word of the domain.

Shown with all their states at ``/styleguide/``; how to add one stands in ``docs/look.md``.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo

from django import template
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BaseForm, BaseFormSet
from django.forms.boundfield import BoundField
from django.forms.fields import Field
from django.forms.widgets import RadioSelect
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from core import clock, wording

register = template.Library()
TONES = ("neutral", "info", "success", "warning", "danger")
# Django's message levels on the left; an unknown tone is a neutral one, so that a typing error never breaks a page.
TONE_OF = {tone: tone for tone in TONES} | {"error": "danger", "debug": "neutral"}


def _tone(name: str) -> str:
    return TONE_OF.get(name, "neutral")


@register.filter
def tone(name: str) -> str:
    """One of the five tones; the name of a message level becomes its tone."""
    return _tone(name)


@register.filter
def blank_in_words(control: SafeString, words: str) -> SafeString:
    """A drawn select whose empty choice says ``words`` in place of Django's row of dashes, which nobody can read aloud."""
    return mark_safe(control.replace(f">{BLANK_CHOICE_DASH[0][1]}<", f">{escape(words)}<"))


@register.inclusion_tag("components/status_tag.html")
def status_tag(text: str, tone: str = "neutral") -> dict[str, str]:
    """A state in words, with a shape and a colour: ``{% status_tag "Completed" "success" %}``.

    Tones: neutral (hollow circle), info (half circle), success (check), warning (triangle), danger (octagon).
    """
    return {"text": text, "tone": _tone(tone)}


@register.inclusion_tag("components/task_list.html")
def task_list(tasks: Iterable, heading_id: str = "") -> dict[str, object]:
    """What there is to do, in any order: ``{% task_list tasks %}``.

    Each task (object or dict) has ``title``, ``url`` (empty: cannot be opened yet), ``status`` (words), ``tone``, ``hint``.
    ``heading_id`` names the list after a heading on the page.
    """
    return {"tasks": tasks, "heading_id": heading_id}


def _inline(name: str, context: dict[str, object]) -> str:
    """What stands within a sentence: the line end of its template would be a space before the comma that follows."""
    return mark_safe(render_to_string(f"components/{name}.html", context).strip())


@register.simple_tag
def deadline(at: datetime | None, zone: str | tzinfo) -> str:
    """A deadline in its own zone and the reader's, with the time left: ``{% deadline milestone.end_at milestone.zone %}``.

    The reader's zone is Django's current one. Nothing is shown for None.
    """
    if at is None:
        return ""
    now, reader_zone = clock.now(), timezone.get_current_timezone()
    # Nobody told us this reader's zone (not signed in): the words keep to the deadline's own, and site.js adds the browser's.
    is_known = reader_zone != timezone.get_default_timezone()
    words = wording.deadline(at, zone, reader_zone=reader_zone if is_known else zone, now=now)
    zone_key = "" if is_known else getattr(zone, "key", zone)
    return _inline("deadline", {"words": words, "iso": _iso(at), "is_past": at <= now, "ask_browser": zone_key})


@register.simple_tag
def moment(at: datetime | None) -> str:
    """A moment in the reader's zone: ``{% moment update.saved_at %}`` gives “May 1, 2024, 8:59 PM”.

    For a reader whose zone nobody knows it is UTC, and says so.
    """
    if at is None:
        return ""
    words = wording.moment(at, timezone.get_current_timezone())
    if timezone.get_current_timezone_name() == "UTC":
        words = f"{words} UTC"
    return _inline("moment", {"words": words, "iso": _iso(at)})


@register.simple_tag
def day(value: date | None) -> str:
    """A date: ``{% day session.starts_on %}`` gives “May 1, 2024”. A datetime is shown by its date in the reader's zone."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localdate(value)
    if value is None:
        return ""
    return _inline("moment", {"words": wording.day(value), "iso": value.strftime("%Y-%m-%d")})


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@register.inclusion_tag("components/error_summary.html")
def error_summary(*sources: BaseForm | BaseFormSet | str | None) -> dict[str, object]:
    """Everything that is wrong, on top of the page, linked to the fields: ``{% error_summary form formset %}``.

    Takes forms and formsets, bound or not; what is None or missing in the context is skipped. Renders nothing where
    nothing is wrong.
    """
    return {"errors": [error for source in sources if source for error in _errors_of(source)]}


def _errors_of(source: BaseForm | BaseFormSet) -> Iterable[tuple[str, str]]:
    """(id of the input or empty, message) in the order of the page."""
    if isinstance(source, BaseFormSet):
        yield from (("", str(message)) for message in source.non_form_errors())
        for form in source.forms:
            yield from _errors_of(form)
        return
    yield from (("", str(message)) for message in source.non_field_errors())
    for bound in source:
        for message in bound.errors:
            yield _input_id(bound), _with_label(bound, str(message))


def _input_id(bound: BoundField) -> str:
    """A group of radio buttons or checkboxes has no input of its own name: the link goes to its first choice."""
    if bound.is_hidden:
        return ""
    return f"{bound.auto_id}_0" if isinstance(bound.field.widget, RadioSelect) else bound.id_for_label or bound.auto_id


def _with_label(bound: BoundField, message: str) -> str:
    """The words of a field that has none of its own say nothing in a list of errors, so they get the field's label."""
    return f"{bound.label}: {message}" if message == Field.default_error_messages["required"] else message


@register.inclusion_tag("components/empty_state.html")
def empty_state(title: str, text: str = "", url: str = "", label: str = "") -> dict[str, str]:
    """What a list shows when it is empty, and what to do next: ``{% empty_state "No calls are open" text url label %}``."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable) -> dict[str, object]:
    """What happened and what comes, top to bottom: ``{% timeline entries %}``.

    Each entry has ``title``, ``when`` (words or rendered HTML), ``state`` (done, current, late, upcoming), ``state_label``,
    ``detail``, ``url``, ``default_note`` (says that a date is assumed). All but title and state may be missing.
    """
    return {"entries": entries}


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows: Iterable) -> dict[str, object]:
    """Labels with their values: ``{% summary_list rows %}``; a row has ``label``, ``value`` and perhaps ``change_url``."""
    return {"rows": rows}


@register.inclusion_tag("components/page_header.html")
def page_header(title: str, lead: str = "", caption: str = "") -> dict[str, str]:
    """The page's one h1, with a line above it (``caption``) and a sentence below it (``lead``)."""
    return {"title": title, "lead": lead, "caption": caption}


@register.inclusion_tag("components/notice.html")
def notice(text: str, tone: str = "info", title: str = "") -> dict[str, str]:
    """A sentence that stands out: ``{% notice "The call closes tonight." "warning" %}``."""
    return {"text": text, "tone": _tone(tone), "title": title}


@register.inclusion_tag("components/action_form.html", takes_context=True)
def action_form(
    context: Context, url: str, label: str, tone: str = "primary", confirm: str = "", name: str = "", value: str = ""
) -> dict[str, object]:
    """A button that changes something by POST: ``{% action_form url "Withdraw" tone="danger" confirm="Sure?" %}``.

    ``tone``: primary, secondary or danger. With ``confirm`` the button first opens the question and asks again; this
    needs no script. ``name`` and ``value`` are one hidden field.
    """
    tone = tone if tone in ("primary", "secondary", "danger") else "primary"
    fields = {"url": url, "label": label, "tone": tone, "confirm": confirm, "name": name, "value": value}
    # “Withdraw”, but “Yes, withdraw”.
    return fields | {"label_inside": label[:1].lower() + label[1:], "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/stat.html")
def stat(value: object, label: str, hint: str = "", url: str = "") -> dict[str, object]:
    """One number with its meaning, for a row of them in ``<div class="stat-row">``."""
    return {"value": value, "label": label, "hint": hint, "url": url}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*pairs: str) -> dict[str, object]:
    """Where the page is: ``{% breadcrumbs "Home" home_url "Applications" "" %}``, labels and addresses in turn."""
    return {"trail": list(zip(pairs[::2], [*pairs[1::2], ""], strict=False))}


@register.simple_block_tag(end_name="end_data_table")
def data_table(content: str, label: str) -> str:
    """A table that scrolls sideways by itself, by mouse, finger and keyboard, and is named for screen readers.

    ``{% data_table "Teams" %}<table class="table">…</table>{% end_data_table %}``
    """
    return render_to_string("components/data_table.html", {"content": content, "label": label})
