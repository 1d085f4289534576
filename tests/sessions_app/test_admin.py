"""The agenda and the days of a session as staff write them in the admin."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from core.models import AuditEntry
from programs.models import Milestone
from sessions_app.models import Segment, Session


@pytest.fixture
def staff(client, cast, session, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client.force_login(cast.staff)
    return client


def agenda(title, first, last):
    line = {"title": title, "starts_time": first, "ends_time": last, "is_educational": "on"}
    return {"segments-TOTAL_FORMS": 1, "segments-INITIAL_FORMS": 0} | {
        f"segments-0-{key}": v for key, v in line.items()
    }


def test_a_segment_is_written_with_its_trail(staff, cast, session):
    day = session.days.first()
    staff.post(
        reverse("admin:sessions_app_sessionday_change", args=[day.pk]), agenda("Aim statements", "09:00", "10:30")
    )
    assert str(Segment.objects.get()) == "Aim statements"
    entry = AuditEntry.objects.get(verb="session.agenda_changed")
    assert (entry.object_id, entry.actor_id) == (session.pk, cast.staff.pk)


def test_a_segment_that_ends_before_it_starts_is_refused_in_words(staff, session):
    page = reverse("admin:sessions_app_sessionday_change", args=[session.days.first().pk])
    text = staff.post(page, agenda("Aim statements", "10:30", "09:00")).content.decode()
    assert "A segment ends after it starts." in text
    assert "Constraint" not in text
    assert Segment.objects.count() == 0


def test_the_days_follow_a_moved_milestone_when_asked(staff, cast, session):
    Milestone.objects.filter(pk=cast.session.pk).update(ends_on="2024-07-13")
    data = {"action": "renew_days", ACTION_CHECKBOX_NAME: [session.pk]}
    staff.post(reverse("admin:sessions_app_session_changelist"), data)
    assert Session.objects.get().days.count() == 3
