"""The flag of an address that refuses mail goes with the address."""

import pytest
from allauth.account.models import EmailAddress

from accounts import services
from accounts.models import User
from core.models import AuditEntry
from tests.accounts.test_sign_up import code_in
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


def flagged(**fields):
    user = make_user("Lena Leader", **fields)
    assert services.note_bounce(user)
    return user


def is_flagged(user):
    return User.objects.get(pk=user.pk).mail_failed_at is not None


def test_a_new_address_that_was_confirmed_has_not_bounced(now, client, mail_to):
    user = flagged()
    client.post("/accounts/login/", {"login": user.email, "password": "cast-password"})
    client.post("/accounts/email/", {"action_add": "", "email": "lena@new.test.example"})
    assert is_flagged(user)
    [mail] = mail_to("lena@new.test.example")
    client.post("/accounts/confirm-email/", {"code": "WRONG1"})
    assert is_flagged(user)
    client.post("/accounts/confirm-email/", {"code": code_in(mail.text)})
    person = User.objects.get(pk=user.pk)
    assert (person.email, person.mail_failed_at) == ("lena@new.test.example", None)
    assert AuditEntry.objects.filter(verb="user.mail_arrived", object_id=user.pk).count() == 1


def test_the_same_address_confirmed_anew_clears_it_too(now, client, mail_to):
    user = flagged()
    EmailAddress.objects.update(verified=False)
    client.post("/accounts/login/", {"login": user.email, "password": "cast-password"})
    [mail] = mail_to(user.email)
    client.post("/accounts/confirm-email/", {"code": code_in(mail.text)})
    assert not is_flagged(user)


def test_signing_in_and_a_new_name_leave_it(now, client):
    user = flagged()
    client.post("/accounts/login/", {"login": user.email, "password": "cast-password"})
    services.update_profile(user, by=user, name="Lena Lead")
    assert is_flagged(user)


def test_where_there_was_none_nothing_is_written(now):
    user = make_user("Lena Leader")
    assert not services.note_arrival(user)
    assert AuditEntry.objects.filter(verb="user.mail_arrived").count() == 0


def test_an_address_can_bounce_again(now):
    user = flagged()
    assert services.note_arrival(user)
    assert services.note_bounce(user)
    assert is_flagged(user)
