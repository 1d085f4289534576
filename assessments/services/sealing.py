"""The released report as plain JSON: what the page, the PDF and the export show are these words and figures."""

import hashlib
import json

from accounts.models import User
from assessments import selectors
from assessments.models import Finding, Report

SCHEMA = 2  # since 2 with earlier rounds of the same version, and what is still open


def seal(report: Report, *, released_by: User) -> dict[str, object]:
    """Everything of the report as it stands now, with the scores as they are shown. ``schema`` rises when the shape changes."""
    assessment = report.assessment
    rounds = selectors.rounds_alike(assessment)
    found = selectors.scores_of(rounds)
    *earlier, scores = [found[one.pk] for one in rounds]
    return {
        "schema": SCHEMA,
        "report": str(report.public_id),
        "team": assessment.enrollment.team.name,
        "practice": assessment.enrollment.team.practice.name,
        "cohort": assessment.enrollment.cohort.title,
        "round": assessment.milestone.title,
        "earlier": [one.milestone.title for one in rounds[:-1]],
        "instrument": {
            "code": assessment.version.instrument.code,
            "title": assessment.version.instrument.title,
            "number": assessment.version.number,
            "is_illustrative": assessment.version.instrument.is_illustrative,
        },
        "released_by": released_by.name,
        "introduction": report.introduction,
        "display_max": scores.display_max,
        "overall": scores.shown,
        "domains": [
            _domain(one, [before.domains[number] for before in earlier]) for number, one in enumerate(scores.domains)
        ],
        "findings": [_finding(one) for one in selectors.findings_of(report)],
    }


def _domain(result: selectors.DomainResult, before: list[selectors.DomainResult]) -> dict[str, object]:
    """``open``: between which exact scores what is unanswered leaves it, None where nothing does."""
    interval = result.result.interval if result.open_between else None
    return {
        "code": result.domain.code,
        "title": result.domain.title,
        **_score(result),
        "earlier": [_score(one) for one in before],
        "open": interval and [str(interval.low), str(interval.high)],
        "answered": result.completeness.answered,
        "applicable": result.completeness.applicable,
        "total": result.completeness.total,
    }


def _score(result: selectors.DomainResult) -> dict[str, str | None]:
    """As it is shown, and exactly."""
    return {"score": result.shown, "exact": None if result.score is None else str(result.score)}


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "finding": str(finding.public_id),
        "domain": finding.domain.title,
        "item": finding.item.code if finding.item else "",
        "title": finding.title,
        "text": finding.text,
        "rank": finding.rank,
        "strategies": [row.text for row in finding.strategies.all()],
    }


def digest(sealed: dict) -> str:
    """SHA-256 of the one spelling that is hashed: keys sorted, no spaces, UTF-8."""
    spelled = json.dumps(sealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(spelled.encode()).hexdigest()
