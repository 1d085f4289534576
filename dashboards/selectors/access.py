"""Who may do what, as ``dashboards/catalog/access.txt`` says: read by the page for staff and by the tests that hold it true."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "catalog" / "access.txt"
SIGN_IN = "sign"
# What a cell says besides a status: sent to sign in.
LET_IN = {"200", "302", "400", "410", "503"}
METHODS = ("GET", "POST")
# Of whose object a line speaks; "-": there is no object, "each": the same for all three.
OF_NOTHING, OF_EACH = "-", "each"
SETS = ("team", "other", "appl")
# The set whose objects are somebody's own; the other columns own none.
HOME = {
    **dict.fromkeys(("formr", "helpr", "core", "leadr", "coach"), "team"),
    **dict.fromkeys(("strng", "other"), "other"),
    "appl": "appl",
}
YES, OWN, SOME, NO = "yes", "own", "some", "no"


class Unreadable(ValueError):
    """The table has a line that says nothing; the message names it."""


@dataclass(frozen=True)
class Row:
    """One line: what each role gets for this address, method and object. A cell is a status, or ``sign``."""

    name: str
    method: str
    of: str
    cells: dict[str, str]

    @property
    def sets(self) -> tuple[str, ...]:
        """The sets of objects that the line speaks of; one empty name where there is no object."""
        return {OF_NOTHING: ("",), OF_EACH: SETS}.get(self.of, (self.of,))


@dataclass
class Room:
    """A part of the product: its lines, its notes, and the addresses in words."""

    title: str
    notes: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    roles: dict[str, str]
    rooms: list[Room]

    @property
    def rows(self) -> list[Row]:
        return [row for room in self.rooms for row in room.rows]


def parse(text: str) -> Table:
    """The table of a file. Raises Unreadable for a line that fits nothing, or has not one cell a role."""
    roles: dict[str, str] = {}
    rooms: list[Room] = []
    for number, line in enumerate(text.splitlines(), 1):
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if not line or line.startswith("#") or line.split() == ["address", "method", "of", *roles]:
            continue
        if word == "role":
            code, _, words = rest.partition(" ")
            roles[code] = words.strip()
        elif word == "room":
            rooms.append(Room(rest))
        elif word == "note" and rooms:
            rooms[-1].notes.append(rest)
        elif word == "title" and rooms:
            name, _, words = rest.partition(" ")
            rooms[-1].titles[name] = words.strip()
        elif rooms:
            rooms[-1].rows.append(_row(line, list(roles), number))
        else:
            raise Unreadable(f"Line {number} says nothing: {line}")
    return Table(roles, rooms)


def _row(line: str, roles: list[str], number: int) -> Row:
    name, *words = line.split()
    is_whole = len(words) == len(roles) + 2 and words[0] in METHODS and words[1] in (OF_NOTHING, OF_EACH, *SETS)
    if not is_whole or not all(cell == SIGN_IN or cell.isdecimal() for cell in words[2:]):
        raise Unreadable(f"Line {number} is not an address, GET or POST, whose object, and {len(roles)} cells: {line}")
    return Row(name, words[0], words[1], dict(zip(roles, words[2:], strict=True)))


@cache
def table() -> Table:
    """The product's own table."""
    return parse(TABLE.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Right:
    """One act in words, and for each role: yes, own, some or no."""

    title: str
    act: str
    roles: dict[str, str]


def rights(room: Room, roles: Iterable[str]) -> list[Right]:
    """What a room's lines say in words; an act that nobody may do is left out."""
    found = []
    for name, title in room.titles.items():
        for method in METHODS:
            rows = [row for row in room.rows if row.name == name and row.method == method]
            cells = {role: _verdict(role, rows) for role in roles}
            if set(cells.values()) != {NO} and rows:
                found.append(Right(title, method, cells))
    return found


def _verdict(role: str, rows: list[Row]) -> str:
    is_let_in = {of: row.cells[role] in LET_IN for row in rows for of in row.sets}
    if not any(is_let_in.values()):
        return NO
    if all(is_let_in.values()):
        return YES
    own = HOME.get(role)
    return OWN if own and [of for of, is_in in is_let_in.items() if is_in] == [own] else SOME
