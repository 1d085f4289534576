from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from accounts import selectors, services
from accounts.models import AccessLink, Membership, Role, User
from accounts.selectors import LinkState
from core import clock
from core.models import AuditEntry
from tests.conftest import NOW, make_user

pytestmark = pytest.mark.django_db


def test_a_person_is_made_with_a_verified_primary_address(now, audit_of):
    user = services.create_person(email=" Pat@Test.Example ", name=" Pat Person ", role=Role.REVIEWER)
    address = EmailAddress.objects.get(user=user)
    assert (user.email, user.name, user.role, user.joined_at) == ("pat@test.example", "Pat Person", "reviewer", NOW)
    assert (address.email, address.verified, address.primary) == ("pat@test.example", True, True)
    assert not user.has_usable_password()
    assert audit_of(user) == ["user.created"]


@pytest.mark.parametrize("name", ["", "   ", "n" * 151])
def test_a_person_has_a_name_that_fits(now, name):
    with pytest.raises(services.PersonRefused, match="Enter the person's full name"):
        services.create_staff(email="pat@test.example", name=name)
    assert User.objects.count() == 0


def test_a_person_with_a_password_can_sign_in_with_it(now):
    user = services.create_person(email="pat@test.example", name="Pat", password="a long enough secret")
    assert user.check_password("a long enough secret")


@pytest.mark.parametrize("email", ["taken@test.example", "TAKEN@Test.Example", " taken@test.example "])
def test_an_address_has_one_account_whatever_its_case(now, email):
    make_user("Taken")
    with pytest.raises(services.AddressRefused) as refusal:
        services.create_person(email=email, name="Second")
    assert str(refusal.value).startswith("taken@test.example has an account already.")
    assert User.objects.count() == 1


def test_a_verified_further_address_of_somebody_is_taken_too(now):
    EmailAddress.objects.create(user=make_user("Taken"), email="other@test.example", verified=True)
    with pytest.raises(services.AddressRefused):
        services.create_person(email="Other@test.example", name="Second")


def test_something_that_is_no_address_is_refused(now):
    with pytest.raises(services.AddressRefused) as refusal:
        services.create_person(email="pat", name="Pat")
    assert str(refusal.value) == "“pat” is not an e-mail address. Enter one like name@example.org."


def test_the_database_itself_refuses_a_second_account_in_another_case(now):
    make_user("Taken")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="TAKEN@test.example", name="Second", joined_at=NOW)


def test_people_are_found_without_regard_to_case(now):
    user = make_user("Pat")
    assert User.objects.get_by_natural_key("PAT@test.example") == user
    assert selectors.person_of("PAT@test.example") == user
    assert selectors.person_of("nobody@test.example") is None


def test_create_staff_gives_a_staff_account_and_an_absolute_link(now, path_of):
    user, link = services.create_staff(email="new@test.example", name="New Staff")
    assert user.is_staff and not user.has_usable_password()
    assert link == "https://collaborative.example.org" + path_of(user.access_links.get())


def test_a_new_link_ends_the_older_one(now):
    user = make_user("Pat")
    first, second = services.issue_access_link(user), services.issue_access_link(user)
    first.refresh_from_db()
    assert (selectors.state_of(first), selectors.state_of(second)) == (LinkState.REVOKED, LinkState.OPEN)


def test_a_link_is_used_once(now, audit_of):
    link = services.issue_access_link(make_user("Pat"))
    user = services.use_access_link(link, password="a long enough secret")
    assert user.check_password("a long enough secret")
    assert audit_of(link) == ["accesslink.issued", "accesslink.used"]
    with pytest.raises(services.LinkEnded) as refusal:
        services.use_access_link(link, password="another long secret")
    assert str(refusal.value) == LinkState.USED.value
    user.refresh_from_db()
    assert user.check_password("a long enough secret")


def test_of_two_who_hold_the_same_open_link_one_wins(now):
    services.issue_access_link(make_user("Pat"))
    first, second = AccessLink.objects.get(), AccessLink.objects.get()
    services.use_access_link(first, password="a long enough secret")
    with pytest.raises(services.LinkEnded):
        services.use_access_link(second, password="another long secret")
    assert User.objects.get().check_password("a long enough secret")


def test_a_link_expires_after_three_days(now):
    link = services.issue_access_link(make_user("Pat"))
    with clock.at(NOW + timedelta(days=3) - timedelta(seconds=1)):
        assert selectors.state_of(link) is LinkState.OPEN
    with clock.at(NOW + timedelta(days=3)), pytest.raises(services.LinkEnded) as refusal:
        services.use_access_link(link, password="a long enough secret")
    assert str(refusal.value) == LinkState.EXPIRED.value


def test_a_deactivated_person_gets_no_link(now):
    with pytest.raises(services.PersonRefused):
        services.issue_access_link(make_user("Ina", is_active=False))


def test_reset_mfa_takes_factors_and_password(now, audit_of):
    user, by = make_user("Pat"), make_user("Stella", Role.STAFF)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    link = services.reset_mfa(user, by=by)
    user.refresh_from_db()
    assert not Authenticator.objects.filter(user=user).exists()
    assert not user.has_usable_password()
    assert link.startswith("https://collaborative.example.org/access/")
    assert audit_of(user) == ["user.factors_reset"]


def test_a_profile_change_names_its_fields_in_the_audit_and_keeps_no_values(now):
    user = make_user("Pat", asco_membership=Membership.FELLOW)
    assert services.update_profile(user, by=user, name="Pat New", profession="nurse") == ["name", "profession"]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.fields, entry.actor_id) == ("user.updated", ["name", "profession"], user.pk)


def test_an_unchanged_profile_writes_nothing(now):
    user = make_user("Pat")
    assert services.update_profile(user, by=user, name="Pat") == []
    assert not AuditEntry.objects.exists()


def test_a_profile_knows_no_role(now):
    user = make_user("Pat")
    with pytest.raises(ValueError, match="role"):
        services.update_profile(user, by=user, role=Role.STAFF)


def test_membership_is_confirmed_once_and_anew_after_a_change(now, audit_of):
    user = make_user("Pat", asco_membership=Membership.MEMBER, asco_member_number="1")
    staff = make_user("Stella", Role.STAFF)
    services.confirm_membership(user, by=staff)
    user.refresh_from_db()
    assert (user.membership_confirmed_at, user.membership_confirmed_by) == (NOW, staff)
    with pytest.raises(services.PersonRefused):
        services.confirm_membership(user, by=staff)
    services.update_profile(user, by=user, asco_member_number="2")
    user.refresh_from_db()
    assert (user.membership_confirmed_at, user.membership_confirmed_by) == (None, None)
    services.confirm_membership(user, by=staff)
    assert audit_of(user) == ["user.membership_confirmed", "user.updated", "user.membership_confirmed"]


@pytest.mark.parametrize("stated", ["", Membership.NONE])
def test_no_membership_no_confirmation(now, stated):
    user = make_user("Pat", asco_membership=stated)
    with pytest.raises(services.PersonRefused):
        services.confirm_membership(user, by=make_user("Stella", Role.STAFF))


def test_a_role_changes_with_its_audit_row(now):
    user, staff = make_user("Pat"), make_user("Stella", Role.STAFF)
    services.change_role(user, Role.COACH, by=staff)
    user.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert user.role == Role.COACH
    assert (entry.verb, entry.from_state, entry.to_state) == ("user.role_changed", "participant", "coach")


def test_a_role_is_not_changed_twice_nor_by_oneself(now):
    user, staff = make_user("Pat"), make_user("Stella", Role.STAFF)
    with pytest.raises(services.PersonRefused):
        services.change_role(staff, Role.PARTICIPANT, by=staff)
    with pytest.raises(services.PersonRefused):
        services.change_role(user, Role.PARTICIPANT, by=staff)
    assert not AuditEntry.objects.exists()


def test_deactivation_ends_links_and_can_be_undone(now, audit_of):
    user, staff = make_user("Pat"), make_user("Stella", Role.STAFF)
    link = services.issue_access_link(user)
    services.deactivate(user, by=staff)
    link.refresh_from_db()
    assert selectors.state_of(link) is LinkState.REVOKED
    with pytest.raises(services.PersonRefused):
        services.deactivate(user, by=staff)
    services.activate(user, by=staff)
    with pytest.raises(services.PersonRefused):
        services.activate(user, by=staff)
    with pytest.raises(services.PersonRefused):
        services.deactivate(staff, by=staff)
    assert audit_of(user) == ["user.deactivated", "user.activated"]


def test_whom_staff_let_in_gets_the_link_by_mail(now, mail_to, path_of):
    staff = make_user("Stella", Role.STAFF)
    user = services.welcome_person(email="rev@test.example", name="Rev Iewer", role=Role.REVIEWER, by=staff)
    [mail] = mail_to("rev@test.example")
    address = "https://collaborative.example.org" + path_of(user.access_links.get())
    assert mail.erase_when_sent
    assert (mail.text.count(address), mail.html.count(address)) == (1, 1)
    assert mail.text.startswith("Set your password by July 4, 2024, 11:00 AM Eastern, Rev Iewer.")
