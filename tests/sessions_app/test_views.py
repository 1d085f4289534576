"""The pages of sessions: who sees them, and the attendance list of staff."""

from datetime import date, time

import pytest
from django.urls import reverse

from core.models import AuditEntry
from programs.models import Completion, MilestoneKind
from sessions_app import services
from sessions_app.models import Attendance, Segment, Session
from tests.conftest import make_enrollment, make_milestone, make_practice, make_team, make_user
from tests.sessions_app.conftest import days_of, member_of

READERS = {
    "leader": 200,
    "colleague": 200,
    "helper": 200,
    "coach": 200,
    "staff": 200,
    "stranger": 200,
    "other_coach": 200,
    "former": 404,
    "reviewer": 404,
    "leadership": 404,
}


@pytest.fixture(autouse=True)
def _one_factor_is_enough(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False


def url_of(session, name: str = "detail") -> str:
    return reverse(f"sessions_app:{name}", args=[session.public_id])


def box(day, user) -> str:
    return f"{day.pk}-{member_of(user).pk}"


@pytest.mark.parametrize("who", READERS)
def test_who_sees_a_session(client, cast, session, afterwards, who):
    client.force_login(getattr(cast, who))
    assert client.get(url_of(session)).status_code == READERS[who]
    page = client.get(reverse("sessions_app:list"))
    assert list(page.context["sessions"]) == ([session] if READERS[who] == 200 else [])
    assert ("No sessions yet" in page.content.decode()) == (READERS[who] == 404)


@pytest.mark.parametrize("who", READERS)
def test_who_records(client, cast, session, afterwards, who):
    client.force_login(getattr(cast, who))
    status = 200 if who == "staff" else 403 if READERS[who] == 200 else 404
    assert client.get(url_of(session, "attendance")).status_code == status
    posted = client.post(url_of(session, "attendance"), {"present": box(days_of(session)[0], cast.leader)})
    assert posted.status_code == (302 if who == "staff" else status)
    assert Attendance.objects.exists() == (who == "staff")


def test_nobody_without_signing_in(client, cast, session):
    for url in (reverse("sessions_app:list"), url_of(session), url_of(session, "attendance")):
        assert client.get(url).url.startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("leader", ["Cora Colleague", "Lena Leader"]),
        ("coach", ["Cora Colleague", "Lena Leader"]),
        ("stranger", ["Stan Stranger"]),
        ("staff", ["Cora Colleague", "Lena Leader", "Stan Stranger"]),
    ],
)
def test_everybody_sees_their_own_teams_attendance(client, cast, session, afterwards, who, names):
    client.force_login(getattr(cast, who))
    assert [one.member.user.name for one in client.get(url_of(session)).context["presences"]] == names


def test_the_page_tells_days_agenda_place_and_zone(client, cast, session):
    Segment.objects.create(day=days_of(session)[1], title="Process maps", starts_time=time(8, 30), ends_time=time(12))
    cast.leader.time_zone = "America/Los_Angeles"
    cast.leader.save()
    client.force_login(cast.leader)
    html = client.get(url_of(session)).content.decode()
    for words in (
        "Alexandria, VA",
        "July 11, 2024",
        "July 12, 2024",
        "Process maps",
        "8:30 AM–12:00 PM",
        "All times are Eastern.",
        "The agenda of this day has not been published yet.",
        "Not recorded",
    ):
        assert words in html


def test_staff_record_and_correct_in_one_save(client, cast, session, afterwards):
    first, second = days_of(session)
    client.force_login(cast.staff)
    url = url_of(session, "attendance")
    ticked = [box(day, user) for day in (first, second) for user in (cast.leader, cast.colleague)]
    page = client.post(url, {"present": ticked}, follow=True)
    assert [str(one) for one in page.context["messages"]] == ["Attendance saved. 6 entries changed."]
    assert set(Completion.objects.values_list("member", flat=True)) == {
        member_of(cast.leader).pk,
        member_of(cast.colleague).pk,
    }
    assert page.content.decode().count(" checked>") == 4
    page = client.post(url, {"present": ticked[1:], "seen": ticked}, follow=True)
    assert [str(one) for one in page.context["messages"]] == ["Attendance saved. 1 entry changed."]
    assert set(Completion.objects.values_list("member", flat=True)) == {member_of(cast.colleague).pk}


def test_a_box_of_another_session_is_refused(client, cast, session, afterwards):
    client.force_login(cast.staff)
    page = client.post(url_of(session, "attendance"), {"present": "999-999"})
    assert page.context["form"].errors == {
        "present": ["Somebody on this list has left or joined meanwhile. Reload the page."]
    }
    assert Attendance.objects.count() == 0


def test_before_the_session_there_is_nothing_to_record(client, cast, session):
    client.force_login(cast.staff)
    page = client.get(url_of(session, "attendance"))
    assert "The session has not begun" in page.content.decode()
    assert client.post(url_of(session, "attendance"), {}).status_code == 302
    assert Attendance.objects.count() == 0


def test_the_pages_do_not_ask_more_for_more_rows(client, cast, session, afterwards, django_assert_max_num_queries):
    pages = [("leader", "list"), ("leader", "detail"), ("staff", "detail"), ("staff", "attendance")]
    counts = []
    for number in (1, 3):
        if number == 3:
            for extra in (2, 3):
                milestone = make_milestone(
                    cast.cohort, f"qtp-{extra}", MilestoneKind.SESSION, date(2024, 9, 18 + extra)
                )
                services.schedule_session(milestone, mode="in_person")
                leader = make_user(f"Extra Leader {extra}")
                make_enrollment(cast.cohort, make_team(make_practice(f"Extra {extra}"), leader), leader)
                day = days_of(session)[0]
                Segment.objects.create(day=day, title="More", starts_time=time(9), ends_time=time(10))
        for who, name in pages:
            client.force_login(getattr(cast, who))
            url = reverse("sessions_app:list") if name == "list" else url_of(session, name)
            client.get(url)
            with django_assert_max_num_queries(20) as asked:
                client.get(url)
            counts.append(len(asked))
    assert counts[:4] == counts[4:]


def test_the_admin_changes_mode_and_agenda(client, cast, session):
    client.force_login(cast.staff)
    assert client.get(reverse("admin:sessions_app_session_changelist")).status_code == 200
    url = reverse("admin:sessions_app_session_change", args=[session.pk])
    forms = {"days-TOTAL_FORMS": "0", "days-INITIAL_FORMS": "0"}
    assert client.post(url, {"mode": "virtual"} | forms).status_code == 302
    assert Session.objects.get().mode == "virtual"
    day = days_of(session)[0]
    url = reverse("admin:sessions_app_sessionday_change", args=[day.pk])
    assert client.get(reverse("admin:sessions_app_sessionday_changelist")).status_code == 200
    assert client.get(url).status_code == 200
    data = {
        "segments-TOTAL_FORMS": "1",
        "segments-INITIAL_FORMS": "0",
        "segments-0-day": day.pk,
        "segments-0-title": "Welcome",
        "segments-0-starts_time": "09:00",
        "segments-0-ends_time": "10:00",
    }
    assert client.post(url, data).status_code == 302
    assert day.segments.get().title == "Welcome"
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "session.scheduled",
        "session.changed",
        "session.agenda_changed",
    ]
