"""One person's data as JSON: every row of every table that points at them, found by the tables themselves.

A new room needs nothing here: a foreign key to a person or to a membership brings its rows in. What is left out stands
below with its reason.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import EmailField, ForeignKey, Model, Q

from accounts.models import User
from core import clock
from core.models import ActorKind, AuditEntry
from practices.models import Member
from privacy.selectors import RULES
from privacy.selectors.people import addresses_of, by_address

SCHEMA = 1
SOMEBODY = "somebody else"

# Columns that leave nobody's house, with the reason. “*” is every table.
LEFT_OUT = {
    "*.password": "a password's hash helps only who wants to guess it",
    "*.token": "a secret of the software",
    "*.generation": "part of a link that lets its reader in",
    "*.public_id": "part of a link that lets its reader in",
    "accounts.BrowserSession.session_key": "whoever has it is signed in",
    "accounts.BrowserSession.session_data": "a page's own memory, with secrets of the software",
    "accounts.User.id": "a number without meaning elsewhere; the audit part has it where it is needed",
    "mfa.Authenticator.data": "the secret of a second factor",
    "applications.Submission.sealed": "names colleagues; the person's own answers are among the answers",
    "applications.Application.submission_key": "a secret of the software",
    "applications.Application.decision_note": "the staff's note about a team, not about a person",
    "applications.Letter.text": "the sponsor's own words; theirs are in the mail that they got",
    "applications.Letter.draft": "what a sponsor wrote and has not sent",
    "applications.Letter.signed_name": "the sponsor's name",
    "applications.Letter.signed_position": "the sponsor's position",
    "documents.StoredFile.file": "a path of the server",
    "documents.StoredFile.quota_key": "counts for a whole team",
    "notifications.Message.context": "what the text is made of, with parts of links",
    "notifications.Message.html": "says what the text says",
    "notifications.Message.dedupe_key": "a key of the software",
    "notifications.Message.message_id": "a key of the software",
    "notifications.Message.topic": "a key of the software",
    "notifications.Item.context": "what the text is made of, with parts of links",
    "notifications.Item.key": "a key of the software",
    "notifications.Item.topic": "a key of the software",
    "admin.LogEntry.object_repr": "often another person's name",
    "admin.LogEntry.change_message": "may quote another person's data",
}
# Relations that lead to other people's rows.
NOT_FOLLOWED = {
    "accounts.User.membership_confirmed_by": "the accounts of people whose membership a member of the staff confirmed",
    "privacy.Removal.person": "whom a member of the staff removed",
    "practices.Invitation.accepted_by": "found by the address, if it is the person's",
    "practices.Invitation.revoked_by": "the address is another person's",
}
# Rows that are about the person although no foreign key says so: table -> lookup of the person.
BY_LOOKUP = {"notifications.Item": "message__recipient"}
# Rows that stand under one of the person's addresses.
BY_ADDRESS = {"notifications.Message": "address", "practices.Invitation": "email", "practices.Sponsor": "email"}
# What a foreign key points at is told by its name where that names no person; elsewhere by table and number.
NAMED = {
    "practices.Practice",
    "practices.Team",
    "programs.Program",
    "programs.Cohort",
    "programs.Milestone",
    "programs.Enrollment",
    "applications.Application",
    "questionnaires.FormVersion",
    "questionnaires.Question",
    "assessments.InstrumentVersion",
    "assessments.Item",
    "assessments.Level",
    "improvement.Project",
    "improvement.Measure",
    "sessions_app.SessionDay",
}


def export_person(person: User) -> dict[str, object]:
    """Everything that is kept about ``person``, ready for ``json.dumps``: tables by their labels, rows as dicts.

    Reads only. Whoever hands it out leaves the audit row (``services.note_export``) first.
    """
    addresses = addresses_of(person)
    names: dict[tuple[str, object], str] = {}
    tables = {}
    for model in apps.get_models():
        rows = _rows(model, person, addresses, names)
        if rows:
            tables[model._meta.label] = rows
    return {
        "schema": SCHEMA,
        "site": settings.SITE_NAME,
        "made_at": clock.now().isoformat(),
        "person": {"name": person.name, "addresses": addresses},
        "kept": [{"what": rule.what, "how_long": rule.length, "why": rule.why} for rule in RULES],
        "left_out": LEFT_OUT | NOT_FOLLOWED,
        "tables": tables,
        "acts": list(_acts(person)),
    }


def relations(model: type[Model]) -> list[str]:
    """Lookups of ``model`` that reach a person: its foreign keys to User and, through Member, to the member's user."""
    found = [BY_LOOKUP[model._meta.label]] if model._meta.label in BY_LOOKUP else []
    for field in model._meta.concrete_fields:
        if not isinstance(field, ForeignKey) or f"{model._meta.label}.{field.name}" in NOT_FOLLOWED:
            continue
        if field.related_model is User:
            found.append(field.name)
        elif field.related_model is Member:
            found.append(f"{field.name}__user")
    return found


def _rows(model: type[Model], person: User, addresses: list[str], names: dict) -> list[dict[str, object]]:
    about = Q(pk__in=[person.pk]) if model is User else Q(pk__in=[])
    for lookup in relations(model):
        about |= Q(**{lookup: person})
    if model._meta.label in BY_ADDRESS:
        # A mail that has a recipient is that person's, even if it went to an address that is another's today.
        unclaimed = Q(recipient=None) if model._meta.label == "notifications.Message" else Q()
        about |= by_address(BY_ADDRESS[model._meta.label], addresses) & unclaimed
    found = model._base_manager.filter(about).order_by("pk")
    return [_row(obj, person, addresses, names) for obj in found.iterator(chunk_size=500)] if about else []


def _row(obj: Model, person: User, addresses: list[str], names: dict) -> dict[str, object]:
    label, row = obj._meta.label, {}
    for field in obj._meta.concrete_fields:
        if {f"*.{field.name}", f"{label}.{field.name}"} & LEFT_OUT.keys():
            continue
        value = getattr(obj, field.attname)
        if isinstance(field, ForeignKey):
            row[field.name] = _target(field, value, person, names)
        elif isinstance(field, EmailField) and value and value.lower() not in addresses:
            row[field.name] = SOMEBODY
        else:
            row[field.name] = _plain(value)
    if getattr(obj, "erase_when_sent", False):
        row["text"] = ""  # until it has left, it holds a code or a link for signing in
    return row


def _target(field: ForeignKey, key: object, person: User, names: dict) -> object:
    """“you”, “somebody else”, the name of what names no person, or table and number."""
    if key is None:
        return None
    model, label = field.related_model, field.related_model._meta.label
    if model is User:
        return "you" if key == person.pk else SOMEBODY
    if (label, key) not in names:
        names[label, key] = _name(model, label, key, person)
    return names[label, key]


def _name(model: type[Model], label: str, key: object, person: User) -> str:
    if model is Member:
        return "you" if Member.objects.filter(pk=key, user=person).exists() else SOMEBODY
    if label in NAMED:
        return str(model._base_manager.get(pk=key))
    return f"{label} {key}"


def _plain(value: object) -> object:
    """What JSON knows as it is; moments, numbers and zones in words."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return str(value) if isinstance(value, Decimal | UUID) or value else ""


def _acts(person: User) -> Iterator[dict[str, object]]:
    """What the audit trail has of the person: their acts, and what was done to their account."""
    own = Q(actor_kind=ActorKind.USER, actor_id=person.pk)
    done = AuditEntry.objects.filter(own | Q(object_type="accounts.user", object_id=person.pk)).order_by("id")
    for entry in done.iterator(chunk_size=2000):
        yield {
            "at": entry.at.isoformat(),
            "by": "you" if (entry.actor_kind, entry.actor_id) == (ActorKind.USER, person.pk) else SOMEBODY,
            "verb": entry.verb,
            "object": f"{entry.object_type} {entry.object_id}",
            "from": entry.from_state,
            "to": entry.to_state,
            "fields": entry.fields,
        }
