"""A practice is entered once and reused; an applicant never learns which others there are."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from applications.models import Application
from applications.services import start_application, submit, withdraw
from core import clock
from practices import services
from practices.models import MemberRole, Practice
from tests.applications.conftest import APRIL
from tests.conftest import make_user

WORDS = {"name": "Mercy Clinic", "city": "Anytown", "region": "VA", "country": "US", "team_name": "Rapid Access"}
FACTS = {"name": "Synthetic Oncology Practice", "city": "Testville", "region": "VA", "country": "US"}


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def url(page, application):
    return reverse(f"applications:{page}", args=[application.public_id])


def neutral(page):
    """A page without what is new on every request: row names, the token against forged requests, the policy's nonce."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.content.decode())
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)
    return re.sub(r'nonce="[^"]+"', "", text)


class TestNoHint:
    def pages(self, call, person, words):
        """Every page from the start form to the practice's own, as one person gets them; nothing of it stays."""
        start = reverse("calls:start", args=[call.cohort.code])
        with transaction.atomic():
            client = client_of(person)
            pages = [
                client.get(start),
                client.post(start, words | {"team_name": ""}),
                client.post(start, words, follow=True),
            ]
            application = Application.objects.latest("pk")
            practice = application.enrollment.team.practice
            pages += [
                client.get(url("practice", application)),
                client.post(
                    url("practice", application), words | {"street": "1 Main St", "postal_code": "12345"}, follow=True
                ),
                client.get(reverse("practices:practice", args=[practice.public_id])),
                client.get(reverse("practices:change", args=[practice.public_id])),
            ]
            transaction.set_rollback(True)
        assert [page.status_code for page in pages] == [200] * 7
        assert practice.name == words["name"]
        return [neutral(page) for page in pages]

    def test_the_pages_are_the_same_to_the_byte_whether_it_exists_or_not(self, cast, call):
        person = make_user("Nell Newcomer")
        before = self.pages(call, person, WORDS)
        there = services.create_practice(
            name="Mercy Clinic", city="Anytown", region="VA", street="1 Main St", postal_code="12345", by=cast.stranger
        )
        services.let_in(there, cast.stranger, by=cast.staff)
        assert self.pages(call, person, WORDS) == before
        assert services.create_practice(name="Mercy Clinic", city="Anytown", by=person) != there

    def test_the_twin_a_page_that_tells_is_found(self, cast, call):
        """The same walk by somebody whom the existing practice let in reads otherwise."""
        person = make_user("Nell Newcomer")
        before = self.pages(call, person, WORDS)
        there = services.create_practice(name="Mercy Clinic", city="Anytown", by=cast.stranger)
        services.let_in(there, person, by=cast.staff)
        assert self.pages(call, person, WORDS) != before

    def test_the_typed_one_is_a_practice_of_its_own(self, cast, call):
        there = services.create_practice(name="Mercy Clinic", city="Anytown", by=cast.stranger)
        client_of(person := make_user("Nell Newcomer")).post(reverse("calls:start", args=[call.cohort.code]), WORDS)
        own = Practice.objects.get(teams__members__user=person)
        assert own != there
        assert list(Practice.objects.visible_to(person)) == [own]

    def test_naming_a_strangers_practice_by_its_key_is_refused(self, cast, call):
        theirs = cast.other_team.practice
        page = client_of(cast.leader).post(
            reverse("calls:start", args=[call.cohort.code]), {"practice": str(theirs.public_id), "team_name": "X"}
        )
        assert list(page.context["form"].errors) == ["practice"]
        assert theirs.name not in page.content.decode()


class TestEnteredOnce:
    def test_whom_somebody_let_in_chooses_it_with_its_facts(self, cast, call):
        with clock.at(APRIL - timedelta(days=3)):
            services.update_practice(cast.practice, by=cast.leader, oncologists=7)
        person = make_user("Nell Newcomer")
        services.let_in(cast.practice, person, by=cast.leader)
        client, start = client_of(person), reverse("calls:start", args=[call.cohort.code])
        assert (
            "Synthetic Oncology Practice, Testville (facts as of April 7, 2024)" in client.get(start).content.decode()
        )
        client.post(start, {"practice": str(cast.practice.public_id), "team_name": "Second team"})
        application = Application.objects.get()
        assert application.enrollment.team.practice == cast.practice
        page = client.get(url("practice", application)).content.decode()
        assert 'name="oncologists" value="7"' in page and "April 7, 2024" in page
        assert "all 2 teams of the practice" in page

    def test_a_change_is_for_all_and_not_for_what_was_sent(self, complete):
        services.add_site(complete.practice, name="North", city="Anytown", country="CA", by=complete.leader)
        services.update_practice(complete.practice, by=complete.leader, street="1 Main St", postal_code="12345")
        submit(complete.application, by=complete.leader, arrived_at=APRIL)
        sent = Application.objects.get().submission.sealed["practice"]
        assert (sent["street"], sent["postal_code"], sent["oncologists"]) == ("1 Main St", "12345", 6)
        assert sent["sites"] == [{"name": "North", "city": "Anytown", "region": "", "country": "CA"}]
        services.update_practice(complete.practice, by=complete.leader, street="2 Main St")
        services.remove_site(complete.practice.sites.get(), by=complete.leader)
        assert Application.objects.get().submission.sealed["practice"] == sent

    def test_a_site_without_a_country_has_the_practices(self, complete):
        services.add_site(complete.practice, name="North", city="Anytown", by=complete.leader)
        submit(complete.application, by=complete.leader, arrived_at=APRIL)
        assert Application.objects.get().submission.sealed["practice"]["sites"][0]["country"] == "US"

    def test_two_who_change_the_facts_at_once(self, draft):
        leader, page = client_of(draft.leader), url("practice", draft.application)
        seen = re.search(r'name="seen" value="([^"]+)"', leader.get(page).content.decode()).group(1)
        with clock.at(APRIL + timedelta(minutes=1)):
            client_of(draft.colleague).post(page, FACTS | {"city": "Colleague City", "seen": seen})
            told = leader.post(page, FACTS | {"city": "Leader City", "seen": seen})
        text = told.content.decode()
        assert "Somebody else changed these facts" in text and "Colleague City" in text and "Leader City" in text
        assert Practice.objects.get(pk=draft.practice.pk).city == "Colleague City"
        again = re.search(r'name="seen" value="([^"]+)"', text).group(1)
        assert leader.post(page, FACTS | {"city": "Leader City", "seen": again}).url == url("detail", draft.application)
        assert Practice.objects.get(pk=draft.practice.pk).city == "Leader City"


class TestMerged:
    def test_an_application_goes_on_with_the_kept_practice(self, draft):
        kept = draft.other_team.practice
        services.merge(kept, draft.practice, by=draft.staff)
        page = client_of(draft.leader).post(
            url("practice", draft.application), FACTS | {"name": "Kept", "city": "Here"}
        )
        assert page.url == url("detail", draft.application)
        assert Practice.objects.get(pk=kept.pk).name == "Kept"

    def test_who_chose_it_a_moment_before_applies_with_the_kept_one(self, cast, call):
        gone = Practice.objects.get(pk=cast.practice.pk)
        services.merge(cast.other_team.practice, cast.practice, by=cast.staff)
        application = start_application(call, practice=gone, team_name="X", leader=cast.coach, by=cast.coach)
        assert application.enrollment.team.practice == cast.other_team.practice

    def test_a_person_who_wrote_for_the_team_may_edit_the_practice(self, draft):
        withdraw(draft.application, by=draft.leader)
        person = make_user("Will Writer")
        change = reverse("practices:change", args=[draft.practice.public_id])
        services.add_member(draft.team, person, MemberRole.LARGER, access="edit", by=draft.leader)
        assert client_of(person).get(change).status_code == 200
        assert client_of(draft.helper).get(change).status_code == 403


@pytest.mark.parametrize("many", [1, 3])
def test_the_practice_page_costs_the_same_for_many_sites(draft, django_assert_max_num_queries, many):
    for number in range(many):
        services.add_site(draft.practice, name=f"Site {number}", city="Anytown", by=draft.leader)
    client = client_of(draft.leader)
    client.get(url("practice", draft.application))
    with django_assert_max_num_queries(10):
        client.get(url("practice", draft.application))
