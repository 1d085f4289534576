"""Editions of forms: what they ask, as definitions, and how two differ."""

from collections import defaultdict
from decimal import Decimal

from questionnaires import rules
from questionnaires.definition import FormDefinition, FormPlan, changes
from questionnaires.models import Condition, FormVersion, Question, Section


def in_order(section: Section) -> list[Question]:
    return sorted(section.questions.all(), key=lambda question: question.position)


def conditions_of(form: FormVersion) -> dict[int, list[Condition]]:
    """The conditions of a form, by the question that they decide about."""
    conditions: dict[int, list[Condition]] = defaultdict(list)
    for condition in Condition.objects.filter(question__section__form=form).select_related("depends_on"):
        conditions[condition.question_id].append(condition)
    return conditions


def needs_of(conditions: dict[int, list[Condition]]) -> dict[int, list[rules.Need]]:
    return {
        key: [rules.Need(condition.depends_on_id, tuple(condition.values)) for condition in rows]
        for key, rows in conditions.items()
    }


def definition_of(form: FormVersion) -> FormDefinition:
    """The form as its definition, for export and for comparing it with a file.

    Raises:
        pydantic.ValidationError: it is being written and has a section without a question.
    """
    return FormDefinition(**plan_of(form).model_dump())


def plan_of(form: FormVersion) -> FormPlan:
    """As ``definition_of``, for an edition that is being written: a section of it may have no question yet."""
    conditions = {key: rows[0] for key, rows in conditions_of(form).items()}  # a file gives a question at most one
    sections = form.sections.order_by("position").prefetch_related("questions")
    return FormPlan(
        sections=[
            {
                "code": section.code,
                "title": section.title,
                "introduction": section.introduction,
                "questions": [_question(question, conditions.get(question.pk)) for question in in_order(section)],
            }
            for section in sections
        ]
    )


def _question(question: Question, condition: Condition | None) -> dict[str, object]:
    return {
        "code": question.code,
        "kind": question.kind,
        "text": question.text,
        "help": question.help_text,
        "required": question.required,
        "max_words": question.max_words,
        "minimum": _bound(question.minimum),
        "maximum": _bound(question.maximum),
        "unit": question.unit,
        "choices": question.choices,
        "columns": question.columns,
        "min_rows": question.min_rows,
        "max_rows": question.max_rows,
        "shown_to_reviewers": question.shown_to_reviewers,
        "locked_days_before": question.locked_days_before,
        "ask_if": condition and {"question": condition.depends_on.code, "values": condition.values},
    }


def _bound(value: Decimal | None) -> int | float | None:
    return None if value is None else rules.plain(value)


def changes_between(old: FormVersion, new: FormVersion) -> list[str]:
    """What is different in ``new``, one sentence each: sections, questions, texts, limits, choices, conditions."""
    title = [f"The form is now called “{new.title}”."] if old.title != new.title else []
    return title + changes(plan_of(old), plan_of(new))


def newest_edition(code: str) -> FormVersion | None:
    return FormVersion.objects.filter(code=code).order_by("-number").first()
