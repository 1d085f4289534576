"""Calendars to subscribe to: what stands in whose, under which names, and who is kept out."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlparse

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from core import clock, links
from core.links import HideTokens
from core.models import AuditEntry
from core.refusals import Refused
from core.transitions import ChangedMeanwhile
from practices.models import Member
from practices.services import end_membership
from programs import services
from programs.models import CalendarFeed, DueFrom, Enrollment, EnrollmentState, Milestone, MilestoneKind, Supporter
from tests.conftest import NOW, make_cohort, make_enrollment, make_milestone, make_practice, make_team, make_user

HOST = "collaborative.example.org"
SESSION, BASELINE, UPDATE = "Milestone qtp-1", "Due: Milestone baseline", "Due: Milestone update-1"
OPENING, DEADLINE = "Milestone opening", "Due: Milestone deadline"


def address(feed):
    return reverse("programs:calendar_feed", args=[feed.public_id, links.token("calendar", feed.pk, feed.generation)])


def fetch(feed, **headers):
    """As a calendar program does: nobody is signed in."""
    return Client().get(address(feed), headers=headers)


def entries(user, cohort=None):
    answer = fetch(services.start_feed(user, cohort))
    assert answer.status_code == 200
    found = Calendar.from_ical(answer.content).events
    assert len({event["uid"] for event in found}) == len(found)
    return found


def titles(user, cohort=None):
    return sorted(str(event["summary"]) for event in entries(user, cohort))


def entry_of(user, milestone):
    (found,) = [event for event in entries(user) if event["uid"] == f"{milestone.public_id}@{HOST}"]
    return found


# --- What stands in it --------------------------------------------------------------------------------------------------


def test_each_finds_what_is_asked_of_them(cast):
    everything_now = sorted([SESSION, BASELINE, UPDATE])
    assert titles(cast.leader) == everything_now
    assert titles(cast.colleague) == everything_now
    assert titles(cast.helper) == sorted([BASELINE, UPDATE])  # the session is for the core team
    assert titles(cast.coach) == everything_now
    assert titles(cast.staff) == sorted([OPENING, DEADLINE, *everything_now])
    for nobody in (cast.former, cast.reviewer, cast.leadership):
        assert titles(nobody) == []


def test_a_cohort_s_own_calendar_is_its_whole_timeline(cast):
    whole = sorted([OPENING, DEADLINE, SESSION, BASELINE, UPDATE])
    for reader in (cast.leader, cast.helper, cast.coach, cast.staff):
        assert titles(reader, cast.cohort) == whole


def test_nobody_gets_the_calendar_of_a_cohort_that_is_not_theirs(cast):
    with pytest.raises(Refused):
        services.start_feed(cast.former, cast.cohort)
    assert not CalendarFeed.objects.exists()


def test_who_applies_finds_the_deadline_and_nothing_that_comes_after(cast):
    cohort = make_cohort(cast.program, "next", title="Next cohort")
    make_milestone(cohort, "closes", MilestoneKind.DEADLINE, date(2024, 8, 1), DueFrom.LEADER)
    make_milestone(cohort, "later", MilestoneKind.SESSION, date(2024, 9, 1), DueFrom.CORE_TEAM)
    applicant = make_user("Ada Applicant")
    row = make_enrollment(cohort, make_team(make_practice("New"), applicant), applicant, EnrollmentState.APPLYING)
    assert titles(applicant) == ["Due: Milestone closes"]
    assert titles(applicant, cohort) == ["Due: Milestone closes", "Milestone later"]
    Enrollment.objects.filter(pk=row.pk).update(state=EnrollmentState.DECLINED)
    assert titles(applicant) == []
    feed = CalendarFeed.objects.get(user=applicant, cohort=cohort)
    assert Calendar.from_ical(fetch(feed).content).events == []


def test_of_several_cohorts_each_entry_says_which(cast):
    cohort = make_cohort(cast.program, "next", title="Next cohort")
    make_milestone(cohort, "closes", MilestoneKind.DEADLINE, date(2024, 8, 1), DueFrom.LEADER)
    make_enrollment(cohort, cast.team, cast.leader, EnrollmentState.APPLYING)
    assert "Due: Milestone closes (Next cohort)" in titles(cast.leader)
    assert f"{SESSION} (Test cohort 2024)" in titles(cast.leader)


def test_staff_keep_the_cohorts_that_still_have_a_date_to_come(cast):
    with clock.at(NOW + timedelta(days=365)):
        assert titles(cast.staff) == []


def test_what_is_held_takes_its_days_and_what_is_due_ends_with_the_deadline(cast):
    session, baseline = entry_of(cast.leader, cast.session), entry_of(cast.leader, cast.baseline)
    assert (session["dtstart"].dt, session["dtend"].dt) == (date(2024, 7, 11), date(2024, 7, 13))
    assert (session["location"], session["transp"]) == ("Alexandria, VA", "OPAQUE")
    assert baseline.start.replace(tzinfo=None) == datetime(2024, 7, 10, 23, 30)
    assert baseline.end.replace(tzinfo=None) == datetime(2024, 7, 10, 23, 59, 59)
    assert baseline.end.astimezone(UTC) == cast.baseline.ends_at
    assert baseline["transp"] == "TRANSPARENT"
    assert baseline["url"] == f"https://{HOST}" + reverse("programs:enrollment", args=[cast.enrollment.public_id])
    assert "Due July 10, 2024, 11:59 PM Eastern." in baseline["description"]


CALLS = [
    (time(12), time(13, 30), (12, 0), (13, 30)),
    (time(12), None, (12, 0), (13, 0)),
    (time(23, 30), None, (23, 30), (23, 59)),
]


@pytest.mark.parametrize(("starts", "ends", "first", "last"), CALLS)
def test_a_call_takes_its_time_and_an_hour_where_nobody_said(cast, starts, ends, first, last):
    times = {"starts_time": starts, "ends_time": ends}
    call = make_milestone(cast.cohort, "call", MilestoneKind.CALL, date(2024, 7, 20), DueFrom.CORE_TEAM, **times)
    found = entry_of(cast.leader, call)
    assert [(moment.hour, moment.minute) for moment in (found.start, found.end)] == [first, last]
    assert found["transp"] == "OPAQUE"


@pytest.mark.parametrize(("day", "offset"), [(date(2025, 3, 8), -5), (date(2025, 3, 9), -4), (date(2025, 11, 2), -5)])
def test_on_both_sides_of_a_clock_change_the_local_hour_stays(cast, day, offset):
    due = make_milestone(cast.cohort, "dst", MilestoneKind.REPORT, day, DueFrom.ENROLLMENT, ends_time=time(17))
    found = entry_of(cast.leader, due)
    assert found["dtend"].params["TZID"] == "America/New_York"
    assert (found.end.hour, found.end.utcoffset()) == (17, timedelta(hours=offset))


def test_only_a_date_to_come_may_still_change(cast):
    Milestone.objects.update(source="default")
    words = "This date may still change."
    assert words in entry_of(cast.leader, cast.baseline)["description"]
    with clock.at(NOW + timedelta(days=30)):
        assert words not in entry_of(cast.leader, cast.baseline)["description"]


# --- Names that stay ----------------------------------------------------------------------------------------------------


def test_a_date_that_moves_keeps_its_name_and_its_sequence_rises(cast):
    before = entry_of(cast.leader, cast.session)
    services.move_milestone(cast.session, starts_on=date(2024, 7, 18), ends_on=date(2024, 7, 19), by=cast.staff)
    after = entry_of(cast.leader, cast.session)
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert after["dtstart"].dt == date(2024, 7, 18)


def extend(cast, on, enrollment=None, milestone=None):
    return services.extend(
        enrollment or cast.enrollment, milestone or cast.baseline, ends_on=on, reason="Illness", by=cast.staff
    )


def test_more_time_moves_the_team_s_entry_under_its_name_and_again_and_again(cast):
    sequences = [entry_of(cast.leader, cast.baseline)["sequence"]]
    for day in (20, 25):
        extend(cast, date(2024, 7, day))
        found = entry_of(cast.leader, cast.baseline)
        assert found.end.replace(tzinfo=None) == datetime(2024, 7, day, 23, 59, 59)
        sequences.append(found["sequence"])
    services.move_milestone(cast.baseline, starts_on=date(2024, 7, 1), ends_on=date(2024, 7, 9), by=cast.staff)
    found = entry_of(cast.leader, cast.baseline)
    sequences.append(found["sequence"])
    assert found.end.day == 25
    assert sequences == sorted(set(sequences))
    assert entry_of(cast.stranger, cast.baseline).end.day == 9  # the other team's own date


def test_who_follows_several_teams_sees_the_later_date_of_one_beside_the_others(cast):
    Supporter.objects.create(enrollment=cast.other_enrollment, user=cast.coach, role="coach", since_on=date(2024, 6, 1))
    assert titles(cast.coach).count(BASELINE) == 1
    extend(cast, date(2024, 7, 20))
    found = {str(event["uid"]): event for event in entries(cast.coach)}
    own = found[f"{cast.baseline.public_id}.{cast.enrollment.public_id}@{HOST}"]
    assert own["summary"] == f"{BASELINE} ({cast.team.name})"
    assert (own.end.day, found[f"{cast.baseline.public_id}@{HOST}"].end.day) == (20, 10)
    extend(cast, date(2024, 7, 21), cast.other_enrollment)
    assert sorted(event.end.day for event in entries(cast.coach) if "baseline" in event["summary"]) == [20, 21]


def test_who_is_in_two_teams_of_a_cohort_finds_both_dates_under_two_names(cast):
    Member.objects.create(team=cast.other_team, user=cast.leader, role="core", joined_on=date(2024, 6, 1))
    extend(cast, date(2024, 7, 20), cast.other_enrollment)
    assert sorted(event.end.day for event in entries(cast.leader) if "baseline" in event["summary"]) == [10, 20]


def test_an_extension_does_not_move_what_is_held(cast):
    extend(cast, date(2024, 8, 1), milestone=cast.session)
    found = entry_of(cast.leader, cast.session)
    assert (found["dtstart"].dt, found["sequence"]) == (date(2024, 7, 11), 0)


def test_what_is_removed_vanishes(cast):
    feed = services.start_feed(cast.leader)
    assert cast.first_update.title in fetch(feed).text
    cast.first_update.delete()
    assert "Milestone update-1" not in fetch(feed).text


# --- Who is kept out ----------------------------------------------------------------------------------------------------


def test_who_leaves_the_team_finds_nothing_of_it_at_the_next_fetch(cast):
    feeds = [services.start_feed(cast.colleague), services.start_feed(cast.colleague, cast.cohort)]
    assert all("Milestone baseline" in fetch(feed).text for feed in feeds)
    member = Member.objects.get(team=cast.team, user=cast.colleague)
    end_membership(member, reason="Moved", by=cast.leader)
    for feed in feeds:
        answer = fetch(feed)
        assert answer.status_code == 200
        assert Calendar.from_ical(answer.content).events == []


def test_a_coach_who_no_longer_supports_the_team_finds_nothing_either(cast):
    feed = services.start_feed(cast.coach, cast.cohort)
    services.end_supporter(Supporter.objects.get(user=cast.coach), by=cast.staff)
    assert Calendar.from_ical(fetch(feed).content).events == []


def test_a_team_that_withdraws_has_no_dates(cast):
    feeds = [services.start_feed(person) for person in (cast.leader, cast.coach)]
    services.withdraw(cast.enrollment, reason="Too much", by=cast.staff)
    for feed in feeds:
        assert Calendar.from_ical(fetch(feed).content).events == []


def test_an_account_that_is_closed_has_no_calendar(cast):
    feed = services.start_feed(cast.leader)
    cast.leader.is_active = False
    cast.leader.save()
    assert fetch(feed).status_code == 404


def test_only_the_present_token_of_this_very_feed_opens_it(cast):
    feed, other = services.start_feed(cast.leader), services.start_feed(cast.coach)
    old = address(feed)
    foreign = links.token("calendar", other.pk, other.generation)
    for token in (foreign, links.token("invitation", feed.pk, 1), "x", "é", "0" * 43):
        wrong = reverse("programs:calendar_feed", args=[feed.public_id, token])
        assert Client().get(wrong).status_code == 404
    services.renew_feed(feed, by=cast.leader)
    assert Client().get(old).status_code == 404
    assert fetch(feed).status_code == 200
    services.stop_feed(feed, by=cast.leader)
    assert fetch(feed).status_code == 404


def test_an_address_that_was_stopped_never_comes_back(cast):
    feed = services.start_feed(cast.leader)
    old = address(feed)
    services.stop_feed(feed, by=cast.leader)
    again = services.start_feed(cast.leader)
    assert again.pk == feed.pk
    assert Client().get(old).status_code == 404
    assert fetch(again).status_code == 200


def test_two_presses_are_one_address_and_a_stale_page_is_told(cast):
    feed, stale = services.start_feed(cast.leader), services.start_feed(cast.leader)
    assert (feed.pk, feed.generation) == (stale.pk, stale.generation)
    services.renew_feed(feed, by=cast.leader)
    for late in (services.renew_feed, services.stop_feed):
        with pytest.raises(ChangedMeanwhile):
            late(stale, by=cast.leader)
    assert fetch(feed).status_code == 200


def test_what_happens_to_an_address_is_in_the_audit_trail(cast):
    feed = services.start_feed(cast.leader)
    services.renew_feed(feed, by=cast.leader)
    services.stop_feed(feed, by=cast.leader)
    verbs = AuditEntry.objects.filter(object_type="programs.calendarfeed").values_list("verb", flat=True)
    assert sorted(verbs) == ["calendar_feed.created", "calendar_feed.renewed", "calendar_feed.stopped"]


# --- On the wire --------------------------------------------------------------------------------------------------------


def test_a_fetch_writes_nothing_and_its_queries_do_not_grow(cast):
    feed = services.start_feed(cast.leader)

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert fetch(feed).status_code == 200
        assert [query["sql"] for query in found if not query["sql"].startswith("SELECT")] == []
        return len(found)

    one = queries()
    for number in (2, 3):
        make_milestone(cast.cohort, f"update-{number}", "update", date(2024, 9 + number, 30), "enrollment")
        extend(cast, date(2024, 10, number), milestone=cast.first_update)
    assert queries() == one


def test_the_answer_is_private_and_unchanged_while_nothing_changed(cast):
    feed = services.start_feed(cast.leader)
    answer = fetch(feed)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert answer["Referrer-Policy"] == "no-referrer"
    with clock.at(NOW + timedelta(days=3)):
        same = fetch(feed, if_none_match=answer["ETag"])
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", answer["ETag"])
    services.move_milestone(cast.session, starts_on=date(2024, 7, 18), ends_on=date(2024, 7, 19), by=cast.staff)
    assert fetch(feed, if_none_match=answer["ETag"]).status_code == 200


def test_the_token_does_not_reach_the_logs(cast, caplog):
    feed = services.start_feed(cast.leader)
    services.stop_feed(feed, by=cast.leader)
    caplog.handler.addFilter(HideTokens())
    assert fetch(feed).status_code == 404
    (line,) = [record.getMessage() for record in caplog.records if "/calendar/" in record.getMessage()]
    assert line.endswith(f"/calendar/{feed.public_id}/<token>.ics")


def test_the_log_of_the_product_hides_tokens(settings):
    console = settings.LOGGING["handlers"]["console"]
    assert console["filters"] == ["hide_tokens"]
    assert settings.LOGGING["filters"]["hide_tokens"] == {"()": "core.links.HideTokens"}


# --- The page -----------------------------------------------------------------------------------------------------------


def page(client):
    answer = client.get(reverse("programs:calendar"))
    assert answer.status_code == 200
    return answer


def offered(answer):
    return {row.title: row.feed is not None for row in answer.context["subscriptions"]}


def test_the_page_leads_from_nothing_to_an_address_and_back(cast, client):
    client.force_login(cast.leader)
    assert offered(page(client)) == {"All my dates": False, "Test cohort 2024": False}
    client.post(reverse("programs:calendar_start"), {"cohort": cast.cohort.code})
    feed = CalendarFeed.objects.get()
    assert (feed.user, feed.cohort) == (cast.leader, cast.cohort)
    answer = page(client)
    assert offered(answer) == {"All my dates": False, "Test cohort 2024": True}
    assert f'value="https://{HOST}{address(feed)}"' in answer.text
    assert f'href="webcal://{HOST}{address(feed)}"' in answer.text
    assert "no-store" in answer["Cache-Control"]
    (shown,) = [row for row in answer.context["subscriptions"] if row.feed]
    assert Client().get(urlparse(shown.address).path).status_code == 200
    client.post(reverse("programs:calendar_renew", args=[feed.public_id]))
    assert shown.address not in page(client).text
    assert Client().get(urlparse(shown.address).path).status_code == 404
    client.post(reverse("programs:calendar_stop", args=[feed.public_id]))
    assert offered(page(client)) == {"All my dates": False, "Test cohort 2024": False}
    answer = client.post(reverse("programs:calendar_stop", args=[feed.public_id]), follow=True)
    assert "changed a moment ago" in answer.text


def test_who_left_can_still_stop_the_address(cast, client):
    services.start_feed(cast.colleague, cast.cohort)
    end_membership(Member.objects.get(team=cast.team, user=cast.colleague), reason="Moved", by=cast.leader)
    client.force_login(cast.colleague)
    answer = page(client)
    assert offered(answer) == {"All my dates": False, "Test cohort 2024": True}
    assert "No date of this cohort concerns you any more." in answer.text


def test_a_cohort_that_is_not_theirs_cannot_be_asked_for(cast, client):
    client.force_login(cast.former)
    assert offered(page(client)) == {"All my dates": False}
    assert client.post(reverse("programs:calendar_start"), {"cohort": cast.cohort.code}).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_nobody_changes_the_address_of_somebody_else(cast, client, settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    feed = services.start_feed(cast.leader)
    for person in (cast.colleague, cast.staff):
        client.force_login(person)
        for verb in ("renew", "stop"):
            assert client.post(reverse(f"programs:calendar_{verb}", args=[feed.public_id])).status_code == 404
    feed.refresh_from_db()
    assert (feed.generation, feed.revoked_at) == (1, None)


def test_the_queries_of_the_page_do_not_grow_with_the_cohorts(cast, client):
    client.force_login(cast.leader)

    def queries():
        with CaptureQueriesContext(connection) as found:
            page(client)
        return len(found)

    services.start_feed(cast.leader, cast.cohort)
    queries()
    one = queries()
    for code in ("b", "c"):
        cohort = make_cohort(cast.program, code, title=code)
        make_enrollment(cohort, cast.team, cast.leader)
        services.start_feed(cast.leader, cohort)
    assert queries() == one
