"""Editions that go their own way: a copy under another code, and a draft that is given up."""

from django.db import transaction

from accounts.models import User
from core.services import record
from questionnaires.models import FormVersion
from questionnaires.selectors import plan_of
from questionnaires.services.loading import new_edition
from questionnaires.services.refusals import FormRefused
from questionnaires.services.writing import write_sections


@transaction.atomic
def copy_of(form: FormVersion, *, code: str, follows: bool, by: User | None) -> FormVersion:
    """An edition with the same title, sections and questions under ``code``, to be edited apart from ``form``.

    ``follows``: people were asked ``form``, so the copy says on what it is based, and what it changes can be told.
    """
    copy = new_edition(code, form.title, based_on=form if follows else None)
    write_sections(copy, plan_of(form))
    record("formversion.created", copy, by=by)
    return copy


@transaction.atomic
def drop(form: FormVersion, *, by: User | None) -> None:
    """Give a draft up. The caller knows that nothing of its own points at it.

    Raises:
        FormRefused: it is frozen, or something was begun on it.
    """
    row = FormVersion.objects.select_for_update().get(pk=form.pk)
    if row.frozen_at is not None or row.responses.exists():
        raise FormRefused(["This edition of the form is in use, so it stays."])
    record("formversion.dropped", row, by=by)
    row.delete()
