"""The report of findings: drafted by rule and edited by staff; ``releasing`` is what a second person does."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from assessments import priorities, selectors
from assessments.models import (
    AgreedAnswer,
    Assessment,
    AssessmentState,
    Finding,
    FindingStrategy,
    Item,
    Report,
    ReportState,
    Strategy,
)
from assessments.services.rounds import AssessmentRefused
from core import clock
from core.services import record


class ReportChanged(AssessmentRefused):
    """Somebody else changed the report first; nothing was overwritten."""


@dataclass(frozen=True)
class FindingText:
    """One finding as staff want it. ``strategies``: the texts to suggest, in order. ``rank`` None: no priority."""

    finding: Finding
    title: str
    text: str
    rank: int | None
    strategies: Sequence[str]


@transaction.atomic
def draft_report(assessment: Assessment, *, by: User) -> Report:
    """Write the draft from the agreed answers: every item below its highest level, what weighs most first.

    The first ``priorities.MOST`` become recommended priorities. Each brings the library's strategies for its item, or else
    for its domain. A report that is there is returned as it is.

    Raises:
        AssessmentRefused: the round is not submitted.
    """
    stored = Assessment.objects.select_for_update().select_related("version").get(pk=assessment.pk)
    if stored.state != AssessmentState.SUBMITTED:
        raise AssessmentRefused("The report of findings is drafted once the team has submitted its assessment.")
    report, is_new = Report.objects.get_or_create(
        assessment=stored, defaults={"drafted_at": clock.now(), "drafted_by": by}
    )
    if not is_new:
        return report
    items = {item.code: item for item in selectors.items_of(stored.version)}
    answers = {answer.item.code: answer for answer in stored.answers.select_related("level", "item")}
    library = library_of_instrument(stored)
    for position, gap in enumerate(priorities.in_order(selectors.gaps_of(items, answers)), start=1):
        item = items[gap.code]
        finding = Finding.objects.create(
            report=report,
            domain=item.domain,
            item=item,
            position=position,
            title=item.text[:200],
            text=_found(item, answers[gap.code]),
            gap=str(gap.gap),
            weighed=str(gap.weighed),
            rank=position if position <= priorities.MOST else None,
        )
        suggest(finding, [(one, one.text) for one in _strategies(library, item)])
    record("report.drafted", report, by=by)
    return report


def _found(item: Item, answer: AgreedAnswer) -> str:
    best = max(item.levels.all(), key=lambda level: level.position)
    return f"Today: {answer.level.anchor}\n\nBest practice: {best.anchor}"


def library_of_instrument(assessment: Assessment) -> list[Strategy]:
    return list(Strategy.objects.filter(instrument=assessment.version.instrument_id, is_retired=False).order_by("code"))


def _strategies(library: list[Strategy], item: Item) -> list[Strategy]:
    own = [one for one in library if one.item_code == item.code]
    return own or [one for one in library if not one.item_code and one.domain_code == item.domain.code]


def suggest(finding: Finding, texts: Sequence[tuple[Strategy | None, str]]) -> None:
    finding.strategies.all().delete()
    FindingStrategy.objects.bulk_create(
        FindingStrategy(finding=finding, strategy=strategy, text=text, position=position)
        for position, (strategy, text) in enumerate(texts, start=1)
    )


def rewrite_strategies(finding: Finding, texts: Sequence[str], library: Sequence[Strategy]) -> None:
    """Suggest these texts, in this order. Words of the library stay bound to it, those of a retired strategy too."""
    used = {row.text: row.strategy for row in finding.strategies.select_related("strategy") if row.strategy}
    known = {one.text: one for one in library} | used
    suggest(finding, [(known.get(text), text) for text in texts])


@transaction.atomic
def edit_report(
    report: Report, *, introduction: str, findings: Sequence[FindingText], base_version: int, by: User
) -> Report:
    """Write the whole report down as staff want it; findings that are not named keep their words and lose their rank.

    Raises:
        ReportChanged: somebody else changed it since ``base_version``.
        AssessmentRefused: it is no draft; two findings have the same rank; a finding is of another report.
    """
    stored = Report.objects.select_for_update(of=("self",)).select_related("assessment__version").get(pk=report.pk)
    if stored.state != ReportState.DRAFT:
        raise AssessmentRefused(f"This report is “{stored.get_state_display()}”, so its text cannot be changed.")
    if stored.version != base_version:
        raise ReportChanged(
            "Somebody else changed this report while you had it open. Compare it with yours, and save again."
        )
    ranks = [one.rank for one in findings if one.rank is not None]
    if len(ranks) != len(set(ranks)):
        raise AssessmentRefused("Two findings have the same rank. Give each priority a rank of its own.")
    if any(one.finding.report_id != stored.pk for one in findings):
        raise AssessmentRefused("One of these findings belongs to another report. Reload the page.")
    stored.introduction, stored.version = introduction, stored.version + 1
    stored.changed_at, stored.changed_by = clock.now(), by
    stored.save(update_fields=["introduction", "version", "changed_at", "changed_by"])
    stored.findings.update(rank=None)  # first, so that two findings can change places
    library = library_of_instrument(stored.assessment)
    for one in findings:
        Finding.objects.filter(pk=one.finding.pk).update(title=one.title, text=one.text, rank=one.rank)
        rewrite_strategies(one.finding, [text for text in one.strategies if text.strip()], library)
    record("report.changed", stored, by=by, fields=["introduction", "findings"])
    return stored
