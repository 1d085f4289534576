"""Reading settings from the environment (pure: no Django), with one clear sentence for each mistake.

The file named by ``ENV_FILE`` (default ``.env`` beside ``manage.py``) is read first; a variable that is already set in
the process wins over the file.
"""

import os
from pathlib import Path

from dotenv import load_dotenv

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off"}


class SettingsError(SystemExit):
    """A setting is missing or unreadable. Printed as one sentence, exit status 1, no traceback."""


def load(base_dir: Path) -> None:
    load_dotenv(os.environ.get("ENV_FILE", base_dir / ".env"), override=False)


def text(name: str, default: str = "") -> str:
    """The variable's value; empty counts as not set, so that ``NAME=`` in a file means the default."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    """``1/true/yes/on`` or ``0/false/no/off``; anything else raises SettingsError naming the variable."""
    value = text(name)
    if not value:
        return default
    word = value.lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise SettingsError(f"{name} is “{value}”. Set it to 1 or 0.")


def number(name: str, default: int) -> int:
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise SettingsError(f"{name} is “{value}”. Set it to a whole number.") from None


def address(name: str, default: str, schemes: tuple[str, ...]) -> str:
    """A URL whose scheme is one of ``schemes``; anything else raises SettingsError. Its password is never shown."""
    value = text(name, default)
    if value and value.partition(":")[0] not in schemes:
        raise SettingsError(
            f"{name} does not begin with {' or '.join(f'{scheme}://' for scheme in schemes)}. Correct it."
        )
    return value


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def required(names: tuple[str, ...]) -> None:
    """Raise SettingsError naming every variable of ``names`` that has no value."""
    missing = [name for name in names if not text(name)]
    if missing:
        raise SettingsError(
            f"This is a production start (DEBUG is off) and these settings are missing: {', '.join(missing)}. "
            "Set them in the environment or in .env (see .env.example), or set DEBUG=1 on your own machine."
        )
