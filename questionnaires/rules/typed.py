"""Numbers and dates as people type them (pure: no Django)."""

import re
from datetime import date
from decimal import Decimal

from core.wording import MONTHS
from questionnaires.rules.limits import BadAnswer

NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,12})(\.\d{1,12})?", re.ASCII)
DATES = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII), ("year", "month", "day")),
    (re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII), ("month", "day", "year")),
    (re.compile(r"([a-z]+)\.? (\d{1,2}),? +(\d{4})", re.ASCII), ("month", "day", "year")),
    (re.compile(r"(\d{1,2})\.? ([a-z]+)\.?,? (\d{4})", re.ASCII), ("day", "month", "year")),
)


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
