"""The report of findings: drafted by rule, edited by staff, released by a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

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
from assessments.services.sealing import digest, seal
from core import clock
from core.services import record
from core.transitions import move


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
    library = _library(stored)
    for position, gap in enumerate(priorities.in_order(_gaps(items, answers)), start=1):
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
        _suggest(finding, [(one, one.text) for one in _strategies(library, item)])
    record("report.drafted", report, by=by)
    return report


def _gaps(items: dict[str, Item], answers: dict[str, AgreedAnswer]) -> list[priorities.Gap]:
    by_domain: dict[int, tuple[Fraction, list[tuple[str, Fraction]]]] = {}
    for item in items.values():
        _, inside = by_domain.setdefault(item.domain_id, (Fraction(item.domain.weight), []))
        inside.append((item.code, Fraction(item.weight)))
    shares = priorities.shares(by_domain.values())
    return [
        priorities.Gap(code, Fraction(answer.level.position, items[code].highest), shares[code], answer.priority)
        for code, answer in answers.items()
        if answer.level is not None
    ]


def _found(item: Item, answer: AgreedAnswer) -> str:
    best = max(item.levels.all(), key=lambda level: level.position)
    return f"Today: {answer.level.anchor}\n\nBest practice: {best.anchor}"


def _library(assessment: Assessment) -> list[Strategy]:
    return list(Strategy.objects.filter(instrument=assessment.version.instrument_id, is_retired=False).order_by("code"))


def _strategies(library: list[Strategy], item: Item) -> list[Strategy]:
    own = [one for one in library if one.item_code == item.code]
    return own or [one for one in library if not one.item_code and one.domain_code == item.domain.code]


def _suggest(finding: Finding, texts: Sequence[tuple[Strategy | None, str]]) -> None:
    finding.strategies.all().delete()
    FindingStrategy.objects.bulk_create(
        FindingStrategy(finding=finding, strategy=strategy, text=text, position=position)
        for position, (strategy, text) in enumerate(texts, start=1)
    )


@transaction.atomic
def edit_report(
    report: Report, *, introduction: str, findings: Sequence[FindingText], base_version: int, by: User
) -> Report:
    """Write the whole report down as staff want it; findings that are not named keep their words and lose their rank.

    Raises:
        ReportChanged: somebody else changed it since ``base_version``.
        AssessmentRefused: it is no draft; two findings have the same rank; a finding is of another report.
    """
    stored = Report.objects.select_for_update().get(pk=report.pk)
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
    stored.save(update_fields=["introduction", "version"])
    stored.findings.update(rank=None)  # first, so that two findings can change places
    for one in findings:
        Finding.objects.filter(pk=one.finding.pk).update(title=one.title, text=one.text, rank=one.rank)
        known = {row.text: row.strategy for row in one.finding.strategies.select_related("strategy")}
        _suggest(one.finding, [(known.get(text), text) for text in one.strategies if text.strip()])
    record("report.changed", stored, by=by, fields=["introduction", "findings"])
    return stored


def hand_over(report: Report, *, by: User) -> None:
    """Ask a second person to look at the draft.

    Raises:
        core.transitions.TransitionRefused: it is no draft.
    """
    move(report, ReportState.REVIEW, by=by)


def send_back(report: Report, *, by: User) -> None:
    """Make it a draft again, before its release or to correct what was released; the team sees it no longer.

    Raises:
        core.transitions.TransitionRefused: it is a draft.
    """
    move(
        report,
        ReportState.DRAFT,
        by=by,
        released_at=None,
        released_by=None,
        sealed=None,
        sealed_sha256="",
    )


@transaction.atomic
def release(report: Report, *, by: User) -> None:
    """Seal the report and show it to the team.

    Raises:
        AssessmentRefused: ``by`` handed it over, or wrote the draft and nobody else did; it has no priority.
        core.transitions.TransitionRefused: nobody has asked for a second look.
    """
    if by.pk == report.handed_by_id:
        raise AssessmentRefused("A second person releases the report: you asked for the second look yourself.")
    if not report.findings.filter(rank__isnull=False).exists() and report.findings.exists():
        raise AssessmentRefused("Recommend at least one priority before the report is released.")
    sealed = seal(report, released_by=by)
    move(report, ReportState.RELEASED, by=by, sealed=sealed, sealed_sha256=digest(sealed))
