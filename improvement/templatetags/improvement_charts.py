"""The run chart as inline SVG: shapes, words and classes, no script and no inline style (the policy allows neither)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django import template

from core import wording
from improvement import spc
from improvement.models import Direction, Measure

register = template.Library()

# In pixels. A few periods fit a telephone of 390; more make the drawing wider, up to what a page of text has room for.
NARROWEST, WIDEST, HEIGHT = 356, 640, 280
LEFT, RIGHT, TOP, BOTTOM = 48, 104, 16, 40
A_PERIOD, A_MONTH = 34, 60


@dataclass(frozen=True)
class Mark:
    """One point on the drawing."""

    x: float
    y: float
    words: str


@register.inclusion_tag("improvement/run_chart.html")
def run_chart(measure: Measure, points: Sequence[spc.Point]) -> dict[str, object]:
    """Percent by period as a line, the median dashed and labeled, the target dotted and labeled, and a title that states the
    finding. A period without eligible patients has no mark, and the line is not drawn across it.

    Nothing is drawn where no period has a value.
    """
    middle = spc.median_share(points)
    title = spc.finding(
        measure.title, points, measure.target_percent, higher_is_better=measure.direction == Direction.UP
    )
    if middle is None:
        return {"title": title}
    target = None if measure.target_percent is None else Fraction(measure.target_percent) / 100
    marks = _marks(points)
    lines = [(_y(middle), f"Median {spc.percent(middle)}", "median")]
    if target is not None:
        lines.append((_y(target), f"Target {spc.percent(target)}", "target"))
    return {
        "title": title,
        "description": _description(points),
        "chart_id": f"chart-{measure.pk}",
        "width": _width(len(points)),
        "height": HEIGHT,
        "left": LEFT,
        "right": _width(len(points)) - RIGHT,
        "floor": HEIGHT - BOTTOM,
        "ticks": [(_y(Fraction(step, 4)), f"{step * 25}%") for step in range(5)],
        "labels": _axis(points),
        "marks": [mark for mark in marks if mark],
        "runs": _runs(marks),
        "lines": _labels_apart(lines),
    }


def _y(share: Fraction) -> float:
    return round(float(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)), 1)


def _width(count: int) -> int:
    return min(WIDEST, max(NARROWEST, LEFT + RIGHT + count * A_PERIOD))


def _x(index: int, count: int) -> float:
    span = _width(count) - LEFT - RIGHT
    return LEFT + span / 2 if count == 1 else round(LEFT + 12 + index * (span - 24) / (count - 1), 1)


def _marks(points: Sequence[spc.Point]) -> list[Mark | None]:
    """One entry a period; None where it has no value."""
    return [
        None if point.share is None else Mark(_x(index, len(points)), _y(point.share), _words(point))
        for index, point in enumerate(points)
    ]


def _axis(points: Sequence[spc.Point]) -> list[tuple[float, str]]:
    """Months under the axis with their places, as many as have room."""
    room = (_width(len(points)) - LEFT - RIGHT) // A_MONTH
    step = -(-len(points) // room)
    return [
        (_x(index, len(points)), f"{wording.MONTHS[point.period_end.month - 1][:3]} {point.period_end.year}")
        for index, point in enumerate(points)
        if index % step == 0
    ]


def _words(point: spc.Point) -> str:
    period = f"{wording.day(point.period_start)} to {wording.day(point.period_end)}"
    return f"{period}: {spc.percent(point.share)}, {point.numerator} of {point.denominator}"


def _runs(marks: list[Mark | None]) -> list[str]:
    """Stretches of neighboring points with a value, each as the ``points`` of a polyline."""
    runs: list[list[str]] = [[]]
    for mark in marks:
        if mark is None:
            runs.append([])
        else:
            runs[-1].append(f"{mark.x},{mark.y}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _description(points: Sequence[spc.Point]) -> str:
    return "Run chart of percent by period. " + "; ".join(_words(point) for point in points) + "."


def _labels_apart(lines: list[tuple[float, str, str]]) -> list[dict[str, object]]:
    """The labels of lines that nearly coincide are set apart, the upper line's label upward."""
    ordered = sorted(lines)
    rows = [{"y": y, "label_y": y + 4, "text": text, "kind": kind} for y, text, kind in ordered]
    if len(rows) == 2 and rows[1]["label_y"] - rows[0]["label_y"] < 16:
        middle = (rows[0]["label_y"] + rows[1]["label_y"]) / 2
        rows[0]["label_y"], rows[1]["label_y"] = middle - 8, middle + 8
    return rows
