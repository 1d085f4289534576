"""Editions of instruments: what they say, as definitions, and how two differ."""

from django.db.models import Prefetch, QuerySet

from assessments.definition import Comparison, InstrumentPlan, compare
from assessments.models import Domain, Instrument, InstrumentVersion, Item


def instruments_with_versions() -> QuerySet[Instrument]:
    """Every instrument with its versions, the newest first."""
    newest_first = InstrumentVersion.objects.order_by("-number")
    return Instrument.objects.prefetch_related(Prefetch("versions", newest_first))


def last_version(code: str) -> InstrumentVersion | None:
    """The version with the highest number, be it in writing or not."""
    return (
        InstrumentVersion.objects.filter(instrument__code=code).select_related("instrument").order_by("number").last()
    )


def plan_of(version: InstrumentVersion) -> InstrumentPlan:
    """The edition as its definition; while it is being written a domain may have no item. Five queries."""
    domains = version.domains.order_by("position").prefetch_related(
        Prefetch("items", Item.objects.order_by("position").prefetch_related("levels", "links"))
    )
    return InstrumentPlan(
        code=version.instrument.code,
        title=version.instrument.title,
        is_illustrative=version.instrument.is_illustrative,
        rule=version.rule,
        display_max=version.display_max,
        minimum_answered_percent=version.minimum_answered_percent,
        not_applicable_as=version.not_applicable_as,
        no_data_as=version.no_data_as,
        asks_reviewer=version.asks_reviewer,
        introduction=version.introduction,
        source=version.source,
        domains=[_domain(domain) for domain in domains],
    )


def _domain(domain: Domain) -> dict[str, object]:
    return {
        "code": domain.code,
        "title": domain.title,
        "introduction": domain.introduction,
        "weight": domain.weight,
        "minimum_answered_percent": domain.minimum_answered_percent,
        "items": [_item(item) for item in domain.items.all()],
    }


def _item(item: Item) -> dict[str, object]:
    plain = (
        "code",
        "text",
        "guidance",
        "evidence_asked",
        "is_gate",
        "weight",
        "allows_not_applicable",
        "allows_no_data",
    )
    return {name: getattr(item, name) for name in plain} | {
        "links": [
            {"framework": one.framework, "reference": one.reference, "url": one.url, "looked_up": one.looked_up_on}
            for one in item.links.all()
        ],
        "levels": [{"code": one.code, "title": one.title, "anchor": one.anchor} for one in item.levels.all()],
    }


def differences(old: InstrumentVersion, new: InstrumentVersion) -> Comparison:
    """What became of each item and setting of ``old`` in ``new``."""
    return compare(plan_of(old), plan_of(new))


def earlier_versions(version: InstrumentVersion) -> QuerySet[InstrumentVersion]:
    """The versions with which this one can be compared, the newest first."""
    others = InstrumentVersion.objects.filter(instrument=version.instrument_id, number__lt=version.number)
    return others.select_related("instrument").order_by("-number")


def frozen_places(instrument: Instrument) -> dict[str, str]:
    """In which domain each item of a frozen version stands: code of the item -> code of the domain, the latest counts."""
    frozen = Item.objects.filter(domain__version__instrument=instrument, domain__version__frozen_at__isnull=False)
    return dict(frozen.order_by("domain__version__number").values_list("code", "domain__code"))
