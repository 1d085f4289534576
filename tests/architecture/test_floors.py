"""Direction between rooms: the contracts hold, and each kind of trespass is seen in a scratch copy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.rules import ROOT, rooms

pytestmark = pytest.mark.once

FOREIGN_KEYS = "tests/architecture/foreign_keys.py"


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(root), "COLUMNS": "200"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)


def foreign_keys(root: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, FOREIGN_KEYS]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A copy of the rooms and of what checks them, to trespass in."""
    for room in rooms():
        shutil.copytree(room, tmp_path / room.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests" / "architecture", tmp_path / "tests" / "architecture")
    for name in ("pyproject.toml", "tests/__init__.py", "tests/settings.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as stream:
        stream.write(text)


def test_the_contracts_hold():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


def test_foreign_keys_point_down():
    result = foreign_keys(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_untouched_copy_passes_both(scratch):
    """Without this, the refusals below could come from the copying."""
    assert lint_imports(scratch).returncode == 0
    assert foreign_keys(scratch).returncode == 0


def test_an_upward_import_is_refused(scratch):
    append(scratch / "practices" / "models" / "practices.py", "\nimport programs.models\n")
    result = lint_imports(scratch)
    assert result.returncode == 1
    assert "practices is not allowed to import programs" in result.stdout


def test_rooms_on_one_floor_do_not_know_each_other(scratch):
    append(scratch / "dashboards" / "apps.py", "\nimport simulation.apps\n")
    result = lint_imports(scratch)
    assert result.returncode == 1
    assert "dashboards is not allowed to import simulation" in result.stdout


def test_an_import_against_the_order_inside_a_room_is_refused(scratch):
    (scratch / "practices" / "exports.py").write_text("x = 1\n")
    append(scratch / "practices" / "models" / "practices.py", "\nimport practices.exports\n")
    result = lint_imports(scratch)
    assert result.returncode == 1
    assert "practices.models is not allowed to import practices.exports" in result.stdout


def test_django_in_a_pure_module_is_refused(scratch):
    append(scratch / "programs" / "timeline.py", "\nimport django.db\n")
    result = lint_imports(scratch)
    assert result.returncode == 1
    assert "programs.timeline is not allowed to import django" in result.stdout


@pytest.mark.parametrize("name", ["utils", "helpers", "common"])
@pytest.mark.parametrize("room", ["practices", "core"])
def test_a_module_without_a_place_is_refused(scratch, room, name):
    (scratch / room / f"{name}.py").write_text("x = 1\n")
    result = lint_imports(scratch)
    assert result.returncode == 1
    assert f"- {room}.{name}" in result.stdout


def test_an_upward_foreign_key_by_name_is_refused(scratch):
    """A name in quotes is no import, so no import linter can see it."""
    append(
        scratch / "practices" / "models" / "practices.py",
        """

class Trespasser(models.Model):
    cohort = models.ForeignKey("programs.Cohort", models.CASCADE)
    users = models.ManyToManyField("accounts.User")

    class Meta:
        app_label = "practices"
""",
    )
    result = foreign_keys(scratch)
    assert result.returncode == 1
    assert result.stdout == "practices.Trespasser.cohort points up to programs.Cohort\n"
