"""Forms that come from a program's file."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from core import clock
from core.services import record
from questionnaires.definition import FormDefinition, SectionDefinition
from questionnaires.models import FormVersion
from questionnaires.selectors import definition_of
from questionnaires.services.writing import write_sections


@transaction.atomic
def load_form(
    code: str, title: str, sections: Sequence[SectionDefinition] | Sequence[dict], *, by: User | None = None
) -> FormVersion:
    """Make the form ``code`` what ``sections`` say, and return the edition that says it.

    The newest edition is returned as it is where nothing differs, rewritten where nobody has answered it yet, and left alone
    with a next number written beside it where it is frozen. ``sections`` are definitions or plain dicts in their shape.
    What staff have edited stays: it is returned whatever the file says, and a draft of theirs is passed over.

    Raises:
        pydantic.ValidationError: the sections are no valid form.
    """
    definition = FormDefinition(sections=list(sections))
    editions = FormVersion.objects.select_for_update().filter(code=code)
    newest = editions.exclude(frozen_at=None, based_on__isnull=False).order_by("-number").first()
    if newest and (newest.edited_at or (newest.title == title and definition_of(newest) == definition)):
        return newest
    if newest and newest.frozen_at is None:
        FormVersion.objects.filter(pk=newest.pk).update(title=title)
        newest.title = title
        write_sections(newest, definition)
        record("formversion.changed", newest, by=by)
        return newest
    form = new_edition(code, title)
    write_sections(form, definition)
    record("formversion.created", form, by=by)
    return form


def new_edition(code: str, title: str, *, based_on: FormVersion | None = None) -> FormVersion:
    """An empty edition with the next number; the caller writes its sections and the audit row."""
    highest = FormVersion.objects.filter(code=code).aggregate(highest=Max("number"))["highest"] or 0
    return FormVersion.objects.create(
        code=code,
        number=highest + 1,
        title=title,
        based_on=based_on,
        created_at=clock.now(),
        edited_at=based_on.edited_at if based_on else None,
    )
