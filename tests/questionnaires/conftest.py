import pytest

from questionnaires.services import load_form, start_response

YES_NO = [{"code": "yes", "label": "Yes"}, {"code": "no", "label": "No"}]
SECTIONS = [
    {
        "code": "problem",
        "title": "Quality problem",
        "questions": [
            {"code": "title", "kind": "short_text", "text": "Name the problem", "max_words": 5},
            {"code": "why", "kind": "long_text", "text": "Why does it matter?"},
            {
                "code": "tried",
                "kind": "choice",
                "text": "Did you try to solve it?",
                "choices": YES_NO,
                "required": "never",
            },
            {
                "code": "result",
                "kind": "short_text",
                "text": "What came of it?",
                "ask_if": {"question": "tried", "values": ["yes"]},
            },
        ],
    },
    {
        "code": "practice",
        "title": "Practice",
        "introduction": "About the place.",
        "questions": [
            {"code": "share", "kind": "number", "text": "Share", "minimum": 0, "maximum": 100, "unit": "percent"},
            {"code": "since", "kind": "date", "text": "Since when?", "required": "never"},
            {"code": "agree", "kind": "statement", "text": "We agree", "shown_to_reviewers": False},
            {
                "code": "again",
                "kind": "short_text",
                "text": "Say more",
                "required": "never",
                "ask_if": {"question": "tried", "values": ["no"]},
            },
        ],
    },
]


@pytest.fixture
def form(db, now):
    return load_form("test-form", "Test form", SECTIONS)


@pytest.fixture
def response(form):
    return start_response(form)


@pytest.fixture
def key_of(form):
    """Question pk by code."""
    return {question.code: question.pk for section in form.sections.all() for question in section.questions.all()}
