"""What the columns of an export are: the items of the versions that are in it, and what their codes mean."""

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.models import AnswerKind, Domain, InstrumentVersion, Item


@dataclass(frozen=True)
class Asked:
    """Domains and items of all versions in an export, each code once, as the newest version has it."""

    domains: dict[str, Domain]
    items: dict[str, Item]


def key_of(version: InstrumentVersion, code: str) -> str:
    """Two instruments may use one code, so the instrument stands in front."""
    return f"{version.instrument.code}.{code}"


def asked_in(versions: Iterable[InstrumentVersion]) -> Asked:
    """Two queries and one for the levels, whatever the number of versions."""
    by_key = {version.pk: version for version in versions}
    domains: dict[str, Domain] = {}
    items: dict[str, Item] = {}
    rows = Domain.objects.filter(version__in=by_key).order_by(
        "version__instrument__code", "version__number", "position"
    )
    for domain in rows:
        domains[key_of(by_key[domain.version_id], domain.code)] = domain
    asked = Item.objects.filter(domain__version__in=by_key).select_related("domain").prefetch_related("levels")
    order = ("domain__version__instrument__code", "domain__version__number", "domain__position", "position")
    for item in asked.order_by(*order):
        items[key_of(by_key[item.domain.version_id], item.code)] = item
    return Asked(domains, items)


def choices_of(item: Item) -> str:
    """“0 not-addressed=Not addressed | 1 planned=Planned | no_data=No data”, the lowest level first."""
    levels = sorted(item.levels.all(), key=lambda level: level.position)
    words = [f"{one.position} {one.code}={one.title or one.anchor}" for one in levels]
    further = {AnswerKind.NOT_APPLICABLE: item.allows_not_applicable, AnswerKind.NO_DATA: item.allows_no_data}
    words += [f"{kind.value}={kind.label}" for kind, is_allowed in further.items() if is_allowed]
    return " | ".join(words)
