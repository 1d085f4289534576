"""The house rules that no linter knows, each as a function from a parsed file to the places that break it.

Every rule takes a ``Source`` and yields ``Finding``s. ``RULES`` is what the test runs over the product's files.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

LONGEST_FUNCTION = 60
LONGEST_FILE = 400
CSV_WRITERS = {"writer", "DictWriter"}
SHEET_WRITERS = {"openpyxl", "xlsxwriter", "xlwt", "pandas", "tablib", "odf"}
STATE_NAMES = {"state", "status"}
CLOCK_CALLS = {"now", "utcnow", "today"}
# With an argument they convert a moment; without one they read the clock.
CLOCK_WITHOUT_ARGUMENT = {"localdate", "localtime"}
# Where rows are held for a while by whoever works on them.
LEASES = ("notifications/", "applications/services/exporting.py")
CLOCK_OWNERS = {"datetime", "date", "timezone", "dt"}


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Source:
    """One Python file of the product; ``path`` is relative to the checkout and written with slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def room(self) -> str:
        return self.path.partition("/")[0]

    @property
    def parts(self) -> tuple[str, ...]:
        """The path's names without ``.py``: ``("programs", "services", "calls")``."""
        return tuple(self.path.removesuffix(".py").split("/"))

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.parts

    def finding(self, node: ast.AST, what: str) -> Finding:
        return Finding(self.path, getattr(node, "lineno", 1), what)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


Rule = Callable[[Source], Iterator[Finding]]


def rooms(root: Path = ROOT) -> list[Path]:
    """Every Django app of ours: a folder with an ``apps.py``."""
    return sorted(file.parent for file in root.glob("*/apps.py"))


def product(root: Path = ROOT) -> list[Source]:
    """Every Python file of every room."""
    files = [file for room in rooms(root) for file in sorted(room.rglob("*.py"))]
    return [Source(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")) for file in files]


def _name(node: ast.AST) -> str:
    """``timezone`` of ``timezone`` and of ``django.utils.timezone``."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


# --- One clock ---------------------------------------------------------------------------------------------------------


def only_one_clock(source: Source) -> Iterator[Finding]:
    """``core.clock.now()`` everywhere. Leases compare moments by the database's own clock."""
    if source.path == "core/clock.py" or source.is_migration:
        return
    for node in ast.walk(source.tree):
        if _reads_a_clock(node) or (
            not source.path.startswith(LEASES) and _imports(node, "django.db.models.functions", {"Now"})
        ):
            yield source.finding(node, "another clock; ask core.clock")
        elif isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield source.finding(node.value, f"{node.arg}; set the moment from core.clock")


def _reads_a_clock(node: ast.AST) -> bool:
    """``datetime.now``, ``date.today``, ``timezone.now``: called, handed over, or imported by name."""
    if isinstance(node, ast.Attribute):
        return node.attr in CLOCK_CALLS and _name(node.value) in CLOCK_OWNERS
    if isinstance(node, ast.Call):
        return _name(node.func) in CLOCK_WITHOUT_ARGUMENT and not node.args and not node.keywords
    return _imports(node, "django.utils.timezone", CLOCK_CALLS)


def _imports(node: ast.AST, module: str, names: set[str]) -> bool:
    if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(module):
        return False
    return bool(names & {alias.name for alias in node.names})


# --- Nothing happens behind a reader's back -----------------------------------------------------------------------------


def no_signals(source: Source) -> Iterator[Finding]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if module.endswith("signals") or module == "django.dispatch" or "receiver" in {a.name for a in node.names}:
                yield source.finding(node, "a signal; call the service instead")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect":
            yield source.finding(node, "a signal's connect(); call the service instead")


def no_generic_foreign_keys(source: Source) -> Iterator[Finding]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.contrib.contenttypes"):
            yield source.finding(node, "content types; a foreign key says what it points at")


def no_imports_inside_functions(source: Source) -> Iterator[Finding]:
    for function in source.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield source.finding(node, "an import inside a function; the direction between rooms is wrong")


def no_catch_all(source: Source) -> Iterator[Finding]:
    """``except Exception`` hides defects. Delivery alone may: one bad mail must not hold up the others."""
    if source.room == "notifications" and {"delivery", "services"} & set(source.parts):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = [node.type] if not isinstance(node.type, ast.Tuple) else node.type.elts
            if any(name is None or _name(name) in {"Exception", "BaseException"} for name in caught):
                yield source.finding(node, "except Exception; name what can go wrong")


def no_save_overrides(source: Source) -> Iterator[Finding]:
    """A model's ``save`` and ``delete`` do what Django says. Services write; admin classes hand over to them."""
    if "models" not in source.parts:
        return
    for function in source.functions():
        if function.name in {"save", "delete", "asave", "adelete", "bulk_create", "bulk_update"}:
            yield source.finding(function, f"{function.name}() overridden; side effects belong in a service")


def no_state_outside_move(source: Source) -> Iterator[Finding]:
    """A state is set at creation and then only by ``core.transitions.move``.

    The outbox is the exception: its rows are claimed by lease and fencing token, and a mail's way is no act of a person
    that the audit trail has to keep.
    """
    if source.path == "core/transitions.py" or source.is_migration or source.path.startswith("notifications/services/"):
        return
    for node in ast.walk(source.tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        elif isinstance(node, ast.Call):
            yield from _state_in_call(source, node)
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr in STATE_NAMES and _name(target.value) != "self":
                yield source.finding(node, "a state assigned; use core.transitions.move")


def _state_in_call(source: Source, node: ast.Call) -> Iterator[Finding]:
    name = _name(node.func)
    if name in {"update", "aupdate"} and any(word.arg in STATE_NAMES for word in node.keywords):
        yield source.finding(node, "a state updated; use core.transitions.move")
    if name in {"bulk_update", "setattr"}:
        words = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant)]
        if STATE_NAMES & {word for word in words if isinstance(word, str)}:
            yield source.finding(node, "a state written; use core.transitions.move")


# --- Sizes and names ---------------------------------------------------------------------------------------------------


def short_functions(source: Source) -> Iterator[Finding]:
    if source.is_migration:
        return
    for function in source.functions():
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > LONGEST_FUNCTION:
            yield source.finding(function, f"{function.name}() has {lines} lines, {LONGEST_FUNCTION} at most")


def short_files(source: Source) -> Iterator[Finding]:
    lines = source.text.count("\n")
    if lines > LONGEST_FILE and not source.is_migration:
        yield Finding(source.path, 1, f"{lines} lines, {LONGEST_FILE} at most: split it by noun")


def named_migrations(source: Source) -> Iterator[Finding]:
    if source.is_migration and "_auto_" in source.parts[-1]:
        yield Finding(source.path, 1, "name the migration after what it does")


def no_drawers(source: Source) -> Iterator[Finding]:
    """import-linter refuses these in ordered rooms; here they are refused in the two rooms that are free inside, too."""
    drawers = {"utils", "util", "helpers", "common", "misc", "signals", "mixins", "managers", "base"} & set(
        source.parts
    )
    for name in drawers:
        yield Finding(source.path, 1, f"{name}: a name that says nothing about what is in it")


# --- One way out for tables ---------------------------------------------------------------------------------------------


def only_one_table_writer(source: Source) -> Iterator[Finding]:
    """``core.exports`` makes formulas inert; whoever writes a table beside it forgets that."""
    if source.path == "core/exports.py":
        return
    for node in ast.walk(source.tree):
        writes_csv = isinstance(node, ast.Attribute) and _name(node.value) == "csv" and node.attr in CSV_WRITERS
        if writes_csv or _imports(node, "csv", CSV_WRITERS) or _imports_sheets(node):
            yield source.finding(node, "a table written; use core.exports")


def _imports_sheets(node: ast.AST) -> bool:
    named = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    named += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    return any(name.partition(".")[0] in SHEET_WRITERS for name in named)


RULES: tuple[Rule, ...] = (
    only_one_table_writer,
    only_one_clock,
    no_signals,
    no_generic_foreign_keys,
    no_imports_inside_functions,
    no_catch_all,
    no_save_overrides,
    no_state_outside_move,
    short_functions,
    short_files,
    named_migrations,
    no_drawers,
)
