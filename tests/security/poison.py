"""Writes a text into every column that people's words are kept in, past every form: what is shown must hold on its own."""

from collections.abc import Callable, Iterator

from django.apps import apps
from django.db import models

from tests.architecture.rules import rooms
from tests.security.markup import PAYLOADS

# Words of the code, of a machine or of a standard, never of a person.
NOT_WORDS = {
    "code",
    "email",
    "password",
    "address",
    "dedupe_key",
    "message_id",
    "template",
    "instrument",
    "sha256",
    "key",
    "sealed_sha256",
    "content_type",
    "quota_key",
    "verb",
    "object_type",
    "submission_key",
    "mac",
    "html",
    "file",
    "claim_token",
    "session_data",
    "session_key",
    "type",
    "kind",
    "from_state",
    "to_state",
    "zone",
    "time_zone",
    "country",
}
# Columns that hold words in some rows only; a form with words in the others could never have been written.
ONLY = {"questionnaires.Question.unit": {"kind": "number"}}
Texts = Callable[[int, int | None], str]


def columns() -> Iterator[tuple[type[models.Model], models.Field]]:
    """Every column for words, of every model of ours; the audit trail has none."""
    for room in rooms():
        for model in apps.get_app_config(room.name).get_models():
            for column in model._meta.concrete_fields:
                is_text = type(column) in (models.CharField, models.TextField) and not column.choices
                if is_text and not column.unique and column.name not in NOT_WORDS and model._meta.app_label != "core":
                    yield model, column


def poison(texts: Texts) -> int:
    """``texts(number, length)`` in every column of every row, in nested words of JSON too; returns in how many columns."""
    count = 0
    for number, (model, column) in enumerate(columns()):
        count += 1
        for row in model._base_manager.filter(**ONLY.get(f"{model._meta.label}.{column.name}", {})):
            text = texts(number + row.pk if isinstance(row.pk, int) else number, column.max_length)
            model._base_manager.filter(pk=row.pk).update(**{column.name: text})
    return count + _poison_json(texts)


# Where words of people are kept as JSON: answers, and the copy that a submission seals.
JSON = (("questionnaires", "Answer", "value"), ("applications", "Submission", "sealed"))


def _poison_json(texts: Texts) -> int:
    for app, name, column in JSON:
        model = apps.get_model(app, name)
        for row in model._base_manager.exclude(**{f"{column}__isnull": True}):
            value = _spoilt(getattr(row, column), texts, row.pk)
            model._base_manager.filter(pk=row.pk).update(**{column: value})
    return len(JSON)


def _spoilt(value: object, texts: Texts, number: int) -> object:
    if isinstance(value, dict):
        kept = ("code", "kind", "id", "file", "state", "version")
        return {key: one if key in kept else _spoilt(one, texts, number + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_spoilt(one, texts, number + at) for at, one in enumerate(value)]
    return texts(number, None) if isinstance(value, str) and value and " " in value else value


BREAK = "a\r\nBcc: bcc@evil.example\r\nX-Evil: yes\r\n\r\n<xss>"


def in_turn(number: int, length: int | None) -> str:
    """All payloads where there is room; else as many as fit, beginning with another one in every column and row."""
    turned = PAYLOADS[number % len(PAYLOADS) :] + PAYLOADS[: number % len(PAYLOADS)]
    text = ""
    for one in turned:
        if length is None or len(text) + len(one) < length:
            text += one + " "
    return text.strip() or "<xss>"[:length]
