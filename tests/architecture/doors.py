"""One door: what a request names is fetched through ``visible_to``.

``fetches`` finds, in the modules that meet a request, every fetch by a value that came with it (an argument of the address,
GET, POST, a cleaned field): ``get_object_or_404``, ``get``, ``filter`` and their kin. A fetch is through the door where

- its query set begins from ``visible_to(…)``, in the expression itself or in what a name, a function of the same module or a
  selector hands back;
- or it looks among what belongs to an object that came through the door: ``Milestone, cohort=enrollment.cohort_id``.

Everything else has to stand in ``OTHER_KEYS`` with the reason why it needs no door, and a query set that is a door without
saying ``visible_to`` in ``OTHER_DOORS``.
"""

import ast
from collections.abc import Iterator

from tests.architecture.rules import Finding, Source

MEETING_PLACES = {
    "views",
    "feeds",
    "api",
    "admin",
    "tasks",
    "forms",
    "exports",
    "adapter",
    "middleware",
    "backends",
    "context_processors",
    "templatetags",
}
FETCHES = {"get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget_list_or_404"}
LOOKUPS = {"get", "filter", "aget", "in_bulk", "get_or_create", "update_or_create"}
CARRIERS = {"GET", "POST", "FILES", "COOKIES", "headers", "META", "body", "cleaned_data", "kwargs", "resolver_match"}
# What an address hands to its view, by the annotation of the argument; an argument without one counts as well.
FROM_ADDRESS = {"str", "int", "UUID", "uuid.UUID", ""}
NOT_FROM_ADDRESS = {"self", "cls", "request", "user", "model_admin", "kwargs", "args"}
DOOR = "visible_to"
# Functions that decide by themselves what somebody gets, and why that is right.
OTHER_DOORS = {
    "get_queryset": "the admin's, which is visible_to for every model that has it (test_the_admin_uses_the_door)",
    "cohorts_with_dates": "for staff the cohorts with a date to come, for others those of what visible_to shows them",
    "cohort_of": "asks can_manage of the cohort before it hands it back; cohorts are no team's secret",
    "calls": "calls are public: visible_to of a call is all of them",
}
# Fetches by a request's value that need no door: "<file>:<function>" and why.
OTHER_KEYS = {
    "dashboards/forms.py:clean_code": "asks whether a code is taken and fetches nothing",
    "assessments/views/comparison.py:cohort_scores": "can_compare is asked before anything is shown",
    "assessments/views/comparison.py:freeze": "can_compare is asked before anything is shown",
    "dashboards/views/pages.py:cohort_board": "can_see_boards is asked first; a cohort is no team's secret",
    "dashboards/views/pages.py:cohort_clone": "can_make_cohorts is asked before anything is shown",
    "dashboards/views/pages.py:cohort_new": "can_make_cohorts is asked before anything is shown",
    "programs/admin/plans.py:cohort_of": "asks can_manage before it hands the cohort back",
    "assessments/admin/instruments/pages.py:version_of": "can_write_instruments is asked first; no team's secret",
    "assessments/views/overview.py:_cohort": "can_follow_rounds is asked first; a cohort is no team's secret",
    "notifications/admin.py:change_view": "wordings are staff's own texts, in pages that are staff's alone",
}


def meets_requests(source: Source) -> bool:
    return bool(MEETING_PLACES & set(source.parts[1:]))


def door_functions(sources: list[Source]) -> frozenset[str]:
    """The names of functions in selectors and views whose every ``return`` hands back what came through the door."""
    found = set(OTHER_DOORS)
    while True:
        more = {
            function.name
            for source in sources
            if "selectors" in source.parts or meets_requests(source)
            for function in source.functions()
            if function.name not in found and _returns_what_is_seen(function, frozenset(found))
        }
        if not more:
            return frozenset(found)
        found |= more


def _returns_what_is_seen(function: ast.FunctionDef | ast.AsyncFunctionDef, doors: frozenset[str]) -> bool:
    if function.returns is not None and ast.unparse(function.returns).endswith("Response"):
        return False  # a view
    scope = Scope(function, doors)
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    return bool(returned) and all(scope.is_through_door(value) for value in returned)


class Scope:
    """One function: which of its names hold what a request brought, and which hold what came through the door."""

    def __init__(self, function: ast.FunctionDef | ast.AsyncFunctionDef, doors: frozenset[str]) -> None:
        self.function, self.doors = function, doors
        self.brought = {arg.arg for arg in _arguments(function) if _is_from_address(arg)}
        given = {arg.arg for arg in _arguments(function) if arg.annotation is not None and not _is_from_address(arg)}
        self.objects = given - NOT_FROM_ADDRESS
        self.seen: set[str] = set()
        for _ in range(2):  # a name may be used above the line that explains it, in a loop
            for node in ast.walk(function):
                self._learn(node)

    def _learn(self, node: ast.AST) -> None:
        targets: list[ast.expr] = []
        value: ast.expr | None = None
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr | ast.For | ast.comprehension):
            targets = [node.target]
            value = node.iter if isinstance(node, ast.For | ast.comprehension) else node.value
        if value is None:
            return
        names = {
            inner.id
            for target in targets
            for inner in ast.walk(target)
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
        }
        if self.is_through_door(value):
            self.seen |= names
        elif self.is_brought(value):
            self.brought |= names

    def is_brought(self, node: ast.AST) -> bool:
        """Whether a value that came with the request stands in the expression."""
        return any(
            (isinstance(inner, ast.Attribute) and inner.attr in CARRIERS)
            or (isinstance(inner, ast.Name) and inner.id in self.brought - self.seen)
            for inner in ast.walk(node)
        )

    def is_through_door(self, node: ast.AST) -> bool:
        """Whether the expression begins from ``visible_to``, from a door of another name, or from what came through one."""
        if isinstance(node, ast.IfExp):
            return self.is_through_door(node.body) and self.is_through_door(node.orelse)
        if isinstance(node, ast.Tuple):
            return any(self.is_through_door(one) for one in node.elts)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call):
                name = _name(inner.func)
                if name in self.doors or name.endswith(DOOR):
                    return True
            if isinstance(inner, ast.Name) and inner.id in self.seen:
                return True
        return False

    def is_within(self, call: ast.Call) -> bool:
        """Whether a keyword ties the fetch to an object that is there already: ``team=team``, ``cohort=row.cohort_id``."""
        return any(
            self.is_through_door(word.value)
            or ast.unparse(word.value) in ("user", "request.user")
            or (_root(word.value) in self.objects and not self.is_brought(word.value))
            for word in call.keywords
        )


def fetches(source: Source, doors: frozenset[str]) -> Iterator[Finding]:
    """Every fetch by what a request brought that does not come through the door; the finding names function and model."""
    if not meets_requests(source) or source.is_migration:
        return
    for function in source.functions():
        if f"{source.path}:{function.name}" in OTHER_KEYS:
            continue
        scope = Scope(function, doors)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and _is_fetch(node) and _by_request(node, scope):
                subject = node.args[0] if _name(node.func) in FETCHES else node.func
                if not scope.is_through_door(subject) and not scope.is_within(node):
                    yield source.finding(node, f"{function.name}: {ast.unparse(subject)}")


def _is_fetch(call: ast.Call) -> bool:
    """``get_object_or_404(…)``, or ``.get(…)`` and its kin on what looks like a query set or its manager."""
    if _name(call.func) in FETCHES:
        return bool(call.args)
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in LOOKUPS:
        return False
    if call.func.attr == "in_bulk":
        return True
    return bool(call.keywords) or "objects" in ast.unparse(call.func.value) or "get_queryset" in ast.unparse(call.func)


def _by_request(call: ast.Call, scope: Scope) -> bool:
    values = [word.value for word in call.keywords]
    values += call.args[1:] if _name(call.func) in FETCHES else call.args
    return any(scope.is_brought(value) for value in values)


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _is_from_address(arg: ast.arg) -> bool:
    words = ast.unparse(arg.annotation).removesuffix("| None").strip() if arg.annotation else ""
    return words in FROM_ADDRESS and arg.arg not in NOT_FROM_ADDRESS


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
