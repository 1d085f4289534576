"""Charts as SVG text, made on the server: no script, no inline style, colors and both themes by the classes of ``charts.css``.

Places along the scale are percentages, so a chart fills the width it is given and its words keep their size, on a telephone
too. Every point can be reached by keyboard and says its value. Around a chart stand a title that says what it shows, and a
table of the same figures: ``docs/look.md``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from textwrap import wrap

# In pixels, from the top of a row to its bottom: the first line of the name, the scale, the first line of words, the rest.
TOP, TO_AXIS, TO_WORDS, TO_END = 16, 20, 22, 12
LINE, SCALE = 18, 24
NAME_LETTERS, WORD_LETTERS = 30, 36  # of one line: what a telephone of 320 pixels has room for
PARTS = " · "  # between the parts of a row's words; lines break here first


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
    """One line of the chart: a name, points joined by a line or lying on a band, an open stretch, and words below, in ``PARTS``.

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
    drawn = [_Drawn(row) for row in rows]
    bottom = sum(one.height for one in drawn)
    height = bottom + SCALE
    parts = [
        f'<svg class="chart" role="group" width="100%" height="{height}" aria-labelledby="{name}-title {name}-description">',
        f'<title id="{name}-title">{escape(title)}</title>',
        f'<desc id="{name}-description">{escape(description)}</desc>',
    ]
    top = 0
    for one in drawn:
        parts += [f'<svg y="{top}" class="chart-row">', *one.parts(), "</svg>"]
        top += one.height
    figures = bottom + SCALE // 2 + 4
    parts += [
        f'<g class="chart-words" aria-hidden="true"><text y="{figures}">{escape(ends[0])}</text>',
        f'<text x="100%" y="{figures}" text-anchor="end">{escape(ends[1])}</text></g></svg>',
    ]
    return Svg("".join(parts))


class _Drawn:
    """A row with its lines of text, and therefore with its height."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.name, self.words = wrap(row.name, NAME_LETTERS) or [""], lines_of(row.words)
        self.axis = TOP + LINE * (len(self.name) - 1) + TO_AXIS
        self.height = self.axis + TO_WORDS + LINE * (len(self.words) - 1) + TO_END

    def parts(self) -> Iterable[str]:
        row, axis = self.row, self.axis
        yield f'<text class="chart-name" y="{TOP}">{_lines(self.name)}</text>'
        yield f'<line class="chart-axis" x2="100%" y1="{axis}" y2="{axis}"/>'
        for place in (0, 50, 100):
            yield f'<line class="chart-axis" x1="{place}%" x2="{place}%" y1="{axis - 3}" y2="{axis + 3}"/>'
        if row.band:
            low, high = row.band
            places = f'x="{percent(low)}" width="{percent(high - low)}"'
            yield f'<rect class="chart-band" {places} y="{axis - 8}" height="16" rx="2"/>'
        if row.open_between:
            yield from self._open(*row.open_between)
        if row.joined and len(row.points) > 1:
            places = f'x1="{percent(row.points[0].at)}" x2="{percent(row.points[-1].at)}"'
            yield f'<line class="chart-link" {places} y1="{axis}" y2="{axis}"/>'
        yield from (_point(point, axis) for point in row.points)
        yield f'<text class="chart-words" y="{axis + TO_WORDS}" aria-hidden="true">{_lines(self.words)}</text>'

    def _open(self, low: Fraction, high: Fraction) -> Iterable[str]:
        axis = self.axis
        yield f'<line class="chart-open" x1="{percent(low)}" x2="{percent(high)}" y1="{axis}" y2="{axis}"/>'
        for end in (low, high):
            yield f'<line class="chart-open" x1="{percent(end)}" x2="{percent(end)}" y1="{axis - 6}" y2="{axis + 6}"/>'


def _lines(lines: Sequence[str]) -> str:
    """One line as it is; several below each other, with a space between them for those who hear them."""
    if len(lines) == 1:
        return escape(lines[0])
    return " ".join(
        f'<tspan x="0" dy="{LINE if number else 0}">{escape(line)}</tspan>' for number, line in enumerate(lines)
    )


SHAPES = {
    "hollow": '<circle class="chart-hollow" r="6"/>',
    "filled": '<circle class="chart-filled" r="6.5"/>',
    "tick": '<line class="chart-tick" y1="-7" y2="7"/>',
    "bar": '<line class="chart-bar" y1="-10" y2="10"/>',
    "diamond": '<path class="chart-filled" d="M0-9 9 0 0 9-9 0z"/>',
}


def _point(point: Point, axis: int) -> str:
    # A drawing of its own at the place, because a path takes no percentages.
    return (
        f'<svg x="{percent(point.at)}" y="{axis}" class="chart-point" role="img" tabindex="0" '
        f'aria-label="{escape(point.label)}">{SHAPES[point.shape]}</svg>'
    )


def percent(share: Fraction) -> str:
    """A place along the scale, to a hundredth of a percent: 1/3 is "33.33%"."""
    return f"{float(share * 100):.2f}".rstrip("0").rstrip(".") + "%"


def lines_of(words: str) -> list[str]:
    """A row's words in lines: whole parts as long as they fit, a part that is too long for a line by its words."""
    lines: list[str] = []
    for part in words.split(PARTS):
        if lines and len(lines[-1]) + len(PARTS) + len(part) <= WORD_LETTERS:
            lines[-1] += PARTS + part
        else:
            lines += wrap(part, WORD_LETTERS)
    return lines or [""]
