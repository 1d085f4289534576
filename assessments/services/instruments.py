"""Loading instruments: a draft is replaced, a frozen edition is followed by a new number."""

from django.db import transaction

from accounts.models import User
from assessments.definition import DomainDefinition, InstrumentFile
from assessments.models import Domain, Instrument, InstrumentVersion, Item, Level
from core import clock
from core.services import record


@transaction.atomic
def load_instrument(definition: InstrumentFile, *, by: User | None = None) -> InstrumentVersion:
    """Make the newest version of the instrument say what ``definition`` says, and return it.

    The same content as the newest version changes nothing and leaves no audit row. Other content replaces a draft in
    place; once an assessment has used the newest version, it becomes the next number.
    """
    instrument, _ = Instrument.objects.get_or_create(code=definition.code, defaults={"title": definition.title})
    # The lock keeps a team from starting (and so freezing) the draft while it is being replaced.
    newest = instrument.versions.select_for_update().order_by("number").last()
    if newest is not None and newest.content_sha256 == definition.sha256:
        return newest
    Instrument.objects.filter(pk=instrument.pk).update(
        title=definition.title, is_illustrative=definition.is_illustrative
    )
    if newest is None or newest.frozen_at is not None:
        number = newest.number + 1 if newest else 1
        newest = InstrumentVersion(instrument=instrument, number=number, created_at=clock.now())
    else:
        newest.domains.all().delete()
    newest.rule = definition.rule
    newest.display_max = definition.display_max
    newest.minimum_answered_percent = definition.minimum_answered_percent
    newest.introduction = definition.introduction
    newest.source = definition.source
    newest.content_sha256 = definition.sha256
    newest.save()
    for position, domain in enumerate(definition.domains):
        _add_domain(newest, position, domain)
    record("instrumentversion.loaded", newest, by=by, fields=["content_sha256"])
    instrument.refresh_from_db()
    newest.instrument = instrument
    return newest


def _add_domain(version: InstrumentVersion, position: int, definition: DomainDefinition) -> None:
    domain = Domain.objects.create(
        version=version, code=definition.code, title=definition.title, weight=definition.weight, position=position
    )
    items = Item.objects.bulk_create(
        Item(
            domain=domain,
            code=one.code,
            text=one.text,
            guidance=one.guidance,
            weight=one.weight,
            position=number,
            allows_not_applicable=one.allows_not_applicable,
            allows_no_data=one.allows_no_data,
        )
        for number, one in enumerate(definition.items)
    )
    Level.objects.bulk_create(
        Level(item=item, code=level.code, title=level.title, anchor=level.anchor, position=number)
        for item, one in zip(items, definition.items, strict=True)
        for number, level in enumerate(one.levels)
    )
