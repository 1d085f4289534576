"""What an answer may be (pure: no Django).

Both doors use it: the form that a person fills in, and the service that writes what the simulation or an import gives.
"""

import re
from datetime import date
from decimal import Decimal

from questionnaires.rules import tables
from questionnaires.rules.limits import BadAnswer, Column, Json, Limits, Plain
from questionnaires.rules.typed import read_number

LINE_END = re.compile(r"\r\n?")
SURROGATE = re.compile("[\ud800-\udfff]")
MAX_CHARACTERS = {"short_text": 500, "long_text": 20_000}


def count_words(text: str) -> int:
    """Words are what blanks part, as ``static/js/words.js`` counts them while somebody writes."""
    return len(text.split())


def clean(limits: Limits, value: object) -> Json:
    """``value`` as a draft keeps it: text stripped, a number as a number, a date as “2024-05-01”; None is no answer.

    A draft keeps too many words, and a table with too few rows or with empty cells, rather than lose them: ``gap`` tells of
    them, and nothing is submitted before they are put right.

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


def _table(limits: Limits, value: object) -> Json:
    """The rows that say anything, each with its filled cells in the order of the columns."""
    wrong: dict[tuple[int, str], str] = {}
    found: list[dict[str, Plain]] = []
    for number, row in enumerate(tables.rows_of(value)):
        if set(row) - {column.code for column in limits.columns}:
            raise BadAnswer("Fill in the table.")
        cells: dict[str, Plain] = {}
        for column in limits.columns:
            try:
                cells[column.code] = _cell(column, row.get(column.code))
            except BadAnswer as error:
                wrong[number, column.code] = str(error)
        kept = {code: cell for code, cell in cells.items() if cell is not None}
        if kept:
            found.append(kept)
    tables.refuse_bad(limits, wrong)
    tables.refuse_too_many(limits, found)
    return found or None


def _cell(column: Column, value: object) -> Plain | None:
    """A number may be given as it was typed, because the cells of a table come as text."""
    text = value.strip() if isinstance(value, str) else value
    if text is None or text == "":
        return None
    if column.kind == "choice":
        return tables.choice(column, text)
    if column.kind == "number":
        if isinstance(text, str):
            refuse_unstorable(text)
            text = read_number(text)
        return _number(Limits("number"), text)
    words = _text(Limits("short_text"), text)
    return tables.email(words) if column.kind == "email" and words else words


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
    "table": _table,
}


def gap(limits: Limits, value: Json, question: str, *, is_required: bool) -> str:
    """What has to be done about this answer before it can be submitted, as “take out 3 words in “…””; empty: nothing.

    ``question`` is its text. Only what is required has to be answered; what is answered has to keep its limits.
    """
    if value is None:
        what = "agree to" if limits.kind == "statement" else "answer"
        return f"{what} “{question}”" if is_required else ""
    words, leading = _unfinished(limits, value)
    return f"{words} {leading} “{question}”" if words else ""


def unfinished(limits: Limits, value: Json) -> str:
    """What has to be done about an answer that is there, as a sentence beside it: “Take out 3 words.”; empty: nothing."""
    words = _unfinished(limits, value)[0] if value is not None else ""
    return f"{words[0].upper()}{words[1:]}." if words else ""


def _unfinished(limits: Limits, value: Json) -> tuple[str, str]:
    if limits.kind == "table":
        return next(tables.gaps_in(limits, value), ("", ""))
    over = words_over(limits, value)
    return (f"take out {over:,} {'word' if over == 1 else 'words'}", "in") if over else ("", "")


def words_over(limits: Limits, value: Json) -> int:
    """How many words a text has above its limit."""
    if limits.max_words is None or not isinstance(value, str):
        return 0
    return max(0, count_words(value) - limits.max_words)
