"""The released report as plain JSON: what the page, the PDF and the export show are these words and figures."""

import hashlib
import json

from accounts.models import User
from assessments import selectors
from assessments.models import Finding, Report

SCHEMA = 1


def seal(report: Report, *, released_by: User) -> dict[str, object]:
    """Everything of the report as it stands now, with the scores as they are shown. ``schema`` rises when the shape changes."""
    assessment = report.assessment
    scores = selectors.scores(assessment)
    return {
        "schema": SCHEMA,
        "report": str(report.public_id),
        "team": assessment.enrollment.team.name,
        "practice": assessment.enrollment.team.practice.name,
        "cohort": assessment.enrollment.cohort.title,
        "round": assessment.milestone.title,
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
            {
                "code": one.domain.code,
                "title": one.domain.title,
                "score": one.shown,
                "exact": None if one.score is None else str(one.score),
                "answered": one.completeness.answered,
                "applicable": one.completeness.applicable,
                "total": one.completeness.total,
            }
            for one in scores.domains
        ],
        "findings": [_finding(one) for one in selectors.findings_of(report)],
    }


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
