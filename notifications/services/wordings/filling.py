"""Filling a wording in. Call it in the reader's time zone: deadlines are said in the cohort's zone and in the current one."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from core import clock
from core import wording as words
from notifications.models import Wording
from notifications.services.wordings.placeholders import LONGEST_SUBJECT, names_in, paragraphs, pieces

LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]']")
SAMPLE = {
    "recipient_name": "Lena Leader",
    "team": "Breast Team",
    "cohort": "Cohort 2026",
    "title": "Quarterly update 1",
    "place": "Alexandria, VA",
    "days": "July 11, 2026 to July 12, 2026",
    "due_at": "2026-10-01T03:59:00+00:00",
    "zone": "America/New_York",
    "link": {"page": "home"},
}


def sample_context() -> dict[str, object]:
    """What a mail's context looks like, with the samples of the list of placeholders."""
    return dict(SAMPLE)


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with each placeholder replaced by its value, once: braces in a value stay what they are."""
    return "".join(values[piece.text] if piece.is_name else piece.text for piece in pieces(text))


def values_of(context: Mapping[str, object]) -> dict[str, str]:
    """A value for every placeholder from a mail's context; a moment in it is an ISO string or a datetime.

    A value is one line: it can begin neither a paragraph nor a header.
    """
    zone = str(context.get("zone") or "UTC")
    due, start = _moment(context.get("due_at")), _moment(context.get("starts_at"))
    found: dict[str, object] = {
        **{name: context.get(name) for name in ("recipient_name", "team", "cohort", "title", "place")},
        "due": _deadline(due, zone),
        "due_day": words.day(due.astimezone(words.as_zone(zone))) if due else "",
        "starts": context.get("days") or _deadline(start, zone),
        "site_name": settings.SITE_NAME,
        "support_email": settings.SUPPORT_EMAIL,
    }
    return {name: " ".join(str(value or "").split()) for name, value in found.items()}


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def _deadline(at: datetime | None, zone: str) -> str:
    if at is None:
        return ""
    said = words.deadline(at, zone, reader_zone=timezone.get_current_timezone(), now=clock.now())
    return f"{said.own} ({said.reader})" if said.reader else said.own


def render_subject(wording: Wording, context: Mapping[str, object]) -> str:
    """The subject, on one line of at most 250 characters."""
    subject = " ".join(fill(wording.subject, values_of(context)).split())
    return subject if len(subject) <= LONGEST_SUBJECT else subject[: LONGEST_SUBJECT - 1] + "…"


def render_text(wording: Wording, context: Mapping[str, object]) -> str:
    """The words of the text part: paragraphs with an empty line between them."""
    values = values_of(context)
    return "\n\n".join(fill(paragraph, values) for paragraph in _said(wording.body, values))


def render_line(wording: Wording, context: Mapping[str, object]) -> str:
    """The first paragraph on one line, for a mail that gathers several reminders."""
    return " ".join(render_text(wording, context).partition("\n\n")[0].split())


def render_html(wording: Wording, context: Mapping[str, object]) -> SafeString:
    """The words of the HTML part, escaped. Addresses that staff wrote are links; those in a value are not."""
    values = values_of(context)
    marked = ("".join(_markup(piece, values) for piece in pieces(one)) for one in _said(wording.body, values))
    return in_paragraphs(marked)


def in_paragraphs(marked: Iterable[str]) -> SafeString:
    """Paragraphs of HTML, whose text is escaped already, with their line breaks."""
    return mark_safe("\n".join(f"<p>{one}</p>".replace("\n", "<br>\n") for one in marked))


def _markup(piece: tuple[str, bool], values: Mapping[str, str]) -> str:
    text, is_name = piece
    return escape(values[text]) if is_name else with_links(text)


def with_links(text: str) -> SafeString:
    """Plain text as HTML: escaped, its bare addresses made links."""
    found, end = [], 0
    for hit in LINK.finditer(text):
        found += [escape(text[end : hit.start()]), format_html('<a href="{0}">{0}</a>', hit[0])]
        end = hit.end()
    return mark_safe("".join([*found, escape(text[end:])]))


def _said(body: str, values: Mapping[str, str]) -> list[str]:
    """The paragraphs without the lines that have placeholders and nothing to put there, as “Place: {place}”."""
    found = []
    for paragraph in paragraphs(body):
        lines = [line for line in paragraph.split("\n") if not _says_nothing(line, values)]
        if lines:
            found.append("\n".join(lines))
    return found


def _says_nothing(line: str, values: Mapping[str, str]) -> bool:
    names = names_in(line)
    return bool(names) and not any(values[name] for name in names)
