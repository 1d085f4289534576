"""A local time that does not exist, or that comes twice: refused on the page, with both neighbours to choose from."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from programs import timeline
from programs.forms import ExtensionForm, MilestoneForm
from programs.models import Extension, Milestone

INLINE = {"reminders-TOTAL_FORMS": 0, "reminders-INITIAL_FORMS": 0}
# Zone, what is typed, and the nearest moments that come once.
TYPED = [
    ("America/New_York", "2025-03-09T02:30", "2025-03-09T01:59", "2025-03-09T03:00"),
    ("America/New_York", "2025-11-02T01:30", "2025-11-02T00:59", "2025-11-02T02:00"),
    ("Australia/Lord_Howe", "2024-10-06T02:15", "2024-10-06T01:59", "2024-10-06T02:30"),
    ("Australia/Lord_Howe", "2024-04-07T01:45", "2024-04-07T01:29", "2024-04-07T02:00"),
    ("Africa/Cairo", "2024-04-26T00:30", "2024-04-25T23:59", "2024-04-26T01:00"),
    ("Africa/Cairo", "2024-10-31T23:30", "2024-10-31T22:59", "2024-11-01T00:00"),
]


@pytest.fixture
def page(staff, cast):
    return reverse("admin:programs_milestone_change", args=[cast.session.pk])


def typed_in(zone, moment, **values):
    """The form of a milestone in ``zone`` that is to end at ``moment``."""
    at = datetime.fromisoformat(moment)
    data = {"starts_on": "2024-01-01", "ends_on": f"{at:%Y-%m-%d}", "ends_time": f"{at:%H:%M}", **values}
    return MilestoneForm(data, instance=Milestone(zone=ZoneInfo(zone)))


def save(client, page, values):
    """Post what was typed, and again from the page that says first whom the move writes to; the last answer's status."""
    answer = client.post(page, values)
    if answer.context and "seen" in answer.context:
        answer = client.post(page, dict(answer.context["kept"]) | {"seen": answer.context["seen"]})
    return answer.status_code


def offered(form, name="ends_time"):
    return [offer.local for offer in form.fields[name].widget.offers]


@pytest.mark.parametrize(("zone", "typed", "before", "after"), TYPED)
def test_both_neighbors_are_offered_and_come_once(db, zone, typed, before, after):
    form = typed_in(zone, typed)
    assert not form.is_valid()
    neighbors = [datetime.fromisoformat(before), datetime.fromisoformat(after)]
    assert offered(form) == neighbors
    assert "Choose one of the two times below" in form.errors["ends_time"][0]
    for local in neighbors:
        timeline.check_local(local.date(), local.time(), ZoneInfo(zone))


@pytest.mark.parametrize("choice", ["2025-03-09T01:59:00", "2025-03-09T03:00:00"])
def test_what_is_chosen_takes_the_place_of_what_was_typed(staff, cast, page, choice):
    typed = {"starts_on": "2025-03-08", "ends_on": "2025-03-09", "ends_time": "02:30", **INLINE}
    answer = staff.post(page, typed)
    text = answer.content.decode()
    assert "2:30 AM is skipped by the clocks on March 9, 2025 (Eastern)." in text
    assert f'name="ends_time-instead" value="{choice}"' in text
    assert 'name="ends_time" value="02:30"' in text
    assert 'name="starts_on" value="2025-03-08"' in text
    cast.session.refresh_from_db()
    assert cast.session.version == 1
    assert save(staff, page, typed | {"ends_time-instead": choice}) == 302
    cast.session.refresh_from_db()
    assert (cast.session.ends_on, cast.session.ends_time) == (date(2025, 3, 9), time.fromisoformat(choice[11:]))
    assert (cast.session.starts_on, cast.session.version) == (date(2025, 3, 8), 2)


def test_a_neighbor_on_the_day_before_takes_its_day_along(staff, cast, page):
    Milestone.objects.filter(pk=cast.session.pk).update(zone=ZoneInfo("Africa/Cairo"))
    typed = {"starts_on": "2024-04-01", "ends_on": "2024-04-26", "ends_time": "00:30", **INLINE}
    text = staff.post(page, typed).content.decode()
    assert "April 25, 2024, 11:59 PM</label>" in text
    assert "> 1:00 AM</label>" in text
    assert save(staff, page, typed | {"ends_time-instead": "2024-04-25T23:59:00"}) == 302
    cast.session.refresh_from_db()
    assert (cast.session.ends_on, cast.session.ends_time) == (date(2024, 4, 25), time(23, 59))


def test_both_ends_of_a_milestone_are_asked_about(staff, page):
    typed = {"starts_on": "2025-03-09", "starts_time": "02:10", "ends_on": "2025-11-02", "ends_time": "01:30", **INLINE}
    form = staff.post(page, typed).context["adminform"].form
    assert sorted(form.errors) == ["ends_time", "starts_time"]
    one = staff.post(page, typed | {"ends_time-instead": "2025-11-02T02:00:00"}).context["adminform"].form
    assert sorted(one.errors) == ["starts_time"]
    assert [offer.is_chosen for offer in one.fields["ends_time"].widget.offers] == [False, True]


@pytest.mark.parametrize("choice", ["2025-03-09T02:30:00", "2025-03-09T12:00:00", "nonsense", ""])
def test_nothing_but_a_neighbor_can_be_chosen(db, choice):
    assert not typed_in("America/New_York", "2025-03-09T02:30", **{"ends_time-instead": choice}).is_valid()


def test_a_choice_does_not_change_a_time_that_exists(staff, cast, page):
    typed = {"starts_on": "2025-03-08", "ends_on": "2025-03-09", "ends_time": "04:15", **INLINE}
    assert save(staff, page, typed | {"ends_time-instead": "2025-03-09T01:59:00"}) == 302
    cast.session.refresh_from_db()
    assert cast.session.ends_time == time(4, 15)


def test_an_extension_offers_them_and_keeps_the_reason(staff, cast):
    page = reverse("admin:programs_extension_add")
    typed = {
        "milestone": cast.first_update.pk,
        "enrollment": cast.enrollment.pk,
        "ends_on": "2024-11-03",
        "ends_time": "01:30",
        "reason": "A flood in the clinic",
    }
    text = staff.post(page, typed).content.decode()
    assert "1:30 AM comes twice, because the clocks go back on November 3, 2024 (Eastern)." in text
    assert 'value="A flood in the clinic"' in text or ">A flood in the clinic<" in text
    assert 'value="2024-11-03T00:59:00"' in text
    assert staff.post(page, typed | {"ends_time-instead": "2024-11-03T02:00:00"}).status_code == 302
    extension = Extension.objects.get()
    assert (extension.ends_on, extension.ends_time) == (date(2024, 11, 3), time(2))


def test_a_whole_day_and_a_form_without_a_milestone_ask_nothing(cast):
    data = {"enrollment": cast.enrollment.pk, "ends_on": "2025-03-09", "ends_time": "02:30", "reason": "Illness"}
    form = ExtensionForm(data)
    assert sorted(form.errors) == ["milestone"]
    whole = ExtensionForm(data | {"milestone": cast.first_update.pk, "ends_time": ""})
    assert whole.is_valid()
    assert offered(whole) == []
