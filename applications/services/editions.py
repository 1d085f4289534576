"""Editing the form of a call: at once before it opens, as the next edition from then on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from applications import selectors
from applications.models import Call
from applications.services.refusals import ApplicationRefused
from core import clock
from core.services import record
from questionnaires import services as questionnaires
from questionnaires.definition import FormDefinition
from questionnaires.models import FormVersion
from questionnaires.selectors import changes_between

A_DAY = timedelta(days=1)  # a local day may begin before the day of UTC


class FormChanged(ApplicationRefused):
    """What would be put in use is no longer what the person was shown."""


@dataclass(frozen=True)
class Used:
    """What putting an edition in use does: applications carried over, and in words what they lose, each with how many times."""

    carried: int
    left: list[tuple[str, int]]


@transaction.atomic
def edition_to_edit(call: Call, *, by: User) -> FormVersion:
    """The edition that staff may change now, made if need be.

    A form that comes from a program's file is copied first: other calls have it, too. Before the call opens, what is edited is
    what is in use. From then on, or once somebody has answered, the edition in use stays, and the next one is written.
    """
    call = _locked(call)
    if found := selectors.next_edition(call):
        return found
    is_settled = selectors.is_settled(call, clock.now()) and _close(call.form, by)
    if selectors.has_own_form(call):
        return questionnaires.draft_of(call.form, by=by) if is_settled else call.form
    copy = questionnaires.copy_of(call.form, code=selectors.own_form_code(call), follows=is_settled, by=by)
    if not is_settled:
        _take_up(call, copy)
        record("call.changed", call, by=by, fields=["form"])
    return copy


def put_form(call: Call, definition: FormDefinition, *, title: str = "", by: User) -> FormVersion:
    """Make the edition that staff may change what a file says, and return it.

    Raises:
        questionnaires.services.FormRefused: see ``questionnaires.services.put_form``.
    """
    with transaction.atomic():
        edition = edition_to_edit(call, by=by)
        questionnaires.put_form(edition, definition, title=title, by=by)
    return edition


@transaction.atomic
def use_edition(call: Call, *, by: User, seen: str | None = None) -> Used:
    """Put the next edition in use: the call asks it from now on, and drafts go over to it with their answers.

    What was sent stays on its edition. ``seen`` is the ``fingerprint`` of what the person was shown, if they were.

    Raises:
        ApplicationRefused: there is no next edition, or it asks what is asked already.
        FormChanged: somebody has changed it since it was looked at.
        questionnaires.services.FormRefused: it is not whole.
    """
    call = _locked(call)
    edition = selectors.next_edition(call)
    if edition is None:
        raise ApplicationRefused("There is no changed form to use. It may be in use already: look at the form again.")
    if seen is not None and seen != fingerprint(edition):
        raise FormChanged("The form has been changed since you looked at it. Nothing is in use yet: look once more.")
    if not changes_between(call.form, edition):
        raise ApplicationRefused("Nothing is changed yet. Change the form first, or give the draft up.")
    questionnaires.freeze(edition, by=by)
    _take_up(call, edition)
    record("call.form_changed", call, by=by)
    drafts = list(selectors.to_carry(call, edition).select_for_update(of=("self",)))
    lost: dict[str, int] = {}
    for draft in drafts:
        for left in questionnaires.carry_over(draft.response, edition, by=by):
            words = f"{left.question.text}: {left.reason}"
            lost[words] = lost.get(words, 0) + 1
    return Used(len(drafts), sorted(lost.items()))


def trial_of_use(call: Call, *, by: User) -> Used:
    """What ``use_edition`` would do, found out by doing it and taking it back. Raises as it does."""
    with transaction.atomic():
        used = use_edition(call, by=by)
        transaction.set_rollback(True)
    return used


@transaction.atomic
def drop_edition(call: Call, *, by: User) -> None:
    """Give the next edition up; the call asks what it asked.

    Raises:
        ApplicationRefused: there is none.
    """
    edition = selectors.next_edition(_locked(call))
    if edition is None:
        raise ApplicationRefused("There is no changed form to give up.")
    questionnaires.drop(edition, by=by)


def freeze_opened(*, now: datetime) -> int:
    """Freeze the forms of the calls that have opened, so that a program's file no longer rewrites them; return how many.

    A form that is not whole cannot be frozen. It stays as it is, and the preparation page says what is missing.
    """
    opened = Call.objects.filter(form__frozen_at=None, opening__starts_on__lte=now.date() + A_DAY)
    count = 0
    for call in opened.select_related("form", "opening").order_by("pk"):
        if call.opening.starts_at > now:
            continue
        count += _close(call.form, None)
    return count


def _close(form: FormVersion, by: User | None) -> bool:
    """Freeze an edition; whether it is. One that is not whole stays open, to be mended where it stands."""
    try:
        questionnaires.freeze(form, by=by)
    except questionnaires.FormRefused:
        return False
    return True


def fingerprint(edition: FormVersion) -> str:
    """Which state of an edition was looked at."""
    return f"{edition.pk}-{edition.edited_at.isoformat() if edition.edited_at else ''}"


def _locked(call: Call) -> Call:
    """The call as it is now; two people who edit its form do so one after the other."""
    rows = Call.objects.select_related("form", "opening").select_for_update(of=("self",))
    return rows.get(pk=call.pk)


def _take_up(call: Call, edition: FormVersion) -> None:
    call.form = edition
    call.save(update_fields=["form"])
