"""Every table that may hold personal data stands in a rule, and every rule can be acted on."""

import pytest
from django.apps import apps
from django.db import models

from accounts.models import User
from practices.models import Member
from privacy.selectors import RULES, Act, rule_of
from privacy.services.retention import ACTS
from tests.architecture.rules import rooms

# Tables with texts or names that no person wrote about a person.
NOT_PERSONAL = {
    "core.Heartbeat": "names of parts of the software",
    "notifications.Breaker": "the state of the relay",
    "documents.Quota": "keys of the software",
    "questionnaires.FormVersion": "questions",
    "questionnaires.Section": "questions",
    "questionnaires.Question": "questions",
    "questionnaires.Condition": "questions",
    "assessments.Instrument": "an instrument",
    "assessments.InstrumentVersion": "an instrument",
    "assessments.Domain": "an instrument",
    "assessments.Item": "an instrument",
    "assessments.Level": "an instrument",
    "assessments.FrameworkLink": "an instrument",
    "applications.Call": "a program's own words",
    "applications.EligibilityQuestion": "a program's own words",
    "programs.Program": "a program's own words",
    "programs.Cohort": "a program's own words",
    "programs.Milestone": "a program's own words",
    "programs.Reminder": "a program's own words",
    "sessions_app.Session": "a program's own words",
    "sessions_app.Segment": "a program's own words",
}
NAMES = {"name", "email", "address", "person", "actor_id"}


def may_be_personal(model: type[models.Model], is_ours: bool) -> bool:
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model in (User, Member):
            return True
        texts = isinstance(field, models.EmailField | models.TextField | models.JSONField | models.FileField)
        if is_ours and (texts or field.name in NAMES):
            return True
    return False


def test_every_table_that_may_hold_personal_data_is_in_a_rule():
    ours = {room.name for room in rooms()}
    told = {label for rule in RULES for label in rule.models}
    personal = {
        model._meta.label for model in apps.get_models() if may_be_personal(model, model._meta.app_label in ours)
    }
    assert personal - told - set(NOT_PERSONAL) == set()
    assert set(NOT_PERSONAL) & told == set()
    assert told | set(NOT_PERSONAL) <= {model._meta.label for model in apps.get_models()}


def test_the_walk_sees_a_new_table():
    class Diary(models.Model):
        text = models.TextField()

        class Meta:
            app_label = "privacy"
            managed = False

        def __str__(self) -> str:
            return ""

    try:
        assert may_be_personal(Diary, True)
        assert not may_be_personal(apps.get_model("auth.Group"), False)
    finally:
        del apps.all_models["privacy"]["diary"]
        apps.clear_cache()


def test_codes_are_unique_and_every_rule_says_everything():
    assert len({rule.code for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert all((rule.what, rule.since, rule.why, rule.models))
        assert (rule.find is None) == (rule.act is Act.KEEP)
        assert rule.act not in (Act.BLANK, Act.ANONYMISE) or rule.code in ACTS


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("sent-mail", "2 years after sending"),
        ("invitations", "1 year after they end"),
        ("access-links", "90 days after they end"),
        ("expired-sessions", "Until you sign out or the time is over"),
        ("audit", "For good"),
    ],
)
def test_how_long_in_words(code, words):
    assert rule_of(code).length == words
