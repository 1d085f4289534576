"""Which entries staff are told may be one practice, and why."""

import pytest

from practices import selectors, services
from practices.models import Member, MemberRole
from practices.selectors import Reason
from tests.conftest import make_team, make_user

FACTS = {
    "name": "Mercy Clinic",
    "street": "1 Main St",
    "postal_code": "12345",
    "city": "Anytown",
    "domain": "mercy.org",
}


@pytest.fixture
def practice(cast):
    return services.create_practice(by=cast.staff, **FACTS)


def enter(**facts):
    return services.create_practice(by=None, **{"name": "Quite Another", "city": "Elsewhere"} | facts)


def found(practice):
    return {one.practice.name: one.reasons for one in selectors.likely_duplicates(practice)}


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({"name": "The Mercy Clinic, Inc."}, (Reason.NAME,)),
        ({"street": "1 Main Street", "postal_code": "12345-0001"}, (Reason.ADDRESS,)),
        ({"street": "1 Main Street"}, ()),
        ({"domain": "https://www.mercy.org/"}, (Reason.DOMAIN,)),
        ({"name": "Mercy Clinics", "city": "ANYTOWN"}, (Reason.ALIKE,)),
        ({"name": "Mercy Clinics"}, ()),
        ({"name": "Mercy Clinics", "city": "Anytown", "country": "CA"}, ()),
        ({"city": "Anytown"}, ()),
        (FACTS, (Reason.NAME, Reason.ADDRESS, Reason.DOMAIN)),
        ({}, ()),
    ],
)
def test_reasons(practice, facts, reasons):
    other = enter(**facts)
    assert found(practice) == ({other.name: reasons} if reasons else {})
    assert [one.reasons for one in selectors.likely_duplicates(other)] == ([reasons] if reasons else [])
    assert selectors.with_likely_duplicates() == ({practice.pk, other.pk} if reasons else set())


class TestDomainsOfPeople:
    def test_a_members_address(self, practice):
        other = enter()
        team = make_team(other, make_user("Pat", email="pat@MERCY.org"))
        assert found(practice) == {other.name: (Reason.DOMAIN,)}
        assert selectors.with_likely_duplicates() == {practice.pk, other.pk}
        Member.objects.filter(team=team).update(left_on=team.created_at.date())
        assert found(practice) == {}
        assert selectors.with_likely_duplicates() == set()

    def test_people_of_both(self, cast, practice):
        other = enter()
        services.let_in(practice, make_user("Pat", email="pat@health.org"), by=cast.staff)
        affiliation = services.let_in(other, make_user("Kim", email="kim@health.org"), by=cast.staff)
        assert found(practice) == {other.name: (Reason.DOMAIN,)}
        assert found(other) == {practice.name: (Reason.DOMAIN,)}
        assert selectors.with_likely_duplicates() == {practice.pk, other.pk}
        services.end_affiliation(affiliation, by=cast.staff)
        assert found(practice) == {}

    @pytest.mark.parametrize("domain", ["gmail.com", "yahoo.com", "test.example"])
    def test_public_mail_says_nothing(self, cast, practice, domain):
        other = enter(domain=domain)
        for number, one in enumerate((practice, other)):
            make_team(one, make_user(f"Pat {number}", email=f"pat{number}@{domain}"))
        assert found(practice) == {}
        assert selectors.with_likely_duplicates() == set()


def test_the_strongest_comes_first(practice):
    enter(name="Mercy Clinics", city="Anytown")
    enter(domain="mercy.org")
    enter(street="1 Main St", postal_code="12345", name="At the address")
    enter(name="Mercy Clinic")
    assert [one.reasons[0] for one in selectors.likely_duplicates(practice)] == list(Reason)


def test_not_itself_not_merged_and_nothing_synthetic_beside_the_real(cast, practice):
    twin = enter(**FACTS)
    enter(**FACTS, is_synthetic=True)
    assert len(selectors.likely_duplicates(practice)) == 1
    services.merge(practice, twin, by=cast.staff)
    twin.refresh_from_db()
    assert selectors.likely_duplicates(practice) == selectors.likely_duplicates(twin) == []
    assert selectors.with_likely_duplicates() == set()


@pytest.mark.parametrize("many", [1, 30])
def test_it_costs_the_same_for_many(practice, django_assert_num_queries, many):
    for number in range(many):
        make_team(enter(name="Mercy Clinic"), make_user(f"Pat {number}", email=f"pat{number}@mercy.org"))
    with django_assert_num_queries(
        4
    ):  # its people's addresses, whose people share them, whom it was told apart from, the practices
        assert len(selectors.likely_duplicates(practice)) == many
    with django_assert_num_queries(
        4
    ):  # practices, who were told apart, members' addresses, addresses of whom was let in
        assert len(selectors.with_likely_duplicates()) == many + 1


def test_an_empty_entry_is_like_nothing(cast):
    """Columns that are empty in two entries are no likeness: direct rows, as older data may have them."""
    for practice in (cast.practice, cast.other_team.practice):
        services.add_member(practice.teams.get(), make_user(f"Pat {practice.pk}"), MemberRole.LARGER, by=cast.staff)
        assert selectors.likely_duplicates(practice) == []
