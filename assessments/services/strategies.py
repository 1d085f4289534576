"""The library of strategies: what comes with the software, and what staff write."""

from django.db import transaction

from accounts.models import User
from assessments.definition import StrategyFile
from assessments.models import Instrument, Strategy
from core import clock
from core.services import record


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


@transaction.atomic
def write_strategy(strategy: Strategy, *, by: User) -> Strategy:
    """Save a strategy that staff wrote or changed. Reports keep the words that they were given."""
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
