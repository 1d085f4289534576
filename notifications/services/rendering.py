"""From a row to a mail, at the moment of delivery: links are made absolute and tokens derived only here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from core import links
from notifications.models import Item, Kind, Message, Wording
from notifications.services import digests, refusals, wordings

HOME = {"page": "home", "args": []}


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(message: Message, items: list[Item] | None = None) -> Rendered:
    """Text and HTML of a row, in its reader's time zone. Rows with ready-made bodies keep them.

    ``items`` are its open lines where the caller has read them already.
    """
    if not message.template:
        return _ready_made(message)
    return _render(message, digests.open_lines(message) if items is None else items)


def _ready_made(message: Message) -> Rendered:
    """The bodies as they were given; where there is a text alone, the HTML is made from it. Empty once they are erased."""
    text, html, refuse_url = message.text, message.html, refusals.refusal_url(message)
    if text and refuse_url:
        text = f"{text.rstrip()}\n\n-- \n{_refusal_line(message, refuse_url)}\n"
    if text and not html:
        unsigned = text.replace("\n-- \n", "\n\n")
        marked = [wordings.with_links(paragraph) for paragraph in wordings.paragraphs(unsigned)]
        context = {"subject": message.subject, "words_html": wordings.in_paragraphs(marked)}
        html = render_to_string("mail/ready.html", context)
    return Rendered(message.subject, text, html)


def _refusal_line(message: Message, url: str) -> str:
    return render_to_string("mail/refusal.txt", {"refuse_url": url, "refuse_name": refusals.NAMES[Kind(message.kind)]})


def preview(person: User, lines: Sequence[digests.Line]) -> Rendered:
    """The mail that these lines (one at least) would make for ``person`` if they fell on one day. Writes nothing."""
    items = digests.in_order(
        Item(key=line.key, subject=line.subject, template=line.template, context=line.context) for line in lines
    )
    message = Message(
        kind=Kind.REMINDER, template=digests.GATHERED, recipient=person, subject=digests.subject_of(items)
    )
    return _render(message, items)


def sample(wording: Wording, reader: User) -> Rendered:
    """A wording, saved or not, as the mail that ``reader`` would get, with the samples of the list of placeholders."""
    context = wordings.sample_context()
    message = Message(kind=wording.kind, recipient=reader, context=context)
    with timezone.override(reader.time_zone):
        message.subject = wordings.render_subject(wording, context)
    return _render(message, [], wording)


def _render(message: Message, items: list[Item], wording: Wording | None = None) -> Rendered:
    """In staff's own words where the mail, or its only line, names a wording; else by the template of the product."""
    reader, one = message.recipient, items[0] if len(items) == 1 else None
    # Lines come and go until a mail is started, also after its sender read the row.
    subject = digests.subject_of(items) if items and message.template == digests.GATHERED else message.subject
    wording = wording or wordings.of_template(one.template if one else message.template)
    name = {"recipient_name": reader.name if reader else ""}
    refuse_url = refusals.refusal_url(message)
    context = {
        **_values(message.context),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "support_email": settings.SUPPORT_EMAIL,
        "subject": subject,
        "link_url": link_url(_one_link(items) if items else message.context.get("link")),
        "refuse_url": refuse_url,
        "refuse_name": refusals.NAMES[Kind(message.kind)] if refuse_url else "",
    }
    with timezone.override(reader.time_zone if reader else None):
        if wording:
            said = (one.context if one else message.context) | name
            context |= {"words_text": wordings.render_text(wording, said)}
            context |= {"words_html": wordings.render_html(wording, said)}
        elif items:
            context |= {"lines": [{**item.context, "sentence": _sentence(item, name)} for item in items]}
        template = "wording" if wording else message.template
        text = render_to_string(f"mail/{template}.txt", context | name)
        html = render_to_string(f"mail/{template}.html", context | name)
    return Rendered(subject, text.strip() + "\n", html)


def _sentence(item: Item, name: dict[str, str]) -> str:
    """A reminder as one sentence, which a mail that gathers several shows."""
    wording = wordings.of_template(item.template)
    if wording:
        return wordings.render_line(wording, item.context | name)
    return render_to_string(f"mail/lines/{item.template}.txt", _values(item.context)).strip()


def _one_link(items: list[Item]) -> dict:
    """A mail has one action: where all lines lead, or home, where everything that is due is listed."""
    first = items[0].context.get("link", HOME)
    return first if all(item.context.get("link", HOME) == first for item in items) else HOME


def _values(context: dict) -> dict[str, object]:
    return {key: _revive(key, value) for key, value in context.items()}


def _revive(key: str, value: object) -> object:
    """What is called ``..._at`` travels as an ISO string and is a moment again in the template."""
    return datetime.fromisoformat(value) if key.endswith("_at") and isinstance(value, str) else value


def link_url(link: dict | None) -> str:
    """The absolute address of a link in a context (see ``outbox.Draft``); empty without one."""
    if not link:
        return ""
    args = list(link.get("args", []))
    if "purpose" in link:
        args.append(links.token(link["purpose"], link["row"], link["generation"]))
    return links.absolute(link["page"], *args)
