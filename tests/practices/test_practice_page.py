"""The practice's page, its forms, and letting a colleague in."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from notifications.models import Message
from practices import services
from practices.models import Affiliation, Invitation, MemberRole, Practice, Site
from tests.conftest import NOW, make_user

FACTS = {"name": "Synthetic Oncology Practice", "city": "Testville", "region": "VA", "country": "US"}
SITE = {"name": "North", "city": "Anytown", "region": "", "country": ""}


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.STAFF_TWO_FACTORS_REQUIRED = False


@pytest.fixture
def let_in(cast):
    """Somebody of no team, whom the leader let in."""
    user = make_user("Aff Affiliated")
    return services.let_in(cast.practice, user, by=cast.leader)


@pytest.fixture
def writer(cast):
    """Of the larger team, and asked to write."""
    user = make_user("Will Writer")
    services.add_member(cast.team, user, MemberRole.LARGER, access="edit", by=cast.leader)
    return user


def of(name, practice_or_row):
    return reverse(f"practices:{name}", args=[practice_or_row.public_id])


def read(client, address):
    return client.get(address).content.decode()


def said(page):
    return [str(message) for message in page.context["messages"]]


PAGE = {
    **dict.fromkeys(("leader", "colleague", "helper", "writer", "affiliated", "staff"), 200),
    **dict.fromkeys(("former", "stranger", "coach", "reviewer", "leadership"), 404),
    **dict.fromkeys(("inactive", None), 302),
}
CHANGES = {
    **dict.fromkeys(("leader", "colleague", "writer", "staff"), 302),
    **dict.fromkeys(("helper", "affiliated"), 403),
    **dict.fromkeys(("former", "stranger", "coach", "reviewer", "leadership"), 404),
}


@pytest.fixture
def enter(cast, client, writer, let_in):
    people = vars(cast) | {"writer": writer, "affiliated": let_in.user}

    def sign_in(name):
        if name:
            client.force_login(people[name])

    return sign_in


@pytest.mark.parametrize(("name", "status"), PAGE.items())
def test_who_sees_it(cast, client, enter, name, status):
    enter(name)
    assert client.get(of("practice", cast.practice)).status_code == status


@pytest.mark.parametrize(("name", "status"), CHANGES.items())
@pytest.mark.parametrize("act", ["change", "add_site", "site", "remove_site", "let_in", "end", "revoke", "renew"])
def test_who_may_change_it(cast, client, enter, act, name, status):
    site = services.add_site(cast.practice, name="South", city="Anytown", by=cast.leader)
    other = services.let_in(cast.practice, make_user("Otto Other"), by=cast.leader)
    open_one = services.invite_to_practice(cast.practice, email="open@test.example", by=cast.leader)
    posts = {
        "change": (of("change", cast.practice), FACTS),
        "add_site": (of("add_site", cast.practice), SITE),
        "site": (of("site", site), SITE),
        "remove_site": (of("remove_site", site), {}),
        "let_in": (of("let_in", cast.practice), {"email": "new@test.example"}),
        "end": (of("end_affiliation", other), {}),
        "revoke": (of("revoke", open_one), {}),
        "renew": (of("renew", open_one), {}),
    }
    enter(name)
    assert client.post(*posts[act]).status_code == status


def test_readers_have_no_means_to_change(cast, client, enter):
    services.add_site(cast.practice, name="South", city="Anytown", by=cast.leader)
    services.invite_to_practice(cast.practice, email="open@test.example", by=cast.leader)
    enter("helper")
    page = read(client, of("practice", cast.practice))
    assert "South" in page and "Aff Affiliated" in page and "Team of Lena Leader" in page
    for word in ("open@test.example", "/change/", "/let-in/", "/end/", "/sites/"):
        assert word not in page


def test_whom_was_let_in_may_go(cast, client, enter, let_in):
    enter("affiliated")
    assert of("end_affiliation", let_in) in read(client, of("practice", cast.practice))
    assert client.post(of("end_affiliation", let_in)).url == reverse("home")
    assert client.get(of("practice", cast.practice)).status_code == 404
    assert client.post(of("end_affiliation", let_in)).status_code == 404


def test_teams_of_others_do_not_show(cast, client, enter):
    services.create_team(cast.practice, name="Their own", leader=make_user("Tess Two"), by=cast.staff)
    enter("leader")
    page = read(client, of("practice", cast.practice))
    assert "Team of Lena Leader" in page
    assert "Their own" not in page and "Tess Two" not in page


class TestFacts:
    def test_prefilled_as_of_then_and_changed_for_all(self, cast, client, enter):
        with clock.at(NOW - timedelta(days=10)):
            services.update_practice(cast.practice, by=cast.leader, oncologists=7)
        services.create_team(cast.practice, name="Second", leader=make_user("Tess Two"), by=cast.staff)
        enter("leader")
        page = read(client, of("change", cast.practice))
        assert "June 21, 2024" in page and "all 2 teams of the practice" in page
        assert re.search(r'name="oncologists" value="7"', page)
        reply = client.post(
            of("change", cast.practice), FACTS | {"street": "1 Main St", "oncologists": "8"}, follow=True
        )
        assert said(reply) == ["The facts of the practice are saved."]
        assert "1 Main St" in reply.content.decode()

    def test_two_at_once_lose_no_word(self, cast, client, enter):
        enter("leader")
        seen = re.search(r'name="seen" value="([^"]+)"', read(client, of("change", cast.practice))).group(1)
        with clock.at(NOW + timedelta(minutes=1)):
            services.update_practice(cast.practice, by=cast.colleague, city="Colleague City", oncologists=5)
        mine = FACTS | {"city": "Leader City", "oncologists": "5", "seen": seen}
        page = client.post(of("change", cast.practice), mine)
        text = page.content.decode()
        assert "Somebody else changed these facts" in text
        assert [(fact.label, fact.value) for fact in page.context["theirs"]] == [("City", "Colleague City")]
        assert 'value="Leader City"' in text
        assert Practice.objects.get(pk=cast.practice.pk).city == "Colleague City"
        again = re.search(r'name="seen" value="([^"]+)"', text).group(1)
        assert client.post(of("change", cast.practice), mine | {"seen": again}).status_code == 302
        assert Practice.objects.get(pk=cast.practice.pk).city == "Leader City"

    def test_what_is_wrong_stands_at_the_field(self, cast, client, enter):
        enter("leader")
        page = client.post(of("change", cast.practice), FACTS | {"name": "", "underserved_percent": "101"})
        assert set(page.context["form"].errors) == {"name", "underserved_percent"}
        assert 'class="error-summary' in page.content.decode()


class TestSites:
    def test_added_changed_and_removed(self, cast, client, enter):
        enter("colleague")
        page = client.post(of("add_site", cast.practice), SITE | {"country": "CA"}, follow=True)
        assert said(page) == ["North is added."]
        assert "Anytown, Canada" in page.content.decode()
        site = Site.objects.get()
        assert 'value="North"' in read(client, of("site", site))
        assert said(client.post(of("site", site), SITE | {"city": "Elsewhere"}, follow=True)) == ["North is saved."]
        assert said(client.post(of("remove_site", site), follow=True)) == ["North is removed."]
        assert not Site.objects.exists()
        assert client.get(of("site", site)).status_code == 404

    def test_a_second_of_that_name_is_told_at_the_field(self, cast, client, enter):
        services.add_site(cast.practice, name="North", city="Anytown", by=cast.leader)
        second = services.add_site(cast.practice, name="South", city="Anytown", by=cast.leader)
        enter("leader")
        for address in (of("add_site", cast.practice), of("site", second)):
            assert list(client.post(address, SITE).context["form"].errors) == ["name"]
        assert Site.objects.count() == 2

    def test_a_strangers_site_is_not_found(self, cast, client, enter):
        site = services.add_site(cast.other_team.practice, name="North", city="Anytown", by=cast.stranger)
        enter("leader")
        for address in (of("site", site), of("remove_site", site)):
            assert client.post(address, SITE).status_code == 404


class TestLettingIn:
    def test_the_whole_way(self, cast, client, path_of, letters=None):
        client.force_login(cast.leader)
        page = client.post(of("let_in", cast.practice), {"email": "new@test.example"}, follow=True)
        assert said(page) == ["The invitation to new@test.example is on its way."]
        assert "new@test.example" in page.content.decode()
        mail = Message.objects.get()
        assert mail.subject == "Lena Leader invites you to apply for Synthetic Oncology Practice"
        assert (mail.template, mail.context["practice"]) == ("let-in", "Synthetic Oncology Practice")

        link, user = path_of(Invitation.objects.get()), make_user("New")
        scanner, invited = Client(), Client()
        for ask in (scanner.get, scanner.head, scanner.post, scanner.get):
            assert ask(link).status_code == 200
        invited.force_login(user)
        assert "Apply for Synthetic Oncology Practice" in read(invited, link)
        assert not Affiliation.objects.exists()
        welcome = invited.post(link, follow=True)
        assert said(welcome) == ["You may now apply for Synthetic Oncology Practice."]
        assert welcome.redirect_chain == [(of("practice", cast.practice), 302)]
        assert Affiliation.objects.get().let_in_by == cast.leader
        assert "You may apply for this practice already." in read(invited, link)
        assert scanner.get(link).status_code == 410

    @pytest.mark.parametrize("email", ["nobody@test.example", "stan.stranger@test.example", "hal.helper@test.example"])
    def test_it_reads_the_same_whether_there_is_an_account_or_not(self, cast, client, email):
        """Or whether that account may apply for the practice already."""
        client.force_login(cast.leader)
        page = client.post(of("let_in", cast.practice), {"email": email}, follow=True)
        assert said(page) == [f"The invitation to {email} is on its way."]
        (place,) = page.context["invitations"]
        assert (place.invitation.email, place.has_expired) == (email, False)

    def test_the_page_is_the_same_to_the_letter(self, cast, client):
        client.force_login(cast.leader)
        pages = []
        for email in ("nobody@test.example", "stan.stranger@test.example"):
            page = client.post(of("let_in", cast.practice), {"email": email}, follow=True).content.decode()
            invitation = Invitation.objects.latest("pk")
            pages.append(neutral(page).replace(str(invitation.public_id), "ID").replace(email, "EMAIL"))
            invitation.delete()
        # One act stands in the history already when the second page is made.
        histories = [re.sub(r'<section class="history.*?</section>', "", page, flags=re.S) for page in pages]
        assert histories[0] == histories[1]

    def test_twice_is_told(self, cast, client):
        client.force_login(cast.leader)
        for _ in range(2):
            page = client.post(of("let_in", cast.practice), {"email": "new@test.example"}, follow=True)
        assert list(page.context["form"].errors) == ["email"]
        assert Message.objects.count() == 1

    def test_taken_back_and_sent_again_from_the_page(self, cast, client, path_of):
        invitation = services.invite_to_practice(cast.practice, email="new@test.example", by=cast.leader)
        before = path_of(invitation)
        client.force_login(cast.colleague)
        assert client.post(of("renew", invitation)).url == of("practice", cast.practice)
        assert Client().get(before).status_code == 404
        assert client.post(of("revoke", invitation)).url == of("practice", cast.practice)
        invitation.refresh_from_db()
        assert Client().get(path_of(invitation)).status_code == 410

    def test_after_thirty_days_it_is_over(self, cast, path_of):
        invitation = services.invite_to_practice(cast.practice, email="new@test.example", by=cast.leader)
        with clock.at(NOW + timedelta(days=30)):
            assert Client().get(path_of(invitation)).status_code == 410

    def test_of_a_practice_merged_meanwhile_it_leads_to_the_kept_one(self, cast, client, path_of):
        gone = cast.other_team.practice
        invitation = services.invite_to_practice(gone, email="new@test.example", by=cast.stranger)
        services.merge(cast.practice, gone, by=cast.staff)
        user = make_user("New")
        client.force_login(user)
        assert client.post(path_of(invitation)).url == of("practice", cast.practice)
        assert Affiliation.objects.get().practice == cast.practice


def neutral(page):
    """Without what differs on every request: the token against forged requests, and the policy's nonce."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    return re.sub(r'nonce="[^"]+"', "", page)


class TestMerged:
    def test_its_address_leads_on_for_who_may_see_the_kept_one(self, cast, client):
        gone = cast.other_team.practice
        services.merge(cast.practice, gone, by=cast.staff)
        for name, status in {"leader": 302, "stranger": 302, "staff": 302, "coach": 404, "former": 404}.items():
            client.force_login(getattr(cast, name))
            reply = client.get(of("practice", gone))
            assert reply.status_code == status, name
            if status == 302:
                assert reply.url == of("practice", cast.practice)

    def test_nothing_of_it_is_changed(self, cast, client):
        gone = cast.other_team.practice
        services.merge(cast.practice, gone, by=cast.staff)
        for name, status in {"stranger": 404, "staff": 403}.items():
            client.force_login(getattr(cast, name))
            assert client.post(of("change", gone), FACTS).status_code == status

    @pytest.mark.parametrize("page", ["practice", "team"])
    def test_applicants_read_nothing_of_it(self, cast, client, page):
        services.merge(cast.practice, cast.other_team.practice, by=cast.staff)
        address = of("practice", cast.practice) if page == "practice" else of("team", cast.team)
        client.force_login(cast.leader)
        assert "merged" not in read(client, address)
        client.force_login(cast.staff)
        assert "merged another entry of the practice into this one" in read(client, address)


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_costs_the_same_for_many(cast, client, django_assert_num_queries, many):
    for number in range(many):
        services.add_site(cast.practice, name=f"Site {number}", city="Anytown", by=cast.leader)
        services.let_in(cast.practice, make_user(f"Let {number}"), by=cast.leader)
        services.invite_to_practice(cast.practice, email=f"open{number}@test.example", by=cast.leader)
        services.create_team(cast.practice, name=f"Team {number}", leader=cast.leader, by=cast.leader)
    client.force_login(cast.leader)
    client.get(of("practice", cast.practice))  # the first page of a session writes when it was
    # session, user; merged, practice, may edit, invitations, sites, teams, let in;
    # history: affiliations, invitations, acts, their people, who was staff then
    with django_assert_num_queries(14):
        client.get(of("practice", cast.practice))
