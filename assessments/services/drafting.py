"""The words of a draft report, saved as they are written: two people meet only in the same field."""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assessments import priorities, selectors
from assessments.models import Finding, Report, ReportState
from assessments.services.findings import library_of_instrument, rewrite_strategies, suggest
from assessments.services.rounds import AssessmentRefused
from core import clock
from core.services import record

WAYS = ("up", "down", "in", "out")
ADD = "add"


@dataclass(frozen=True)
class Step:
    """What a button does to one finding besides saving: one of ``WAYS`` with its rank, or ``ADD`` a strategy."""

    verb: str
    finding: int
    strategy: int | None = None


@dataclass
class KeptWords:
    """``versions``: of every field that stands as sent. ``conflicts``: the stored words where somebody else wrote as well."""

    versions: dict[str, int] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)
    changed_by: User | None = None
    changed_at: datetime | None = None


def plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def version_of(text: str) -> int:
    """The version of a field is the fingerprint of its words: the same words are the same version, whoever wrote them."""
    return int(hashlib.sha256(plain(text).encode()).hexdigest()[:12], 16)


def paragraphs(text: str) -> list[str]:
    """Strategies stand in one field, one a paragraph."""
    return [part.strip() for part in re.split(r"\n\s*\n", plain(text)) if part.strip()]


def words_of(report: Report, findings: Collection[Finding]) -> dict[str, str]:
    """Every field of the draft with its words, by the name that it has in the form."""
    words = {"introduction": report.introduction}
    for one in findings:
        words[f"title-{one.pk}"] = one.title
        words[f"text-{one.pk}"] = one.text
        words[f"strategies-{one.pk}"] = "\n\n".join(row.text for row in one.strategies.all())
    return words


@transaction.atomic
def keep_words(
    report: Report,
    words: Mapping[str, str],
    bases: Mapping[str, int | None],
    *,
    by: User,
    step: Step | None = None,
    is_pressed: bool = True,
) -> KeptWords:
    """Save every field that nobody else changed since its base; where both wrote, nothing is overwritten.

    ``step`` is taken only where there is no conflict. ``is_pressed``: a person pressed a button; what a page saves by
    itself leaves no audit row.

    Raises:
        AssessmentRefused: it is no draft; the step does not fit.
    """
    stored = Report.objects.select_for_update(of=("self",)).select_related("assessment__version", "changed_by")
    current = stored.get(pk=report.pk)
    if current.state != ReportState.DRAFT:
        raise AssessmentRefused(
            _("This report is “%(state)s”, so its text cannot be changed now.") % {"state": current.get_state_display()}
        )
    findings = {one.pk: one for one in selectors.findings_of(current)}
    present = words_of(current, findings.values())
    sent = {name: plain(text) for name, text in words.items() if name in present}
    # What stands as the person had it before them they did not write, whatever became of it meanwhile.
    written = {name: text for name, text in sent.items() if bases.get(name) != version_of(text)}
    changed = {name: text for name, text in written.items() if text != plain(present[name])}
    conflicts = {name: present[name] for name in changed if bases.get(name) != version_of(present[name])}
    kept = {name: text for name, text in changed.items() if name not in conflicts}
    _write(current, findings, kept)
    has_moved = step is not None and not conflicts and _take(current, findings, step)
    versions = {name: version_of(text) for name, text in written.items() if name not in conflicts}
    outcome = KeptWords(versions, conflicts, current.changed_by, current.changed_at)
    if kept or has_moved:
        current.version, current.changed_at, current.changed_by = current.version + 1, clock.now(), by
        current.save(update_fields=["introduction", "version", "changed_at", "changed_by"])
        if is_pressed:
            record("report.changed", current, by=by, fields=sorted({name.partition("-")[0] for name in kept}))
    return outcome


def _write(report: Report, findings: Mapping[int, Finding], words: Mapping[str, str]) -> None:
    library = library_of_instrument(report.assessment) if any(name.startswith("strategies") for name in words) else []
    for name, text in words.items():
        what, _dash, number = name.partition("-")
        if what == "introduction":
            report.introduction = text
        elif what == "strategies":
            rewrite_strategies(findings[int(number)], paragraphs(text), library)
        else:
            Finding.objects.filter(pk=int(number)).update(**{what: text})


def _take(report: Report, findings: Mapping[int, Finding], step: Step) -> bool:
    """Whether the step changed anything."""
    finding = findings.get(step.finding)
    if finding is None or step.verb not in (*WAYS, ADD):
        raise AssessmentRefused(_("This button belongs to another report. Reload the page."))
    if step.verb == ADD:
        return _add(report, finding, step.strategy)
    before = [one.pk for one in selectors.by_rank(findings.values())]
    after = priorities.moved(before, finding.pk, step.verb)
    if after == before:
        return False
    report.findings.update(rank=None)  # first, so that two findings can change places
    for rank, number in enumerate(after, start=1):
        Finding.objects.filter(pk=number).update(rank=rank)
    return True


def _add(report: Report, finding: Finding, number: int | None) -> bool:
    strategy = next((one for one in library_of_instrument(report.assessment) if one.pk == number), None)
    if strategy is None:
        raise AssessmentRefused(_("Choose a strategy from the list first, then add it."))
    rows = [(row.strategy, row.text) for row in finding.strategies.select_related("strategy").order_by("position")]
    if strategy.text in [text for _strategy, text in rows]:
        return False
    suggest(finding, [*rows, (strategy, strategy.text)])
    return True
