"""Acting on the table of what is kept. Looking comes first; acting goes a thousand rows a transaction."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import F
from django.db.models.deletion import ProtectedError

from accounts.models import User
from applications.services import forgetting as applications
from core import clock
from core.refusals import Refused
from core.services import record, record_all
from documents import services as documents
from documents.models import StoredFile
from practices.models import Sponsor
from practices.services.forgetting import forget_sponsors
from privacy.models import RetentionRun
from privacy.selectors import RULES, Rule, due
from privacy.services.anonymising import anonymise

CHUNK = 1000
# A transaction for each row: removing a person takes many locks, and a file's content does not come back with its row.
ONE_BY_ONE = {"loose-files", "quiet-people"}


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


def apply_rule(rule: Rule, *, by: User | None) -> int:
    """Act on what is due now and return how many rows. A second run finds nothing; what it could not act on stays due.

    Leaves one ``RetentionRun``, whose count is true after every chunk, whatever becomes of the next one.

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
    rows, last, count = found.order_by("pk"), None, 0
    while pks := list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", flat=True)[:CHUNK]):
        with nullcontext() if rule.code in ONE_BY_ONE else transaction.atomic():
            # Looked at once more: since the list was made, somebody may have signed in or taken a draft up again.
            done = act(found.filter(pk__in=pks), by)
            RetentionRun.objects.filter(pk=run.pk).update(found=F("found") + done)
        count, last = count + done, pks[-1]
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


# What is not simply deleted.
ACTS: dict[str, Callable[[models.QuerySet, User | None], int]] = {
    "loose-files": _tidy,
    "unverified-accounts": _delete_accounts,
    "abandoned-applications": _empty_applications,
    "declined-applications": _empty_applications,
    "former-sponsors": _empty_sponsors,
    "quiet-people": _remove_people,
}
