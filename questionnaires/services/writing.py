"""A definition written down as the rows of an edition."""

from questionnaires.definition import FormPlan, QuestionDefinition
from questionnaires.models import Condition, FormVersion, Question, Section


def write_sections(form: FormVersion, definition: FormPlan) -> None:
    """Make the sections, questions and conditions of ``form`` those of ``definition``. It must not be frozen."""
    form.sections.all().delete()
    questions: dict[str, Question] = {}
    for position, wanted in enumerate(definition.sections, start=1):
        section = Section.objects.create(
            form=form, code=wanted.code, title=wanted.title, introduction=wanted.introduction, position=position
        )
        for place, question in enumerate(wanted.questions, start=1):
            questions[question.code] = _write_question(section, question, place)
    Condition.objects.bulk_create(
        Condition(
            question=questions[wanted.code],
            depends_on=questions[wanted.ask_if.question],
            values=list(wanted.ask_if.values),
        )
        for wanted in definition.questions
        if wanted.ask_if
    )


def _write_question(section: Section, wanted: QuestionDefinition, position: int) -> Question:
    plain = wanted.model_dump(exclude={"help", "minimum", "maximum", "ask_if"})
    return Question.objects.create(
        section=section,
        position=position,
        help_text=wanted.help,
        minimum=None if wanted.minimum is None else str(wanted.minimum),
        maximum=None if wanted.maximum is None else str(wanted.maximum),
        **plain,
    )
