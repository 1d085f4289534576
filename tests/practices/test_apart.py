"""Two entries that look alike are two practices: staff say so, it stays so while the facts do, and it can be taken back."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.models import AuditEntry
from practices import selectors, services
from practices.models import ToldApart
from practices.services import PracticeRefused
from tests.practices.test_duplicates import FACTS, enter, found

WHY = "Two hospitals of one health system; asked both."


@pytest.fixture
def two(cast):
    return services.create_practice(by=cast.staff, **FACTS), enter(name="The Mercy Clinic", city="Elsewhere")


@pytest.fixture
def told(two, cast):
    return services.tell_apart(*two, reason=f"  {WHY} ", by=cast.staff)


class TestTelling:
    def test_they_are_shown_no_more_from_either_side(self, two, told, cast):
        assert [found(one) for one in two] == [{}, {}]
        assert selectors.with_likely_duplicates() == set()
        assert (told.reason, told.told_by, told.first_id < told.second_id) == (WHY, cast.staff, True)
        assert AuditEntry.objects.filter(verb="practice.told_apart").count() == 2

    def test_the_other_way_round_is_the_same_pair(self, two, told, cast):
        with pytest.raises(PracticeRefused, match="already"):
            services.tell_apart(*reversed(two), reason=WHY, by=cast.staff)

    def test_a_third_entry_is_still_shown(self, two, told):
        third = enter(name="Mercy Clinic")
        assert list(found(two[0])) == [third.name]
        assert selectors.with_likely_duplicates() == {*(one.pk for one in two), third.pk}

    def test_so_is_a_similar_name_in_the_same_city(self, cast):
        one, other = (enter(name=name, city="Anytown") for name in ("Mercy Clinic North", "Mercy Clinics North"))
        services.tell_apart(one, other, reason=WHY, by=cast.staff)
        assert selectors.with_likely_duplicates() == set()
        third = enter(name="Mercy Clinic Norths", city="Anytown")
        assert selectors.with_likely_duplicates() == {one.pk, other.pk, third.pk}

    @pytest.mark.parametrize("reason", ["", "   "])
    def test_without_a_reason_it_is_refused(self, two, cast, reason):
        with pytest.raises(PracticeRefused, match="how you know"):
            services.tell_apart(*two, reason=reason, by=cast.staff)

    def test_nor_one_with_itself_or_with_a_merged_one(self, two, cast):
        with pytest.raises(PracticeRefused, match="one and the same"):
            services.tell_apart(two[0], two[0], reason=WHY, by=cast.staff)
        services.merge(*two, by=cast.staff)
        with pytest.raises(PracticeRefused, match="merged into"):
            services.tell_apart(*two, reason=WHY, by=cast.staff)

    def test_a_merge_ends_it(self, two, told, cast):
        services.merge(*two, by=cast.staff)
        told.refresh_from_db()
        assert (told.ended_at is not None, told.ended_by) == (True, cast.staff)


class TestHowLong:
    @pytest.mark.parametrize(
        "facts", [{"name": "Mercy Clinic of Anytown"}, {"street": "9 High St"}, {"domain": "mercy.com"}]
    )
    @pytest.mark.parametrize("which", [0, 1])
    def test_until_a_fact_changes(self, two, told, cast, which, facts):
        services.update_practice(two[which], by=cast.staff, **facts)
        assert [one.holds for one in selectors.told_apart(two[0])] == [False]
        shown = selectors.with_likely_duplicates()
        assert shown == ({one.pk for one in two} if "name" not in facts else set())

    def test_not_when_something_else_of_it_does(self, two, told, cast):
        services.update_practice(two[0], by=cast.staff, oncologists=12, health_system="Mercy Health")
        services.add_site(two[0], name="North", city="Anytown", by=cast.staff)
        assert [one.holds for one in selectors.told_apart(two[1])] == [True]
        assert found(two[0]) == {}

    def test_then_it_can_be_said_again(self, two, told, cast):
        services.update_practice(two[0], by=cast.staff, street="9 High St")
        again = services.tell_apart(*two, reason="Still two.", by=cast.staff)
        told.refresh_from_db()
        assert told.ended_at == again.told_at
        assert [(one.row, one.holds) for one in selectors.told_apart(two[0])] == [(again, True)]

    def test_or_until_it_is_taken_back_once(self, two, told, cast):
        services.take_back(told, by=cast.staff)
        assert selectors.told_apart(two[0]) == []
        assert list(found(two[0])) == [two[1].name]
        with pytest.raises(PracticeRefused, match="already"):
            services.take_back(told, by=cast.staff)
        assert AuditEntry.objects.filter(verb="practice.apart_taken_back").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        lambda told: {"first": told.second, "second": told.first},
        lambda told: {"reason": ""},
        lambda told: {"ended_at": told.told_at},
        lambda told: {"ended_at": told.told_at.replace(year=2000), "ended_by": told.told_by},
    ],
    ids=["the wrong way round", "no reason", "ended by nobody", "ended before"],
)
def test_the_table_refuses(told, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        ToldApart.objects.filter(pk=told.pk).update(**wrong(told))


def test_the_table_refuses_a_second_row(told):
    told.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        told.save(force_insert=True)


class TestPages:
    @pytest.fixture
    def staff(self, client, cast, settings):
        settings.STAFF_TWO_FACTORS_REQUIRED = False
        client.force_login(cast.staff)
        return client

    @pytest.fixture
    def page(self, two):
        def address(name: str) -> str:
            return reverse(f"admin:practices_practice_{name}", args=[two[0].pk])

        return address

    def test_saying_it_and_taking_it_back(self, staff, two, page, cast):
        likely = staff.get(page("duplicates")).content.decode()
        assert f"{page('apart')}?with={two[1].pk}" in likely
        here = f"{page('apart')}?with={two[1].pk}"
        assert "How do you know" in staff.get(here).content.decode()
        assert "Say in a few words" in staff.post(here, {"reason": " "}).content.decode()
        done = staff.post(here, {"reason": WHY}, follow=True).content.decode()
        assert "are two practices" in done and WHY in done and cast.staff.name in done
        told = ToldApart.objects.get()
        back = staff.post(page("apart_back"), {"told": told.pk}, follow=True).content.decode()
        assert "Taken back" in back and WHY not in back
        again = staff.post(page("apart_back"), {"told": told.pk}, follow=True).content.decode()
        assert "already" in again

    def test_too_long_a_reason_stays_in_the_field(self, staff, two, page):
        long = "x" * 301
        assert long in staff.post(f"{page('apart')}?with={two[1].pk}", {"reason": long}).content.decode()

    @pytest.mark.parametrize("query", ["", "?with=", "?with=0", "?with=x", "?with=9999999999999999999999"])
    def test_with_nobody_it_leads_back(self, staff, page, query):
        assert staff.get(page("apart") + query)["Location"] == page("duplicates")

    def test_what_is_no_longer_so_is_said(self, staff, two, told, page, cast):
        services.update_practice(two[1], by=cast.staff, street="9 High St")
        assert "Look again" in staff.get(page("duplicates")).content.decode()

    @pytest.mark.parametrize("told", ["", "x", "-1", "99999999999999999999"])
    def test_a_forged_number_is_nothing(self, staff, page, told):
        assert "already" in staff.post(page("apart_back"), {"told": told}, follow=True).content.decode()

    def test_nobody_else_gets_there(self, client, cast, two, page):
        client.force_login(cast.leader)
        assert client.post(f"{page('apart')}?with={two[1].pk}", {"reason": WHY}).status_code in (302, 403)
        assert not ToldApart.objects.exists()

    @pytest.mark.parametrize("count", [1, 3])
    def test_as_many_queries_for_many(self, staff, two, page, cast, count, django_assert_max_num_queries):
        for number in range(count):
            services.tell_apart(two[0], enter(name="Mercy Clinic"), reason=f"Reason {number}", by=cast.staff)
        with django_assert_max_num_queries(16):
            staff.get(page("duplicates"))
