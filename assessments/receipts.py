"""What a report of findings says: its sealed copy in words and figures, for its page and as PDF.

Both come from here and from nothing else, so the page, the PDF and the seal cannot differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.charts import Point, Row
from core.pdf import pdf

TEMPLATE = Path(settings.BASE_DIR) / "templates" / "assessments" / "report.typ"
EMPTY_BOXES = gettext_lazy(
    "Some letters are missing here and show as empty boxes. The page of the report has them all."
)
TITLE = gettext_lazy("Report of findings")
AREAS = gettext_lazy("Potential areas for improvement")
STRATEGIES = gettext_lazy("Suggestions for improvement strategies")
PRIORITIES = gettext_lazy("Recommended priorities for action")
EQUIP = gettext_lazy(
    "The items of ASCO's EQuIP assessment are not public. These were written for this software as an illustration; their "
    "scores say nothing about EQuIP."
)
ILLUSTRATION = gettext_lazy(
    "This questionnaire was written for this software as an illustration. It is not an instrument of ASCO."
)


@dataclass(frozen=True)
class Found:
    """One finding. ``rank`` None: no recommended priority."""

    finding: str
    domain: str
    title: str
    paragraphs: list[str]
    strategies: list[str]
    rank: int | None


@dataclass(frozen=True)
class Area:
    domain: str
    findings: list[Found]


@dataclass(frozen=True)
class Score:
    """One line of the domain profile; ``score`` is empty where there is none. ``earlier``: those of the rounds before.

    ``places`` are the exact scores, of the earlier rounds and of this one, from 0 to 1; ``open_between`` too.
    """

    title: str
    score: str
    answered: int
    applicable: int
    total: int
    earlier: list[str]
    places: list[Fraction | None]
    open_between: tuple[Fraction, Fraction] | None

    @property
    def words(self) -> str:
        """Below the line of the picture. Example: "25 → 50 · 3 of 4 items"."""
        if not self.score:
            return _("No score: too few items have a level") if self.applicable else _("Not applicable to this site")
        items = _("%(answered)s of %(applicable)s items") % {"answered": self.answered, "applicable": self.applicable}
        return f"{' → '.join(one or '–' for one in [*self.earlier, self.score])} · {items}"


@dataclass(frozen=True)
class Contents:
    """Everything that a reader meets, in its order."""

    team: str
    round: str
    cohort: str
    instrument: Mapping[str, Any]
    introduction: list[str]
    profile_title: str
    display_max: int
    overall: str
    rounds: list[str]
    scores: list[Score]
    areas: list[Area]
    suggested: list[Found]
    priorities: list[Found]
    released_by: str


def contents(sealed: Mapping[str, Any]) -> Contents:
    """The three parts of the report from its sealed copy."""
    found = [_found(one) for one in sealed["findings"]]
    areas: dict[str, list[Found]] = {}
    for one in found:
        areas.setdefault(one.domain, []).append(one)
    scores = [_score(one) for one in sealed["domains"]]
    return Contents(
        team=sealed["team"],
        round=sealed["round"],
        cohort=sealed["cohort"],
        instrument=sealed["instrument"],
        introduction=_paragraphs(sealed["introduction"]),
        profile_title=_profile_title(scores, sealed["display_max"]),
        display_max=sealed["display_max"],
        overall=sealed["overall"],
        rounds=[*sealed.get("earlier", []), sealed["round"]],
        scores=scores,
        areas=[Area(domain, rows) for domain, rows in areas.items()],
        suggested=[one for one in found if one.strategies],
        priorities=sorted((one for one in found if one.rank), key=lambda one: one.rank or 0),
        released_by=sealed["released_by"],
    )


def _score(one: Mapping[str, Any]) -> Score:
    """Of a copy that was sealed before earlier rounds were in it: the one round alone."""
    earlier, interval = one.get("earlier", []), one.get("open")
    return Score(
        one["title"],
        one["score"],
        one["answered"],
        one["applicable"],
        one["total"],
        [each["score"] for each in earlier],
        [each["exact"] and Fraction(each["exact"]) for each in [*earlier, one]],
        (Fraction(interval[0]), Fraction(interval[1])) if interval else None,
    )


def chart_rows(words: Contents) -> list[Row]:
    """The domain profile as a picture: hollow for the first round, ticks between, filled for the one that is reported on."""
    last = len(words.rounds) - 1
    shapes = ["filled" if number == last else "tick" if number else "hollow" for number in range(last + 1)]
    return [
        Row(one.title, _points(one, words.rounds, shapes), one.words, one.open_between, joined=True)
        for one in words.scores
    ]


def _points(one: Score, rounds: list[str], shapes: list[str]) -> list[Point]:
    figures = [*one.earlier, one.score]
    return [
        Point(
            place,
            shape,
            _("%(domain)s, %(round)s: %(score)s") % {"domain": one.title, "round": round_, "score": figure},
        )
        for place, shape, round_, figure in zip(one.places, shapes, rounds, figures, strict=True)
        if place is not None
    ]


def chart_key(words: Contents) -> str:
    """What the shapes of the picture mean, as a sentence."""
    key = {"first": words.rounds[0], "last": words.rounds[-1]}
    parts = [_("Filled circle: %(last)s") % key]
    if len(words.rounds) > 1:
        parts = [_("Hollow circle: %(first)s") % key, _("filled circle: %(last)s") % key]
    if len(words.rounds) > 2:
        parts.append(_("ticks: rounds between"))
    if any(one.open_between for one in words.scores):
        parts.append(_("thin line with ends: what unanswered items leave open"))
    return "; ".join(parts) + "."


def _found(one: Mapping[str, Any]) -> Found:
    return Found(
        one.get("finding", ""), one["domain"], one["title"], _paragraphs(one["text"]), one["strategies"], one["rank"]
    )


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def _profile_title(scores: list[Score], display_max: int) -> str:
    """What the profile shows, in a sentence."""
    scored = [one for one in scores if one.score]
    if not scored:
        return _("No domain has enough data for a score")
    high, low = max(scored, key=lambda one: float(one.score)), min(scored, key=lambda one: float(one.score))
    if high.score == low.score:
        return _("Every scored domain stands at %(score)s of %(max)s") % {"score": high.score, "max": display_max}
    words = {"high": high.title, "high_score": high.score, "low": low.title, "low_score": low.score, "max": display_max}
    return _("Of %(max)s: highest in %(high)s (%(high_score)s), lowest in %(low)s (%(low_score)s)") % words


def label_of(instrument: Mapping[str, Any]) -> str:
    """What an illustrative instrument says on its face; empty for any other."""
    if not instrument["is_illustrative"]:
        return ""
    return str(EQUIP if instrument["code"] == "equity-illustrative" else ILLUSTRATION)


def report_pdf(sealed: Mapping[str, Any], *, facts: list[tuple[str, str]], notices: list[str], sha256: str) -> bytes:
    """The report as a tagged PDF in US letter. ``facts``: when it was released, and by whom; ``sha256`` empty for a draft."""
    words = contents(sealed)
    data = {
        "title": str(TITLE),
        "subtitle": f"{words.team}, {words.round}",
        "site": settings.SITE_NAME,
        "footer": f"{TITLE}: {words.team}",
        "facts": [{"label": label, "value": value} for label, value in [(_("Cohort"), words.cohort), *facts]],
        "notices": [text for text in (label_of(words.instrument), *notices) if text],
        "introduction": words.introduction,
        "profile": _profile(words),
        "areas": {"title": str(AREAS), "rows": [_area(area) for area in words.areas], "nothing": _nothing_found()},
        "strategies": {
            "title": str(STRATEGIES),
            "rows": [{"title": one.title, "texts": one.strategies} for one in words.suggested],
            "nothing": _("No strategy is suggested."),
        },
        "priorities": {
            "title": str(PRIORITIES),
            "rows": [{"title": one.title, "domain": one.domain} for one in words.priorities],
            "nothing": _("No priority is recommended."),
        },
        "fingerprint": {"title": _("Fingerprint"), "text": fingerprint_words(), "sha256": sha256},
    }
    written = pdf(TEMPLATE, data)
    if not written.is_accessible:
        data["notices"] = [*data["notices"], str(EMPTY_BOXES)]
        written = pdf(TEMPLATE, data)
    return written.content


def fingerprint_words() -> str:
    return _("The SHA-256 of everything that was released. A copy with another fingerprint is another text.")


def _nothing_found() -> str:
    return _("Every answered item stands at best practice.")


def _area(area: Area) -> dict[str, object]:
    return {
        "domain": area.domain,
        "findings": [{"title": one.title, "paragraphs": one.paragraphs} for one in area.findings],
    }


def _line(row: Row) -> dict[str, object]:
    """A row of the picture, with its places in percent."""
    return {
        "name": row.name,
        "words": row.words,
        "points": [{"at": float(point.at * 100), "shape": point.shape} for point in row.points],
        "open": [float(end * 100) for end in row.open_between] if row.open_between else [],
    }


def _profile(words: Contents) -> dict[str, object]:
    rows = [
        [
            one.title,
            *(figure or "–" for figure in [*one.earlier, one.score]),
            *(str(n) for n in (one.answered, one.applicable, one.total)),
        ]
        for one in words.scores
    ]
    scored = _("Score, of %(max)s") % {"max": words.display_max}
    drawn = chart_rows(words)
    return {
        "title": _("Domain profile"),
        "finding": words.profile_title,
        "key": chart_key(words),
        "alternative": " ".join([f"{words.profile_title}.", *(f"{one.name}: {one.words}." for one in drawn)]),
        "ends": ["0", str(words.display_max)],
        "lines": [_line(one) for one in drawn],
        "head": [
            _("Domain"),
            *words.rounds[:-1],
            scored,
            _("Items with a level"),
            _("Applicable items"),
            _("All items"),
        ],
        "rows": rows,
        "overall": _("Overall: %(score)s of %(max)s") % {"score": words.overall, "max": words.display_max}
        if words.overall
        else _("No overall score: one domain or more has too little data."),
    }
