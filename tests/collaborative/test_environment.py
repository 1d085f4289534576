"""Settings from the environment: what production refuses, and how a mistake is told."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from collaborative import environment
from collaborative.environment import SettingsError
from scripts.first_env import write_first

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "SECRET_KEY": "x" * 60,
    "SITE_URL": "https://example.org",
    "ALLOWED_HOSTS": "example.org",
    "LINK_KEY": "y" * 40,
    "AUDIT_KEY": "z" * 40,
}


def settings_with(folder: Path, **values: str) -> subprocess.CompletedProcess[str]:
    """Load the product's settings in a process of their own, with exactly these variables."""
    variables = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "VAR_DIR": str(folder), **values}
    command = [sys.executable, "manage.py", "diffsettings", "--default", "django.conf.global_settings"]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True)


def test_production_starts_with_its_five_settings(tmp_path):
    result = settings_with(tmp_path, **PRODUCTION)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("missing", PRODUCTION)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_production_refuses_without_any_of_them(tmp_path, missing, value):
    values = {name: text for name, text in PRODUCTION.items() if name != missing}
    if value is not None:
        values[missing] = value
    result = settings_with(tmp_path, **values)
    assert result.returncode == 1
    assert f"these settings are missing: {missing}." in result.stderr
    assert "Traceback" not in result.stderr


def test_debug_needs_none_of_them(tmp_path):
    result = settings_with(tmp_path, DEBUG="1")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"DEBUG": "perhaps"}, "DEBUG is “perhaps”. Set it to 1 or 0."),
        ({"DEBUG": "1", "PORT": "eight"}, "PORT is “eight”. Set it to a whole number."),
        ({"DEBUG": "1", "DATABASE_URL": "oracel://x"}, "DATABASE_URL does not begin with"),
        ({"DEBUG": "1", "REDIS_URL": "127.0.0.1"}, "REDIS_URL does not begin with"),
    ],
)
def test_a_value_that_cannot_be_read_is_one_sentence(tmp_path, values, sentence):
    result = settings_with(tmp_path, **values)
    assert result.returncode == 1
    assert sentence in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_an_address_with_another_scheme_is_refused_and_its_password_not_shown(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "oracle://user:hidden@host/name")
    with pytest.raises(SettingsError) as refusal:
        environment.address("DATABASE_URL", "", ("postgres", "sqlite"))
    assert str(refusal.value) == "DATABASE_URL does not begin with postgres:// or sqlite://. Correct it."


@pytest.mark.parametrize(
    ("word", "expected"), [("", True), (" ", True), ("0", False), ("Off", False), ("1", True), ("YES", True)]
)
def test_a_flag_left_empty_means_its_default(monkeypatch, word, expected):
    monkeypatch.setenv("A_FLAG", word)
    assert environment.flag("A_FLAG", True) is expected


def test_a_text_left_empty_means_its_default(monkeypatch):
    monkeypatch.setenv("A_TEXT", "  ")
    assert environment.text("A_TEXT", "default") == "default"
    assert environment.number("A_TEXT", 7) == 7
    assert environment.words("A_TEXT", "a, b") == ["a", "b"]


def test_every_variable_is_in_the_example_file():
    settings = (ROOT / "collaborative" / "settings.py").read_text()
    example = (ROOT / ".env.example").read_text()
    named = set(environment_names(settings))
    assert sorted(name for name in named if f"{name}=" not in example) == []
    assert len(named) > 20


def environment_names(text: str) -> list[str]:
    """The first word of each ``env.…(…)``, and those of ``env.required((…))``."""
    required = re.search(r"env\.required\(\((.*?)\)\)", text, re.S).group(1)
    return re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", text) + re.findall(r"\"([A-Z_]+)\"", required)


def test_the_first_env_is_private_and_whole(tmp_path):
    path = tmp_path / ".env"
    assert write_first(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = dict(line.split("=", 1) for line in path.read_text().splitlines() if not line.startswith("#"))
    assert list(lines) == ["DEBUG", "PORT", "SECRET_KEY", "LINK_KEY", "AUDIT_KEY", "DEMO_PASSWORD"]
    assert len(lines["SECRET_KEY"]) >= 50
    assert os.listdir(tmp_path) == [".env"]


def test_an_env_that_is_there_is_not_touched(tmp_path):
    path = tmp_path / ".env"
    path.write_text("DEBUG=0\n")
    assert not write_first(path)
    assert path.read_text() == "DEBUG=0\n"
    assert os.listdir(tmp_path) == [".env"]


def test_two_machines_get_different_keys(tmp_path):
    write_first(tmp_path / "a")
    write_first(tmp_path / "b")
    a, b = ((tmp_path / name).read_text().splitlines()[3:] for name in "ab")
    assert [one for one, other in zip(a, b, strict=True) if one == other and not one.startswith("#")] == []
