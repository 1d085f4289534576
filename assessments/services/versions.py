"""The life of an edition that staff write: begun, put in use, given up. The first assessment freezes it."""

from typing import TypeVar

from django.db import transaction
from django.db.models import Max
from pydantic import ValidationError

from accounts.models import User
from assessments import definition, selectors
from assessments.definition import InstrumentFile, InstrumentPlan
from assessments.models import Instrument, InstrumentVersion
from assessments.services.refusals import InstrumentRefused
from assessments.services.writing import refuse_moved, write_version
from core import clock
from core.reading import message_of
from core.services import record

Plan = TypeVar("Plan", bound=InstrumentPlan)


@transaction.atomic
def create_instrument(code: str, title: str, *, is_illustrative: bool = False, by: User) -> InstrumentVersion:
    """A new instrument with its first version, empty and in writing.

    Raises:
        InstrumentRefused: the code is taken, or cannot be one.
    """
    if Instrument.objects.filter(code=code).exists():
        raise InstrumentRefused([f"There is an instrument “{code}” already. Choose another code."])
    plan = _checked(InstrumentPlan, {"code": code, "title": title, "is_illustrative": is_illustrative})
    instrument = Instrument.objects.create(code=code, title=title, is_illustrative=is_illustrative)
    return _begin(instrument, plan, by=by)


@transaction.atomic
def write_next(version: InstrumentVersion, *, by: User) -> InstrumentVersion:
    """The version of this instrument that staff may change: the draft that is there, or a copy of ``version`` as the next."""
    newest = version.instrument.versions.select_for_update().order_by("number").last()
    if newest.frozen_at is None:
        return newest
    return _begin(version.instrument, selectors.plan_of(version), based_on=version, by=by)


def _begin(
    instrument: Instrument, plan: InstrumentPlan, *, based_on: InstrumentVersion | None = None, by: User
) -> InstrumentVersion:
    highest = instrument.versions.aggregate(highest=Max("number"))["highest"] or 0
    now = clock.now()
    draft = InstrumentVersion(
        instrument=instrument,
        number=highest + 1,
        based_on=based_on,
        created_at=now,
        edited_at=now,
        edited_by=by,
        is_in_writing=True,
    )
    write_version(draft, plan)
    record("instrumentversion.created", draft, by=by)
    return draft


@transaction.atomic
def put_in_use(version: InstrumentVersion, *, seen: str | None = None, by: User) -> None:
    """The next round begins with this version. ``seen``: the ``content_sha256`` of what the person was shown, if they were.

    Raises:
        InstrumentRefused: it is in use already, was changed since it was looked at, or is not whole.
    """
    row = _locked(version)
    if not row.is_in_writing:
        raise InstrumentRefused(["This version is in use already. Write the next version to change something."])
    if seen is not None and seen != row.content_sha256:
        raise InstrumentRefused(["The version has been changed since you looked at it. Look at it once more."])
    check_whole(row)
    row.is_in_writing = version.is_in_writing = False
    row.save(update_fields=["is_in_writing"])
    record("instrumentversion.put_in_use", row, by=by)


def check_whole(version: InstrumentVersion) -> InstrumentFile:
    """The version as a whole instrument.

    Raises:
        InstrumentRefused: a domain has no item, the gates do not fit the rule, or an item was moved.
    """
    plan = selectors.plan_of(version)
    if not plan.domains:
        raise InstrumentRefused(["The instrument has no domain. Add one with its items."])
    whole = _checked(InstrumentFile, plan.model_dump())
    refuse_moved(version.instrument, whole)
    return whole


@transaction.atomic
def drop_version(version: InstrumentVersion, *, by: User) -> None:
    """Give a draft up; the version before it stays in use.

    Raises:
        InstrumentRefused: it is frozen, or the only version of its instrument.
    """
    row = _locked(version)
    if row.frozen_at is not None:
        raise InstrumentRefused(["Assessments use this version, so it stays. Write the next version instead."])
    if not row.instrument.versions.exclude(pk=row.pk).exists():
        raise InstrumentRefused(["This is the only version of the instrument. Change it instead."])
    record("instrumentversion.dropped", row, by=by)
    row.delete()


def _checked(kind: type[Plan], content: dict) -> Plan:
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise InstrumentRefused([message_of(detail, definition.KNOWN_FIELDS) for detail in error.errors()]) from error


def _locked(version: InstrumentVersion) -> InstrumentVersion:
    rows = InstrumentVersion.objects.select_related("instrument").select_for_update(of=("self",))
    return rows.get(pk=version.pk)
