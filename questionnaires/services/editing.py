"""Staff edit a form: sections and questions of an edition that is not frozen, one act at a time.

Every act builds the whole form anew as a definition, so that a condition which no longer holds is refused with its sentence,
and writes it down only then. Sections and questions are named by their codes.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from accounts.models import User
from core import clock
from core.reading import fields_in, message_of
from core.services import record
from questionnaires import definition as definitions
from questionnaires.definition import FormDefinition, FormPlan, QuestionDefinition
from questionnaires.models import FormVersion
from questionnaires.selectors import plan_of
from questionnaires.services.refusals import FormRefused
from questionnaires.services.writing import write_sections

KNOWN_FIELDS = fields_in(definitions)
Sections = list[dict[str, Any]]
BELOW = _(
    "“%(text)s” is asked only after some answers to “%(source)s”, so it has to stand below that question. "
    "Move both, or change first when it is asked."
)
GONE = _(
    "“%(text)s” is asked only after some answers to “%(source)s”, so that question cannot go. "
    "Change first when the other is asked, or remove the other."
)


def put_form(form: FormVersion, definition: FormDefinition, *, title: str = "", by: User) -> None:
    """Replace everything that the edition asks, as an imported file says. An empty ``title`` leaves the present one.

    Raises:
        FormRefused: the edition is frozen.
    """
    _edit(form, lambda sections: definition.model_dump()["sections"], title=title, by=by)


def put_section(
    form: FormVersion, code: str, *, title: str, introduction: str = "", is_new: bool = False, by: User
) -> None:
    """Change the title and introduction of a section, or add it at the end of the form.

    ``is_new``: it is meant to be added, so a code that is taken is refused instead of changing its section.

    Raises:
        FormRefused: the edition is frozen, or the code, the title or the introduction cannot be used.
    """

    def change(sections: Sections) -> Sections:
        words = {"title": title, "introduction": introduction}
        if not is_new and any(section["code"] == code for section in sections):
            return [section | words if section["code"] == code else section for section in sections]
        return [*sections, {"code": code, **words, "questions": []}]

    _edit(form, change, by=by)


def remove_section(form: FormVersion, code: str, *, by: User) -> None:
    """Take a section out with its questions.

    Raises:
        FormRefused: the edition is frozen, there is no such section, or a question elsewhere hangs on one of it.
    """

    def change(sections: Sections) -> Sections:
        _section(sections, code)
        return [section for section in sections if section["code"] != code]

    _edit(form, change, by=by)


def move_section(form: FormVersion, code: str, *, by_places: int, by: User) -> None:
    """Move a section up (negative) or down; at either end it stays.

    Raises:
        FormRefused: the edition is frozen, there is no such section, or a question would stand above what it hangs on.
    """

    def change(sections: Sections) -> Sections:
        return _moved(sections, sections.index(_section(sections, code)), by_places)

    _edit(form, change, by=by)


def put_question(
    form: FormVersion, section: str, question: QuestionDefinition | dict[str, Any], *, code: str = "", by: User
) -> None:
    """Change the question ``code`` into ``question``, in its place; without ``code``, add it at the end of ``section``.

    ``question`` is a definition or a dict in its shape. A question that stands in another section moves to the end of this
    one. A new code is followed by the conditions that name it.

    Raises:
        FormRefused: the edition is frozen, there is no such section, or the question breaks a rule of its kind or of the form.
    """
    wanted = question.model_dump() if isinstance(question, QuestionDefinition) else dict(question)

    def change(sections: Sections) -> Sections:
        here = _section(sections, section)
        place = len(here["questions"])
        if code:
            there, at = _question(sections, code)
            place = at if there is here else place
            del there["questions"][at]
            _follow(sections, code, wanted.get("code"))
        here["questions"].insert(place, wanted)
        return sections

    _edit(form, change, by=by)


def _follow(sections: Sections, code: str, new_code: object) -> None:
    """The conditions that name a question go on naming it when its code changes."""
    for question in (one for section in sections for one in section["questions"]):
        if question["ask_if"] and question["ask_if"]["question"] == code:
            question["ask_if"] = question["ask_if"] | {"question": new_code}


def remove_question(form: FormVersion, code: str, *, by: User) -> None:
    """Take a question out. The last one of a section may go as well; such a form cannot be used until it has another.

    Raises:
        FormRefused: the edition is frozen, there is no such question, or another one hangs on it.
    """

    def change(sections: Sections) -> Sections:
        here, place = _question(sections, code)
        del here["questions"][place]
        return sections

    _edit(form, change, by=by)


def move_question(form: FormVersion, code: str, *, by_places: int, by: User) -> None:
    """Move a question up (negative) or down within its section; at either end it stays.

    Raises:
        FormRefused: the edition is frozen, there is no such question, or one would stand above what it hangs on.
    """

    def change(sections: Sections) -> Sections:
        here, place = _question(sections, code)
        here["questions"] = _moved(here["questions"], place, by_places)
        return sections

    _edit(form, change, by=by)


@transaction.atomic
def _edit(form: FormVersion, change: Callable[[Sections], Sections], *, title: str = "", by: User) -> None:
    row = FormVersion.objects.select_for_update().get(pk=form.pk)
    if row.frozen_at is not None:
        raise FormRefused(["This edition of the form is in use and can no longer be changed. Edit the next edition."])
    before = plan_of(row)
    sections = change(before.model_dump()["sections"])
    if hanging := _hanging(sections, {question.code: question.text for question in before.questions}):
        raise FormRefused(hanging)
    after = _checked(sections)
    if after == before and title in ("", row.title):
        return
    if after != before:
        write_sections(row, after)
    row.title, row.edited_at = title or row.title, clock.now()
    row.save(update_fields=["title", "edited_at"])
    form.title, form.edited_at = row.title, row.edited_at
    record("formversion.changed", row, by=by)


def _hanging(sections: Sections, texts: dict[str, str]) -> list[str]:
    """A sentence for each question whose condition looks at one that is not above it any more, by what people read.

    ``texts``: the words of the questions that stood there, by code. What is wrong otherwise is told by ``_checked``.
    """
    questions = [question for section in sections for question in section["questions"]]
    here = {question.get("code") for question in questions}
    seen: set[str] = set()
    found = []
    for question in questions:
        source = (question.get("ask_if") or {}).get("question")
        if source and source not in seen and source in texts:
            found.append(
                (BELOW if source in here else GONE) % {"text": question.get("text", ""), "source": texts[source]}
            )
        seen.add(question.get("code", ""))
    return found


def _checked(sections: Sections) -> FormPlan:
    try:
        return FormPlan.model_validate({"sections": sections})
    except ValidationError as error:
        raise FormRefused([_sentence(detail) for detail in error.errors()]) from error


def _sentence(detail: dict) -> str:
    """What is wrong, with the field that it is wrong in; a rule of the whole question or form names it in its own words."""
    words = [step for step in detail["loc"][4:] if isinstance(step, str)] or list(detail["loc"][2:3])
    field = str(words[0]).replace("_", " ") if words and isinstance(words[0], str) and words[0] != "questions" else ""
    message = message_of(detail, KNOWN_FIELDS)
    return f"{field.capitalize()}: {message}" if field else message


def _section(sections: Sections, code: str) -> dict[str, Any]:
    for section in sections:
        if section["code"] == code:
            return section
    raise FormRefused([f"There is no section “{code}” any more. Open the page again."])


def _question(sections: Sections, code: str) -> tuple[dict[str, Any], int]:
    for section in sections:
        for place, question in enumerate(section["questions"]):
            if question["code"] == code:
                return section, place
    raise FormRefused([f"There is no question “{code}” any more. Open the page again."])


def _moved(items: Sequence[dict], place: int, by_places: int) -> list[dict]:
    rest = [item for at, item in enumerate(items) if at != place]
    rest.insert(max(0, place + by_places), items[place])
    return rest
