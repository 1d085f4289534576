"""The forms and rules of the shipped programs, as their applicants meet them."""

import pytest

from applications.requirements import Rules
from applications.selectors import rules_of
from programs.definition import catalog, read
from programs.models import Milestone, MilestoneKind, Program
from questionnaires.forms import SectionForm
from questionnaires.selectors import definition_of, sections_with_answers
from questionnaires.services import load_form, start_response


@pytest.mark.parametrize("code", sorted(catalog()))
def test_a_shipped_form_loads_unchanged_and_is_a_page_a_section(db, now, code):
    file = read(catalog()[code])
    form = load_form(code, file.program.title, file.form.sections)
    assert definition_of(form) == file.form
    assert load_form(code, file.program.title, file.form.sections).pk == form.pk
    for section in sections_with_answers(start_response(form)):
        assert SectionForm(section, {}).is_valid()


@pytest.mark.parametrize("code", sorted(catalog()))
def test_a_shipped_program_asks_what_its_file_says(cast, code):
    file = read(catalog()[code])
    Program.objects.update(definition=file.model_dump(mode="json"))
    cast.cohort.program.refresh_from_db()
    assert Milestone.objects.filter(kind=MilestoneKind.SESSION).count() == 1
    is_grant = code in ("rural-and-urban", "underserved-communities")
    letter = file.program.sponsor.letter
    assert letter.required is not is_grant and letter.statement
    assert rules_of(cast.cohort) == Rules(
        core_min=2,
        core_max=4,
        countries=("US",) if is_grant else (),
        needs_letter=not is_grant,
        letter_text=letter.text,
    )
