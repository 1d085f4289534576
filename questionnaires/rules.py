"""What an answer may be, and which questions are asked (pure: no Django).

Both doors use it: the form that a person fills in, and the service that writes what the simulation or an import gives.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.wording import MONTHS

LINE_END = re.compile(r"\r\n?")
SURROGATE = re.compile("[\ud800-\udfff]")
NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,12})(\.\d{1,12})?", re.ASCII)
DATES = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII), ("year", "month", "day")),
    (re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII), ("month", "day", "year")),
    (re.compile(r"([a-z]+)\.? (\d{1,2}),? +(\d{4})", re.ASCII), ("month", "day", "year")),
    (re.compile(r"(\d{1,2})\.? ([a-z]+)\.?,? (\d{4})", re.ASCII), ("day", "month", "year")),
)
MAX_CHARACTERS = {"short_text": 500, "long_text": 20_000}
Json = str | int | float | bool | list[str] | dict[str, str | int] | None


class BadAnswer(ValueError):
    """``str(error)`` is a sentence for the person who answers."""


@dataclass(frozen=True)
class Limits:
    """The rules of one question: its kind, the most words, the bounds and unit of a number, the codes of its choices."""

    kind: str
    max_words: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Need:
    """``depends_on`` (a key of the values) has to be answered with one of ``values``."""

    depends_on: int
    values: tuple[Json, ...]


def count_words(text: str) -> int:
    return len(text.split())


def clean(limits: Limits, value: object) -> Json:
    """``value`` as it is stored: text stripped, a number as a number, a date as “2024-05-01”; None is no answer.

    Raises:
        BadAnswer: the value breaks a rule of the question.
    """
    if value is None or value == "" or value == [] or value is False:
        return None
    return CLEANERS[limits.kind](limits, value)


def _text(limits: Limits, value: object) -> Json:
    if not isinstance(value, str):
        raise BadAnswer("Enter text.")
    text = LINE_END.sub("\n", value).strip()
    refuse_unstorable(text)
    most = MAX_CHARACTERS[limits.kind]
    if len(text) > most:
        raise BadAnswer(f"Enter at most {most:,} characters. You have {len(text):,}.")
    words = count_words(text)
    if limits.max_words is not None and words > limits.max_words:
        over = words - limits.max_words
        raise BadAnswer(f"Use at most {limits.max_words:,} words. You have {words:,}, so take out {over:,}.")
    return text or None


def refuse_unstorable(text: str) -> None:
    """PostgreSQL keeps no NUL character, and no half of a surrogate pair can be written as UTF-8."""
    if "\x00" in text or SURROGATE.search(text):
        raise BadAnswer("This text contains a character that cannot be stored. Delete it, or type the text again.")


def _number(limits: Limits, value: object) -> Json:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise BadAnswer("Enter a number.")
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) >= 10**10 or round(number, 4) != number:
        raise BadAnswer("Enter a number below 10 billion with at most 4 decimals.")
    unit = f" {limits.unit}" if limits.unit else ""
    if limits.minimum is not None and number < limits.minimum:
        raise BadAnswer(f"Enter {plain(limits.minimum)}{unit} or more.")
    if limits.maximum is not None and number > limits.maximum:
        raise BadAnswer(f"Enter {plain(limits.maximum)}{unit} or less.")
    return plain(number)


def plain(number: Decimal) -> int | float:
    """A decimal as JSON shows it: 12, not 12.0000."""
    return int(number) if number == number.to_integral_value() else float(number)


def _choice(limits: Limits, value: object) -> Json:
    if value not in limits.choices:
        raise BadAnswer("Choose one of the answers in the list.")
    return value


def _choices(limits: Limits, value: object) -> Json:
    if not isinstance(value, list | tuple) or any(code not in limits.choices for code in value):
        raise BadAnswer("Choose from the answers in the list.")
    return [code for code in limits.choices if code in value]


def _date(limits: Limits, value: object) -> Json:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()[:10]
    except ValueError as error:
        raise BadAnswer("Enter a date, such as May 1, 2024.") from error


def _statement(limits: Limits, value: object) -> Json:
    if value is not True:
        raise BadAnswer("Check the box, or leave it empty.")
    return True


def _file(limits: Limits, value: object) -> Json:
    """A file comes as a checked upload (``services.save_answers``) and never as a value that somebody could make up."""
    raise BadAnswer("Choose a file.")


CLEANERS = {
    "short_text": _text,
    "long_text": _text,
    "number": _number,
    "choice": _choice,
    "choices": _choices,
    "date": _date,
    "statement": _statement,
    "file": _file,
}


# --- As people type ---------------------------------------------------------------------------------------------------


def read_number(text: str, unit: str = "") -> Decimal:
    """“1,200”, “12.5”, “ 12 % ”, or a number with the question's own unit behind it.

    Raises:
        BadAnswer: no number.
    """
    plain_text = text.strip().removesuffix(unit).strip().removesuffix("%").strip()
    if not NUMBER.fullmatch(plain_text):
        raise BadAnswer("Enter a number in digits, such as 1,200 or 12.5.")
    return Decimal(plain_text.replace(",", ""))


def read_date(text: str) -> date:
    """“May 1, 2024”, “1 May 2024”, “2024-05-01” or, month first, “5/1/2024”.

    Raises:
        BadAnswer: no date, or one that the calendar does not have.
    """
    words = text.strip().rstrip(".").lower()
    for pattern, order in DATES:
        if found := pattern.fullmatch(words):
            parts = dict(zip(order, found.groups(), strict=True))
            try:
                return date(int(parts["year"]), _month(parts["month"]), int(parts["day"]))
            except ValueError as error:
                raise BadAnswer(
                    f"“{text.strip()}” is not in the calendar. Enter a date, such as May 1, 2024."
                ) from error
    raise BadAnswer("Enter a date, such as May 1, 2024.")


def _month(word: str) -> int:
    """The number of a month given in digits, by its name, or by the first three letters or more of it."""
    if word.isdigit():
        return int(word)
    for number, name in enumerate(MONTHS, start=1):
        if len(word) >= 3 and name.lower().startswith(word):
            return number
    raise ValueError(word)


def asked(keys: Iterable[int], needs: dict[int, list[Need]], values: dict[int, Json]) -> set[int]:
    """The keys of the questions that are asked, ``keys`` being in the order of the form.

    All needs of a question must hold; a question that hangs on one that is not asked is not asked either.
    """
    on: set[int] = set()
    for key in keys:
        if all(need.depends_on in on and _holds(need, values.get(need.depends_on)) for need in needs.get(key, [])):
            on.add(key)
    return on


def _holds(need: Need, value: Json) -> bool:
    given = value if isinstance(value, list) else [value]
    return any(one in need.values for one in given if one is not None)
