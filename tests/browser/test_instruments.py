"""Staff write an instrument, follow a round and read how items behave, in a real browser, light and dark, wide and narrow."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from assessments import services
from assessments.models import Assessment, AssessmentState, InstrumentVersion
from core import clock
from tests.assessments.conftest import answer_all, item_of, level_of, small
from tests.browser.conftest import Visitor
from tests.browser.test_staff_intake import SECRET, press, signed_in
from tests.conftest import build_cast, make_enrollment, make_practice, make_team

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [({"width": 1280, "height": 900}, "light"), ({"width": 390, "height": 844}, "dark")]


def url(name: str, version: InstrumentVersion, *args: object) -> str:
    return reverse(f"admin:assessments_instrumentversion_{name}", args=[version.pk, *args])


def look(staff: Visitor, path: str, name: str) -> None:
    staff.go(path)
    staff.shot(name)


def many_submitted(cast, version: InstrumentVersion) -> None:
    """Twenty teams that have submitted, spread over the levels."""
    now = clock.now()
    who = {"started_at": now, "started_by": cast.stranger, "submitted_at": now, "submitted_by": cast.stranger}
    for number in range(20):
        team = make_team(make_practice(f"Practice {number}"), cast.stranger, name=f"Team {number}")
        enrollment = make_enrollment(cast.cohort, team, cast.stranger)
        round_ = Assessment.objects.create(
            enrollment=enrollment, milestone=cast.baseline, version=version, state=AssessmentState.SUBMITTED, **who
        )
        for item in "abc":
            level = level_of(version, item, ("low", "middle", "high", "high")[number % 4])
            saved = {"saved_at": now, "saved_by": cast.stranger}
            round_.answers.create(item=item_of(version, item), kind="level", level=level, **saved)


@pytest.mark.parametrize(("viewport", "scheme"), SIZES, ids=["wide", "narrow"])
def test_staff_write_an_instrument_and_follow_its_round(visitor, client, viewport, scheme):
    cast = build_cast()
    Authenticator.objects.create(user=cast.staff, type=Authenticator.Type.TOTP, data={"secret": SECRET})
    version = services.load_instrument(small())
    assessment = services.start_assessment(cast.enrollment, cast.baseline, by=cast.leader)
    answer_all(assessment, cast.leader)
    staff = visitor(viewport=viewport, color_scheme=scheme)
    signed_in(staff, client, cast.staff)
    look(staff, reverse("admin:assessments_instrument_changelist"), f"instruments-{scheme}")
    look(staff, reverse("admin:assessments_instrument_rules"), f"rules-{scheme}")
    look(staff, reverse("admin:assessments_instrument_new"), f"new-{scheme}")
    look(staff, reverse("admin:assessments_instrument_take"), f"take-{scheme}")
    look(staff, url("content", version), f"frozen-{scheme}")
    press(staff, "Write the next version", "#content")
    press(staff, "Write the next version", "#content")
    draft = InstrumentVersion.objects.get(number=2)
    look(staff, url("item_add", draft) + "?domain=two", f"item-{scheme}")
    press(staff, "Save", "#content")  # nothing is typed yet
    staff.shot(f"item-errors-{scheme}")
    assert "Fill in this field" in staff.page.inner_text("#content")
    staff.page.fill("[name=text]", "Patients are asked what they need.")
    for number, words in enumerate(("Nobody asks.", "Everybody is asked."), 1):
        staff.page.fill(f"[name=level_anchor_{number}]", words)
    press(staff, "Save", "#content")
    staff.shot(f"draft-{scheme}")
    look(staff, url("item_change", draft, "a"), f"item-change-{scheme}")
    look(staff, url("settings", draft), f"settings-{scheme}")
    look(staff, url("domain_change", draft, "one"), f"domain-{scheme}")
    look(staff, url("upload", draft), f"upload-{scheme}")
    look(staff, url("compare", draft), f"compare-{scheme}")
    look(staff, url("preview", draft), f"preview-{scheme}")
    look(staff, url("preview_domain", draft, "one"), f"preview-domain-{scheme}")
    look(staff, url("statistics", version), f"statistics-silent-{scheme}")
    look(staff, url("use", draft), f"use-{scheme}")
    press(staff, "Put it in use", "#content")
    assert not InstrumentVersion.objects.get(pk=draft.pk).is_in_writing
    many_submitted(cast, version)
    look(staff, url("statistics", version), f"statistics-{scheme}")
    look(staff, reverse("assessments:overview", args=[cast.cohort.code]), f"overview-{scheme}")
    staff.page.select_option("[name=step]", "submitted")
    press(staff, "Show")
    assert "20 of 22 teams" in staff.text()
