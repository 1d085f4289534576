"""The matrix sees a hole: each ``visible_to`` and each ``can_*`` is opened in turn, and some cell must be wrong.

In memory, one after the other; and once for real, in a copy of the tree with one selector taken out.
"""

import ast
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from django.apps import apps
from django.db.models import QuerySet

from tests.access.asking import Asking
from tests.access.matrix import Wrong, entries, rows, wrong
from tests.architecture.rules import ROOT, rooms

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# Who should meet nothing of others, and who sees what they may not change: a hole shows with one of the first requests.
STRANGERS = ("rival", "strng", "ldrsh")
READERS = ("helpr", "core", "coach", "staff", "ldrsh", "strng")
# What no request of the matrix can show, and why.
UNSEEN = {
    "applications.models.calls.CallQuerySet.visible_to": "calls are public",
    "applications.models.exports.ExportQuerySet.visible_to": "asked in the admin alone, which is closed to others before",
    "notifications.models.MessageQuerySet.visible_to": "the inbox asks for one's own besides, the status page is staff's",
    "applications.permissions.can_edit": "decides which links a page has; what they lead to asks can_work_on",
    "assessments.permissions.can_see_agreed": "hides by 404 from who is still to answer alone: tests/assessments/test_hiding.py",
    "assessments.permissions.can_release": "decides whether a page has the button; what it does asks can_write_reports",
    "assessments.permissions.can_reopen": "decides whether a page has the button; what it does asks can_give_back",
    "applications.permissions.can_confirm_letter": "asked in the admin alone, which is closed to others before",
    "applications.permissions.can_decide": "asked in the admin alone, which is closed to others before",
    "applications.permissions.can_run_intake": "asked in the admin alone, which is closed to others before",
    "applications.permissions.can_take_export": "asked in the admin alone, which is closed to others before",
    "applications.permissions.can_set_up": "asked in the admin alone, which is closed to others before",
    "assessments.permissions.can_write_instruments": "asked in the admin alone, which is closed to others before",
    "improvement.permissions.can_reopen": "asked in the admin alone, which is closed to others before",
    "practices.permissions.can_merge": "asked in the admin alone, which is closed to others before",
    "programs.permissions.can_manage": "asked in the admin alone, which is closed to others before",
    "programs.permissions.can_work_in": "decides which words a page has; what the buttons do asks again",
}
# Where a hole shows, for what is used in another room than its own.
SHOWN = {"dashboards.permissions.can_see_team_names"}  # no page is refused, but a page says what it must not
SHOWS_IN = {"assessments.models.findings.FindingQuerySet.visible_to": "improvement"}


def selectors() -> dict[str, tuple[type[QuerySet], str]]:
    """``room.models.Class.visible_to`` of every query set of ours that has it, with its room."""
    ours = {room.name for room in rooms()}
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in ours:
            for one in type(model._default_manager.all()).__mro__:
                if "visible_to" in vars(one) and issubclass(one, QuerySet):
                    found[f"{one.__module__}.{one.__name__}.visible_to"] = (one, model._meta.app_label)
    return found


def permissions() -> dict[str, tuple[Callable, str]]:
    """``room.permissions.can_…`` of every room, with its room."""
    found = {}
    for room in rooms():
        if (room / "permissions.py").exists():
            module = importlib.import_module(f"{room.name}.permissions")
            for name, value in vars(module).items():
                if callable(value) and name.startswith("can_") and value.__module__ == module.__name__:
                    found[f"{module.__name__}.{name}"] = (value, room.name)
    return found


def first_wrong(asking: Asking, room: str, roles: tuple[str, ...], refused: str = "", verb: str = "") -> Wrong | None:
    """The first cell of the room's own lines that the table would call wrong; only where it says ``refused``, if given.

    Addresses with ``verb`` in their names are asked first, for there it shows soonest.
    """
    for row in sorted(rows(), key=lambda row: verb not in row.name):
        if room_of(row.name) == room:
            asked = tuple(role for role in roles if row.cells[role] == (refused or row.cells[role]))
            for one in wrong(asking, row, asked):
                return one
    return None


@cache
def room_of(name: str) -> str:
    """The room whose view stands behind an address."""
    views = {found: entry.callback for found, entry, _ in entries()}
    return views[name].__module__.partition(".")[0]


@contextmanager
def replaced(old: Callable, new: Callable) -> Iterator[None]:
    """``old`` under whatever name a module of ours holds it, replaced."""
    ours = tuple(room.name for room in rooms())
    places = [
        (module, name)
        for title, module in list(sys.modules.items())
        if title.partition(".")[0] in ours
        for name, value in list(vars(module).items())
        if value is old
    ]
    for module, name in places:
        setattr(module, name, new)
    try:
        yield
    finally:
        for module, name in places:
            setattr(module, name, old)


SELECTORS, PERMISSIONS = selectors(), permissions()


def test_nothing_is_wrong_before(asking):
    """Without this, what the tests below notice could be there anyway; tests/access/test_access.py has the other rooms."""
    assert first_wrong(asking, "practices", STRANGERS) is None


@pytest.mark.parametrize("name", sorted(set(SELECTORS) - set(UNSEEN)))
def test_an_open_door_is_noticed(name, asking, monkeypatch):
    owner, room = SELECTORS[name]
    monkeypatch.setattr(owner, "visible_to", lambda self, user: self.all())
    assert first_wrong(asking, SHOWS_IN.get(name, room), STRANGERS, "" if name in SHOWS_IN else "404") is not None


@pytest.mark.parametrize("name", sorted(set(PERMISSIONS) - set(UNSEEN)))
def test_an_open_permission_is_noticed(name, asking):
    old, room = PERMISSIONS[name]
    with replaced(old, lambda *words, **named: True):
        verb = old.__name__.removeprefix("can_")
        assert first_wrong(asking, room, READERS, "" if name in SHOWN else "403", verb) is not None


def test_how_many(capsys):
    doors, acts = set(SELECTORS) - set(UNSEEN), set(PERMISSIONS) - set(UNSEEN)
    with capsys.disabled():
        print(f"\nmutations: {len(doors)} visible_to and {len(acts)} can_* opened")
    assert len(doors) >= 8
    assert set(UNSEEN) <= set(SELECTORS) | set(PERMISSIONS)


# --- Once for real ------------------------------------------------------------------------------------------------------

COPIED = ("tests", "templates", "static")
# Two lines about a foreign application, and one of another room that stays as it should be.
LINES = ("applications:detail", "applications:receipt", "practices:team")
ROWS = [f"tests/access/test_access.py::test_access[GET {name} other]" for name in LINES]


def pytest_in(root) -> subprocess.CompletedProcess[str]:
    """A few of the matrix's lines, in this tree."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "--nomigrations"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "TEST_", "COV"))}
    environment |= {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([*command, *ROWS], cwd=root, env=environment, capture_output=True, text=True)


@pytest.fixture
def scratch(tmp_path):
    """A copy of the product and its tests."""
    skip = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in [*COPIED, *(room.name for room in rooms())]:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=skip)
    for name in ("pytest.ini", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def without_door(text: str, owner: str) -> str:
    """The file with ``visible_to`` of one class handing back everything."""
    (function,) = [
        inner
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and node.name == owner
        for inner in node.body
        if isinstance(inner, ast.FunctionDef) and inner.name == "visible_to"
    ]
    lines = text.splitlines(keepends=True)
    return "".join([*lines[: function.lineno], "        return self\n", *lines[function.end_lineno :]])


def test_a_scratch_copy_without_one_visible_to_fails(scratch):
    file = scratch / "applications" / "models" / "intake.py"
    file.write_text(without_door(file.read_text(encoding="utf-8"), "ApplicationQuerySet"), encoding="utf-8")
    opened = pytest_in(scratch)
    assert opened.returncode == 1, opened.stdout + opened.stderr
    assert "200 instead of 404" in opened.stdout
    assert "2 failed, 1 passed" in opened.stdout
