"""The library of strategies: what comes with the software, and what staff write."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from assessments.definition import StrategyFile
from assessments.models import Domain, Instrument, Item, Strategy
from assessments.services.rounds import AssessmentRefused
from core import clock
from core.services import record


class UnknownCode(AssessmentRefused):
    """A strategy is for an item or a domain that its instrument lacks; ``field`` is where it was said."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


@transaction.atomic
def load_strategies(definition: StrategyFile) -> int:
    """Add the strategies of a file that are not there, and return how many. What staff have changed or retired stays.

    Raises:
        Instrument.DoesNotExist: the instrument is not loaded.
    """
    instrument = Instrument.objects.get(code=definition.instrument)
    known = set(Strategy.objects.values_list("code", flat=True))
    new = [
        Strategy(
            code=one.code,
            instrument=instrument,
            item_code=one.item or "",
            domain_code=one.domain or "",
            title=one.title,
            text=one.text,
            source=one.source,
            url=one.url,
        )
        for one in definition.strategies
        if one.code not in known
    ]
    Strategy.objects.bulk_create(new)
    return len(new)


def refuse_unknown(instrument: Instrument, *, domain_code: str, item_code: str) -> None:
    """Codes are those of any version of the instrument, for a strategy serves all of them.

    Raises:
        UnknownCode: the instrument has no such domain or item, or neither is named.
    """
    if not domain_code and not item_code:
        raise UnknownCode("domain_code", "Name a domain or an item by its code: a strategy is for one of them.")
    domains = Domain.objects.filter(version__instrument=instrument)
    _refuse(instrument, "domain", domain_code, domains.values_list("code", flat=True))
    items = Item.objects.filter(domain__version__instrument=instrument)
    _refuse(instrument, "item", item_code, items.values_list("code", flat=True))


def _refuse(instrument: Instrument, what: str, code: str, known: Iterable[str]) -> None:
    codes = sorted(set(known))
    if code and code not in codes:
        sentence = f"“{instrument}” has no {what} “{code}”. It has: {', '.join(codes) or 'none yet'}."
        raise UnknownCode(f"{what}_code", sentence)


@transaction.atomic
def write_strategy(strategy: Strategy, *, by: User) -> Strategy:
    """Save a strategy that staff wrote or changed. Reports keep the words that they were given.

    Raises:
        UnknownCode: the instrument has no such domain or item.
    """
    refuse_unknown(strategy.instrument, domain_code=strategy.domain_code, item_code=strategy.item_code)
    is_new = strategy.pk is None
    strategy.written_at, strategy.written_by = clock.now(), by
    strategy.save()
    if is_new:
        record("strategy.added", strategy, by=by)
    else:
        record("strategy.changed", strategy, by=by)
    return strategy


@transaction.atomic
def retire_strategy(strategy: Strategy, *, by: User) -> None:
    """Suggest it no more; a second time changes nothing."""
    if Strategy.objects.filter(pk=strategy.pk, is_retired=False).update(is_retired=True):
        strategy.is_retired = True
        record("strategy.retired", strategy, by=by)


@transaction.atomic
def bring_back_strategy(strategy: Strategy, *, by: User) -> None:
    """Suggest it again; a second time changes nothing."""
    if Strategy.objects.filter(pk=strategy.pk, is_retired=True).update(is_retired=False):
        strategy.is_retired = False
        record("strategy.brought_back", strategy, by=by)
