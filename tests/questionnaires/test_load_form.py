"""Loading a form: the same content is the same edition, and what was answered is never rewritten."""

import copy

import pytest
from pydantic import ValidationError

from core.models import AuditEntry
from questionnaires.models import Condition, FormVersion, Question
from questionnaires.selectors import definition_of
from questionnaires.services import load_form, save_answers
from tests.conftest import make_user
from tests.questionnaires.conftest import SECTIONS


def changed_sections():
    sections = copy.deepcopy(SECTIONS)
    sections[0]["questions"][1]["text"] = "Why does it matter to your patients?"
    return sections


def test_what_is_loaded_can_be_read_back(form):
    assert [section.code for section in definition_of(form).sections] == ["problem", "practice"]
    assert definition_of(form).model_dump(exclude_defaults=True)["sections"][1]["questions"][0] == {
        "code": "share",
        "kind": "number",
        "text": "Share",
        "minimum": 0,
        "maximum": 100,
        "unit": "percent",
    }
    assert Condition.objects.count() == 2


def test_loading_the_same_again_changes_nothing(form):
    before = list(Question.objects.values_list("pk", flat=True)), AuditEntry.objects.count()
    assert load_form("test-form", "Test form", SECTIONS) == form
    assert load_form("test-form", "Test form", definition_of(form).sections) == form
    assert before == (list(Question.objects.values_list("pk", flat=True)), AuditEntry.objects.count())


def test_an_unanswered_edition_is_rewritten(form):
    assert load_form("test-form", "Test form", changed_sections()) == form
    assert FormVersion.objects.count() == 1
    assert Question.objects.get(code="why").text == "Why does it matter to your patients?"


def test_a_frozen_edition_stays_and_gets_a_successor(form, response, key_of):
    save_answers(response, {key_of["title"]: "Delays"}, by=make_user("Ann"))
    newer = load_form("test-form", "Test form", changed_sections())
    assert (newer.number, newer.frozen_at, FormVersion.objects.count()) == (2, None, 2)
    assert form.sections.get(code="problem").questions.get(code="why").text == "Why does it matter?"
    assert load_form("test-form", "Test form", changed_sections()) == newer


def test_a_broken_form_loads_nothing(form):
    broken = changed_sections()
    broken[0]["questions"][0]["kind"] = "essay"
    with pytest.raises(ValidationError):
        load_form("test-form", "Test form", broken)
    assert Question.objects.get(code="why").text == "Why does it matter?"
