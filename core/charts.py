"""Charts as SVG text, made on the server: no script, no inline style, colors and both themes by the classes of ``charts.css``.

Places along the scale are percentages, so a chart fills the width it is given and its words keep their size, on a telephone
too. Every point can be reached by keyboard and says its value. Around a chart stand a title that says what it shows, and a
table of the same figures: ``docs/look.md``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

ROW, TOP, AXIS, WORDS = 70, 16, 36, 58  # in pixels: the height of a row, and of what stands in it
SCALE = 24
LONGEST = 46  # letters of a row's name in the picture; the table beside it has the whole


class Svg(str):
    """Text that is SVG already and is not escaped again; everything that came from people is escaped in it."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Point:
    """``at`` from 0 to 1. ``shape``: hollow, tick, filled, diamond or bar. ``label`` is what it says when it is reached."""

    at: Fraction
    shape: str
    label: str


@dataclass(frozen=True)
class Row:
    """One line of the chart: a name, points joined by a line or lying on a band, an open stretch, and words below.

    ``joined`` draws a line from the first to the last point; ``open_between`` a thin one with ends, for what is not settled
    yet; ``band`` a broad one, for where the middle of a group lies. All from 0 to 1.
    """

    name: str
    points: Sequence[Point] = ()
    words: str = ""
    open_between: tuple[Fraction, Fraction] | None = None
    band: tuple[Fraction, Fraction] | None = None
    joined: bool = False


def rows_chart(rows: Sequence[Row], *, name: str, title: str, description: str, ends: tuple[str, str]) -> Svg:
    """Rows on one scale. ``name`` is unique on the page; ``ends`` are the figures at both ends of the scale."""
    height = ROW * len(rows) + SCALE
    parts = [
        f'<svg class="chart" role="group" width="100%" height="{height}" aria-labelledby="{name}-title {name}-description">',
        f'<title id="{name}-title">{escape(title)}</title>',
        f'<desc id="{name}-description">{escape(description)}</desc>',
    ]
    for number, row in enumerate(rows):
        parts += [f'<svg y="{number * ROW}" class="chart-row">', *_row(row), "</svg>"]
    bottom = ROW * len(rows) + SCALE // 2 + 4
    parts += [
        f'<g class="chart-words" aria-hidden="true"><text y="{bottom}">{escape(ends[0])}</text>',
        f'<text x="100%" y="{bottom}" text-anchor="end">{escape(ends[1])}</text></g></svg>',
    ]
    return Svg("".join(parts))


def _row(row: Row) -> Iterable[str]:
    yield f'<text class="chart-name" y="{TOP}">{escape(shortened(row.name))}</text>'
    yield f'<line class="chart-axis" x2="100%" y1="{AXIS}" y2="{AXIS}"/>'
    for place in (0, 50, 100):
        yield f'<line class="chart-axis" x1="{place}%" x2="{place}%" y1="{AXIS - 3}" y2="{AXIS + 3}"/>'
    if row.band:
        low, high = row.band
        yield (
            f'<rect class="chart-band" x="{percent(low)}" width="{percent(high - low)}" y="{AXIS - 8}" height="16" rx="2"/>'
        )
    if row.open_between:
        yield from _open(*row.open_between)
    if row.joined and len(row.points) > 1:
        places = f'x1="{percent(row.points[0].at)}" x2="{percent(row.points[-1].at)}"'
        yield f'<line class="chart-link" {places} y1="{AXIS}" y2="{AXIS}"/>'
    yield from (_point(point) for point in row.points)
    yield f'<text class="chart-words" y="{WORDS}" aria-hidden="true">{escape(row.words)}</text>'


def _open(low: Fraction, high: Fraction) -> Iterable[str]:
    yield f'<line class="chart-open" x1="{percent(low)}" x2="{percent(high)}" y1="{AXIS}" y2="{AXIS}"/>'
    for end in (low, high):
        yield f'<line class="chart-open" x1="{percent(end)}" x2="{percent(end)}" y1="{AXIS - 6}" y2="{AXIS + 6}"/>'


SHAPES = {
    "hollow": '<circle class="chart-hollow" r="6"/>',
    "filled": '<circle class="chart-filled" r="6.5"/>',
    "tick": '<line class="chart-tick" y1="-7" y2="7"/>',
    "bar": '<line class="chart-bar" y1="-10" y2="10"/>',
    "diamond": '<path class="chart-filled" d="M0-9 9 0 0 9-9 0z"/>',
}


def _point(point: Point) -> str:
    # A drawing of its own at the place, because a path takes no percentages.
    return (
        f'<svg x="{percent(point.at)}" y="{AXIS}" class="chart-point" role="img" tabindex="0" '
        f'aria-label="{escape(point.label)}">{SHAPES[point.shape]}</svg>'
    )


def percent(share: Fraction) -> str:
    """A place along the scale, to a hundredth of a percent: 1/3 is "33.33%"."""
    return f"{float(share * 100):.2f}".rstrip("0").rstrip(".") + "%"


def shortened(name: str) -> str:
    """A long name up to its last whole word that fits, with an ellipsis."""
    if len(name) <= LONGEST:
        return name
    kept = name[: LONGEST - 1]
    return f"{kept.rsplit(' ', 1)[0] if ' ' in kept else kept}…"
