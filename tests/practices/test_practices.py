"""Writing a practice and its sites: what is folded, what is kept from being overwritten, and what is refused."""

from datetime import timedelta

import pytest

from core import clock
from practices import services
from practices.models import Affiliation, Practice, Site
from practices.services import FactsChanged, PracticeMerged, PracticeRefused, stamp
from tests.conftest import NOW, make_user

LATER = NOW + timedelta(days=1)


@pytest.fixture
def practice(cast):
    return services.create_practice(
        name="The Mercy Clinic, Inc.", street="1 Main Street", postal_code="12345-6789", city="Anytown", by=cast.leader,
        domain="https://www.mercy-clinic.org/",
    )  # fmt: skip


@pytest.fixture
def gone(cast, practice):
    other = services.create_practice(name="Mercy", city="Anytown", by=cast.stranger)
    services.merge(practice, other, by=cast.staff)
    return other


def folded(practice):
    found = Practice.objects.get(pk=practice.pk)
    return found.folded_name, found.folded_address, found.folded_place, found.folded_domain


def test_what_is_entered_is_folded(practice):
    assert folded(practice) == ("mercy clinic", "US:12345:1 main st", "US:anytown", "mercy-clinic.org")
    assert (practice.changed_at, practice.as_of) == (None, NOW)


def test_a_change_folds_again_and_notes_when(cast, practice, audit_of):
    with clock.at(LATER):
        services.update_practice(practice, by=cast.leader, name="Mercy Hospital", city="Elsewhere")
    assert folded(practice) == ("mercy hospital", "US:12345:1 main st", "US:elsewhere", "mercy-clinic.org")
    assert practice.as_of == Practice.objects.get(pk=practice.pk).as_of == LATER
    assert audit_of(practice) == ["practice.created", "practice.updated"]


def test_the_same_again_writes_nothing(cast, practice, audit_of):
    with clock.at(LATER):
        services.update_practice(practice, by=cast.leader, city="Anytown", country="US")
    assert Practice.objects.get(pk=practice.pk).changed_at is None
    assert audit_of(practice) == ["practice.created"]


def test_nobody_overwrites_unseen(cast, practice):
    seen = stamp(practice)
    with clock.at(LATER):
        services.update_practice(Practice.objects.get(pk=practice.pk), by=cast.staff, seen=seen, oncologists=5)
    with pytest.raises(FactsChanged) as refusal:
        services.update_practice(practice, by=cast.leader, seen=seen, city="Elsewhere", oncologists=None)
    assert str(refusal.value).startswith("Somebody else changed these facts while you were at work.")
    stored = Practice.objects.get(pk=practice.pk)
    assert (stored.city, stored.oncologists) == ("Anytown", 5)
    # Who says what is stored already changes nothing, and need not have seen it.
    services.update_practice(stored, by=cast.leader, seen=seen, oncologists=5)
    services.update_practice(stored, by=cast.leader, seen=stamp(stored), city="Elsewhere")
    assert Practice.objects.get(pk=practice.pk).city == "Elsewhere"


def test_a_merged_practice_is_not_changed_any_more(cast, gone):
    with pytest.raises(PracticeMerged):
        services.update_practice(gone, by=cast.staff, city="Elsewhere")
    with pytest.raises(PracticeMerged):
        services.add_site(gone, name="North", city="Anytown", by=cast.staff)
    assert Practice.objects.get(pk=gone.pk).city == "Anytown"


def test_what_begins_with_a_merged_practice_goes_to_the_kept_one(cast, practice, gone):
    team = services.create_team(gone, name="Late", leader=cast.stranger, by=cast.stranger)
    affiliation = services.let_in(gone, cast.coach, by=cast.staff)
    invitation = services.invite_to_practice(gone, email="new@test.example", by=cast.staff)
    assert {team.practice, affiliation.practice, invitation.practice} == {practice}


class TestSites:
    @pytest.fixture
    def site(self, cast, practice):
        with clock.at(LATER):
            return services.add_site(
                practice, name=" North ", city="Anytown", region="VA", country="CA", by=cast.leader
            )

    def test_added(self, practice, site, audit_of):
        assert (site.name, site.city, site.region, site.country.code) == ("North", "Anytown", "VA", "CA")
        assert audit_of(practice) == ["practice.created", "practice.sites_changed"]
        assert Practice.objects.get(pk=practice.pk).as_of == LATER

    def test_a_name_stands_once_in_a_practice(self, cast, practice, site):
        with pytest.raises(PracticeRefused) as refusal:
            services.add_site(practice, name="NORTH", city="Elsewhere", by=cast.leader)
        assert str(refusal.value) == "There is a site called NORTH already. Give this one another name."
        services.add_site(cast.practice, name="North", city="Elsewhere", by=cast.leader)
        assert Site.objects.count() == 2

    def test_changed(self, cast, practice, site, audit_of):
        services.change_site(site, name="north", city="Elsewhere", by=cast.leader)
        services.change_site(site, name="north", city="Elsewhere", by=cast.leader)
        assert list(Site.objects.values_list("name", "city", "region")) == [("north", "Elsewhere", "VA")]
        assert audit_of(practice) == ["practice.created", "practice.sites_changed", "practice.sites_changed"]
        second = services.add_site(practice, name="South", city="Anytown", by=cast.leader)
        with pytest.raises(PracticeRefused):
            services.change_site(second, name="North", by=cast.leader)

    def test_removed(self, cast, practice, site):
        services.remove_site(site, by=cast.leader)
        assert not practice.sites.exists()
        for act in (services.remove_site, services.change_site):
            with pytest.raises(PracticeRefused) as refusal:
                act(site if site.pk else Site(pk=1, practice=practice), by=cast.leader)
            assert str(refusal.value) == "Somebody else removed this site a moment ago."

    def test_there_is_an_end_to_them(self, cast, practice, monkeypatch):
        monkeypatch.setattr("practices.services.practices.MOST_SITES", 1)
        services.add_site(practice, name="North", city="Anytown", by=cast.leader)
        with pytest.raises(PracticeRefused, match="at most 1 sites"):
            services.add_site(practice, name="South", city="Anytown", by=cast.leader)


class TestAffiliations:
    def test_let_in_once(self, cast, practice, audit_of):
        first = services.let_in(practice, cast.coach, by=cast.staff)
        assert services.let_in(practice, cast.coach, by=cast.leader) == first
        assert (first.let_in_by, first.let_in_at, audit_of(first)) == (cast.staff, NOW, ["affiliation.let_in"])
        assert list(Practice.objects.visible_to(cast.coach)) == [practice]

    def test_ended_and_let_in_again(self, cast, practice, audit_of):
        first = services.let_in(practice, cast.coach, by=cast.staff)
        services.end_affiliation(first, by=cast.leader)
        services.end_affiliation(first, by=cast.leader)
        assert (first.ended_by, audit_of(first)) == (cast.leader, ["affiliation.let_in", "affiliation.ended"])
        assert not Practice.objects.visible_to(cast.coach).exists()
        assert services.let_in(practice, cast.coach, by=cast.staff) != first
        assert Affiliation.objects.count() == 2

    def test_no_closed_account(self, cast, practice):
        with pytest.raises(services.TeamRefused):
            services.let_in(practice, cast.inactive, by=cast.staff)


class TestInvitationsToApply:
    @pytest.fixture
    def invitation(self, cast):
        return services.invite_to_practice(cast.practice, email="New@Test.example ", by=cast.leader)

    def test_a_row_and_a_mail(self, cast, invitation, audit_of):
        from_row = (invitation.email, invitation.team, invitation.practice, invitation.invited_by)
        assert from_row == ("new@test.example", None, cast.practice, cast.leader)
        assert invitation.expires_at == NOW + timedelta(days=30)
        assert audit_of(invitation) == ["invitation.sent"]

    def test_accepting_lets_in_and_names_the_host(self, cast, invitation):
        user = make_user("New")
        affiliation = services.accept_invitation(invitation, by=user)
        assert (affiliation.user, affiliation.practice, affiliation.let_in_by) == (user, cast.practice, cast.leader)
        with pytest.raises(services.InvitationEnded):
            services.accept_invitation(invitation, by=make_user("Other"))
        assert Affiliation.objects.count() == 1

    def test_open_once_and_renewed_when_expired(self, cast, invitation):
        with pytest.raises(services.TeamRefused):
            services.invite_to_practice(cast.practice, email="new@test.example", by=cast.colleague)
        with clock.at(NOW + timedelta(days=31)):
            again = services.invite_to_practice(cast.practice, email="NEW@test.example", by=cast.colleague)
        assert (again.pk, again.generation, again.invited_by) == (invitation.pk, 2, cast.colleague)

    def test_a_place_in_a_team_is_another_thing(self, cast, invitation):
        place = services.invite(cast.team, email="new@test.example", role="core", by=cast.leader)
        assert (place.team, place.practice, invitation.team) == (cast.team, None, None)

    def test_taken_back(self, cast, invitation):
        services.revoke_invitation(invitation, by=cast.leader)
        with pytest.raises(services.InvitationEnded):
            services.accept_invitation(invitation, by=make_user("New"))


def test_access_comes_with_the_place(cast):
    invitation = services.invite(cast.team, email="new@test.example", role="larger", access="submit", by=cast.leader)
    assert services.renew_invitation(invitation, by=cast.leader).access == "submit"
    assert services.accept_invitation(invitation, by=make_user("New")).access == "submit"
