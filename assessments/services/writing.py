"""Turning the definition of an instrument into rows, for whoever has decided that they may be written."""

from assessments import selectors
from assessments.definition import DomainPlan, InstrumentPlan
from assessments.models import Domain, FrameworkLink, Instrument, InstrumentVersion, Item, Level
from assessments.services.refusals import InstrumentRefused

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


def write_version(version: InstrumentVersion, plan: InstrumentPlan) -> None:
    """Make ``version``, which is not frozen, say what ``plan`` says, and save it; title and mark go to the instrument.

    Raises:
        InstrumentRefused: an item stands in another domain than in a frozen version.
    """
    refuse_moved(version.instrument, plan)
    Instrument.objects.filter(pk=version.instrument_id).update(title=plan.title, is_illustrative=plan.is_illustrative)
    for name in SETTINGS:
        setattr(version, name, getattr(plan, name))
    version.content_sha256 = plan.sha256
    version.save()
    version.domains.all().delete()
    for position, domain in enumerate(plan.domains):
        _add_domain(version, position, domain)
    version.instrument.refresh_from_db()


def refuse_moved(instrument: Instrument, plan: InstrumentPlan) -> None:
    """An item stays in its domain: else two rounds would compare a domain with something that was not in it."""
    before = selectors.frozen_places(instrument)
    moved = [
        f"Item {item.code} stands in domain {domain.code}, and in an earlier version in {before[item.code]}. Put it back,"
        " or give the new item another code."
        for domain in plan.domains
        for item in domain.items
        if before.get(item.code, domain.code) != domain.code
    ]
    if moved:
        raise InstrumentRefused(moved)


def _add_domain(version: InstrumentVersion, position: int, definition: DomainPlan) -> None:
    domain = Domain.objects.create(
        version=version,
        position=position,
        **definition.model_dump(exclude={"items"}),
    )
    items = Item.objects.bulk_create(
        Item(domain=domain, position=number, **one.model_dump(exclude={"links", "levels"}))
        for number, one in enumerate(definition.items)
    )
    Level.objects.bulk_create(
        Level(item=item, position=number, **level.model_dump())
        for item, one in zip(items, definition.items, strict=True)
        for number, level in enumerate(one.levels)
    )
    FrameworkLink.objects.bulk_create(
        FrameworkLink(item=item, position=number, looked_up_on=link.looked_up, **link.model_dump(exclude={"looked_up"}))
        for item, one in zip(items, definition.items, strict=True)
        for number, link in enumerate(one.links)
    )
