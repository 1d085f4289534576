"""Every cell of the table against the product: the status, the headers, and no word of what is not theirs to know."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver

from dashboards.selectors.access import SIGN_IN, Row, table
from tests.access.asking import PERSON, Asking, address_of, cell
from tests.access.headers import wrong_headers, wrong_markup

# Grouped by prefix: other people's code. Every address below is asked for in tests/access/test_groups.py; the table has one
# line a group.
GROUPS = {"admin/": "admin:index", "accounts/": "account_login"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# Who asks with the methods that an address does not take, and with HEAD: nobody, and those who may do most.
FEW = ("anon", "leadr", "strng", "staff")
# Whose pages are read as HTML; everybody's get the quick look.
READ = ("anon", "appl", "leadr", "coach", "ldrsh", "staff")
# Whoever holds such a link is shown whose it is.
LINKS = {
    "access",
    "refuse",
    "practices:invitation",
    "programs:calendar_feed",
    "letters:letter",
    "letters:write",
    "letters:upload",
    "letters:sign",
    "letters:decline",
    "attendance:word",
    "attendance:cannot",
}
# Who may read the words of a set of objects: its people, who supports it, and staff.
MAY_KNOW = {
    "team": {"leadr", "core", "helpr", "coach", "staff"},
    "other": {"strng", "other", "staff"},
    "appl": {"appl", "staff"},
}


@dataclass(frozen=True)
class Wrong:
    """One cell that is not as it should be."""

    row: Row
    of: str
    role: str
    what: str

    def __str__(self) -> str:
        return f"{self.row.method} {self.row.name} of {self.of or '-'} as {self.role}: {self.what}"


def entries(
    resolver: URLResolver | None = None, spaces: tuple[str, ...] = (), path: str = ""
) -> Iterator[tuple[str, URLPattern, str]]:
    """(name with its namespaces, entry, whole path) of every address of the product."""
    for entry in (resolver or get_resolver()).url_patterns:
        below = path + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from entries(entry, (*spaces, entry.namespace) if entry.namespace else spaces, below)
        elif isinstance(entry, URLPattern):
            yield ":".join((*spaces, entry.name or "")), entry, below


def addresses() -> list[tuple[str, str]]:
    """(name, path) of every address of the product."""
    return [(name, path) for name, _, path in entries()]


def group_of(path: str) -> str:
    return next((prefix for prefix in GROUPS if path.startswith(prefix)), "")


def ours() -> list[tuple[str, str]]:
    return [(name, path) for name, path in addresses() if not group_of(path)]


def rows() -> list[Row]:
    return table().rows


def wrong(asking: Asking, row: Row, roles: tuple[str, ...] = tuple(PERSON)) -> Iterator[Wrong]:
    """Every cell of a row that is not as the table says, or shows what it must not."""
    for of in row.sets:
        address = address_of(asking.world, row.name, of)
        for role in roles:
            answer = asking.ask(role, row.method, address)
            found = [] if cell(answer) == row.cells[role] else [f"{cell(answer)} instead of {row.cells[role]}"]
            found += wrong_headers(answer, is_signed_in=PERSON[role] not in ("", "inactive"))
            found += wrong_markup(answer, whole=role in READ)
            if row.name not in LINKS:
                found += told(asking, role, body(answer))
            yield from (Wrong(row, of, role, what) for what in found)
            if row.method == "GET" and role in FEW:
                head = asking.ask(role, "HEAD", address)
                if cell(head) != cell(answer) or body(head):
                    yield Wrong(row, of, role, f"HEAD gets {cell(head)}")


def body(answer: HttpResponseBase) -> bytes:
    """A page, or the file that a download streams."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def told(asking: Asking, role: str, content: bytes) -> list[str]:
    """The words of sets that are nothing to this role and stand in an answer all the same."""
    marks = asking.world.marks
    return [
        f"shows “{mark}”"
        for of, people in MAY_KNOW.items()
        if role not in people
        for mark in marks[of]
        if mark.encode() in content
    ]


def refused_methods(asking: Asking, name: str) -> Iterator[str]:
    """What does not meet a method without a line with 405, or with the way to sign in."""
    listed = [row for row in rows() if row.name == name]
    of = next((of for row in listed for of in row.sets), "")
    address = address_of(asking.world, name, of)
    for role in FEW:
        allowed = {"405"} | ({SIGN_IN} & {row.cells[role] for row in listed})
        for method in METHODS:
            if method in {row.method for row in listed}:
                continue
            answer = asking.ask(role, method, address)
            if cell(answer) not in allowed:
                yield f"{method} {name} as {role}: {cell(answer)}"
            yield from (f"{method} {name} as {role}: {what}" for what in wrong_headers(answer, is_signed_in=False))
