"""Acting on the table of what is kept. Looking comes first; acting goes a thousand rows a transaction."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.db.models.deletion import ProtectedError

from accounts.models import User
from applications.services import forgetting as applications
from applications.services import remove_exports
from core import clock
from core.refusals import Refused
from core.services import beat_once, record, record_all
from documents import services as documents
from documents.models import StoredFile
from practices.models import Sponsor
from practices.services.forgetting import forget_sponsors
from privacy.models import RetentionRun
from privacy.selectors import RULES, Rule, due
from privacy.services.anonymising import anonymise

CHUNK = 1000
# A transaction for each row: removing a person takes many locks, and a file's content does not come back with its row.
ONE_BY_ONE = {"loose-files", "quiet-people", "tables"}
# What the sweep does by itself: once a day, at an hour at which few people in America work, so many rows of a rule at most
# (of those that go one by one, fewer). A day's worth is far less; what has piled up is for the command.
BEAT, FROM_HOUR_UTC = "retention", 7
MOST_A_DAY, MOST_ONE_BY_ONE = 5 * CHUNK, 200


@dataclass(frozen=True)
class Report:
    """A rule and how many rows are due under it today, or were acted on. None: kept."""

    rule: Rule
    count: int | None


def dry_run(rules: tuple[Rule, ...] = RULES) -> list[Report]:
    """What ``apply_rule`` would find now; nothing is written."""
    now = clock.now()
    rows = [(rule, due(rule, now)) for rule in rules]
    return [Report(rule, None if found is None else found.count()) for rule, found in rows]


def retain_daily() -> list[Report]:
    """What the sweep calls: act on every rule once a day, where ``RETENTION`` is on. Of two sweeps at once, one does it.

    The day begins at ``FROM_HOUR_UTC``, and is not missed by a sweep that comes later. A rule under which nothing is due
    leaves no trace. What is more than a day may take stays due, and /status shows it.
    """
    now = clock.now()
    begins = now.replace(hour=FROM_HOUR_UTC, minute=0, second=0, microsecond=0)
    begins -= timedelta(days=int(begins > now))
    if not settings.RETENTION or not beat_once(BEAT, since=begins):
        return []
    rules = [rule for rule in RULES if rule.find and due(rule, now).exists()]
    most = {rule.code: MOST_ONE_BY_ONE if rule.code in ONE_BY_ONE else MOST_A_DAY for rule in rules}
    return [Report(rule, apply_rule(rule, by=None, most=most[rule.code])) for rule in rules]


def apply_rule(rule: Rule, *, by: User | None, most: int | None = None) -> int:
    """Act on what is due now and return how many rows. A second run finds nothing; what it could not act on stays due.

    ``most`` rows are looked at, all where it is None. Leaves one ``RetentionRun``, whose count is true after every chunk,
    whatever becomes of the next one.

    Raises:
        ValueError: the rule keeps.
    """
    now = clock.now()
    found = due(rule, now)
    if found is None:
        raise ValueError(f"“{rule.code}” is kept; there is nothing to do.")
    with transaction.atomic():
        run = RetentionRun.objects.create(rule=rule.code, days=rule.days, applied_at=now, person=by)
        record("retentionrun.applied", run, by=by, fields=[rule.code])
    act = ACTS.get(rule.code, _delete)
    rows, last, count, looked_at = found.order_by("pk"), None, 0, 0
    while most is None or looked_at < most:
        size = CHUNK if most is None else min(CHUNK, most - looked_at)
        pks = list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", flat=True)[:size])
        if not pks:
            break
        with nullcontext() if rule.code in ONE_BY_ONE else transaction.atomic():
            # Looked at once more: since the list was made, somebody may have signed in or taken a draft up again.
            done = act(found.filter(pk__in=pks), by)
            RetentionRun.objects.filter(pk=run.pk).update(found=F("found") + done)
        count, last, looked_at = count + done, pks[-1], looked_at + len(pks)
    return count


def _delete(found: models.QuerySet, by: User | None) -> int:
    """Counts the rows themselves, not what hangs from them."""
    count = found.count()
    found.delete()
    return count


def _delete_accounts(found: models.QuerySet, by: User | None) -> int:
    """One by one: an account to which something refers since a moment ago is left alone."""
    gone = 0
    for person in found:
        try:
            with transaction.atomic():
                record("user.deleted", person, by=by)
                person.delete()
        except ProtectedError:
            continue
        gone += 1
    return gone


def _empty_applications(found: models.QuerySet, by: User | None) -> int:
    return applications.remove_content(found.values_list("pk", flat=True), by=by)


def _empty_sponsors(found: models.QuerySet, by: User | None) -> int:
    sponsors: list[Sponsor] = list(found)
    forget_sponsors(sponsors)
    applications.forget_signatures(sponsors)
    record_all("sponsor.emptied", sponsors, by=by)
    return len(sponsors)


def _remove_people(found: models.QuerySet, by: User | None) -> int:
    gone = 0
    for person in found:
        try:
            anonymise(person, by=by, reason="No sign-in for a long time, and in no team that is under way.")
        except Refused:
            continue
        gone += 1
    return gone


def _tidy(found: models.QuerySet, by: User | None) -> int:
    files: list[StoredFile] = list(found)
    return documents.tidy(documents.Untidy(orphans=[], leftovers=[], unreferenced=files, missing=[]))


def _remove_tables(found: models.QuerySet, by: User | None) -> int:
    return remove_exports(found)


# What is not simply deleted.
ACTS: dict[str, Callable[[models.QuerySet, User | None], int]] = {
    "loose-files": _tidy,
    "unverified-accounts": _delete_accounts,
    "abandoned-applications": _empty_applications,
    "declined-applications": _empty_applications,
    "former-sponsors": _empty_sponsors,
    "quiet-people": _remove_people,
    "tables": _remove_tables,
}
