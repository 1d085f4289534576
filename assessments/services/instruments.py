"""Loading instruments: a draft is replaced, a frozen edition is followed by a new number."""

from django.db import transaction

from accounts.models import User
from assessments.definition import DomainDefinition, InstrumentFile, InvalidInstrument
from assessments.models import Domain, FrameworkLink, Instrument, InstrumentVersion, Item, Level
from core import clock
from core.services import record

# Columns of a version that stand in its file under the same names.
SETTINGS = (
    "rule",
    "display_max",
    "minimum_answered_percent",
    "not_applicable_as",
    "no_data_as",
    "asks_reviewer",
    "introduction",
    "source",
)


@transaction.atomic
def load_instrument(definition: InstrumentFile, *, by: User | None = None) -> InstrumentVersion:
    """Make the newest version of the instrument say what ``definition`` says, and return it.

    The same content as the newest version changes nothing and leaves no audit row. Other content replaces a draft in
    place; once an assessment has used the newest version, it becomes the next number.

    Raises:
        InvalidInstrument: an item stands in another domain than in a frozen version.
    """
    instrument, _ = Instrument.objects.get_or_create(code=definition.code, defaults={"title": definition.title})
    # The lock keeps a team from starting (and so freezing) the draft while it is being replaced.
    newest = instrument.versions.select_for_update().order_by("number").last()
    if newest is not None and newest.content_sha256 == definition.sha256:
        return newest
    _refuse_moved(instrument, definition)
    Instrument.objects.filter(pk=instrument.pk).update(
        title=definition.title, is_illustrative=definition.is_illustrative
    )
    if newest is None or newest.frozen_at is not None:
        number = newest.number + 1 if newest else 1
        newest = InstrumentVersion(instrument=instrument, number=number, created_at=clock.now(), based_on=newest)
    else:
        newest.domains.all().delete()
    for name in SETTINGS:
        setattr(newest, name, getattr(definition, name))
    newest.content_sha256 = definition.sha256
    newest.save()
    for position, domain in enumerate(definition.domains):
        _add_domain(newest, position, domain)
    record("instrumentversion.loaded", newest, by=by, fields=["content_sha256"])
    instrument.refresh_from_db()
    newest.instrument = instrument
    return newest


def _refuse_moved(instrument: Instrument, definition: InstrumentFile) -> None:
    """An item stays in its domain: else two rounds would compare a domain with something that was not in it."""
    frozen = Item.objects.filter(domain__version__instrument=instrument, domain__version__frozen_at__isnull=False)
    before = dict(frozen.order_by("domain__version__number").values_list("code", "domain__code"))
    moved = [
        f"Item {item.code} stands in domain {domain.code}, and in an earlier version in {before[item.code]}. Put it back,"
        " or give the new item another code."
        for domain in definition.domains
        for item in domain.items
        if before.get(item.code, domain.code) != domain.code
    ]
    if moved:
        raise InvalidInstrument(moved)


def _add_domain(version: InstrumentVersion, position: int, definition: DomainDefinition) -> None:
    domain = Domain.objects.create(
        version=version,
        code=definition.code,
        title=definition.title,
        introduction=definition.introduction,
        weight=definition.weight,
        minimum_answered_percent=definition.minimum_answered_percent,
        position=position,
    )
    items = Item.objects.bulk_create(
        Item(
            domain=domain,
            code=one.code,
            text=one.text,
            guidance=one.guidance,
            evidence_asked=one.evidence_asked,
            is_gate=one.is_gate,
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
    FrameworkLink.objects.bulk_create(
        FrameworkLink(
            item=item,
            framework=link.framework,
            reference=link.reference,
            url=link.url,
            looked_up_on=link.looked_up,
            position=number,
        )
        for item, one in zip(items, definition.items, strict=True)
        for number, link in enumerate(one.links)
    )
