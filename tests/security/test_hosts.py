"""Whatever host a request names, the mail that it makes us write names ours alone."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from applications.models import Application, ApplicationState
from core import clock
from notifications.models import Kind, Message
from notifications.services import send_due
from practices.models import Invitation
from programs.models import Milestone
from tests.conftest import make_user

EVIL = "evil.example"
FORGED = {
    "the host": {"HTTP_HOST": EVIL},
    "the host with a port": {"HTTP_HOST": f"{EVIL}:443"},
    "the forwarded host": {"HTTP_X_FORWARDED_HOST": EVIL},
    "all of them": {
        "HTTP_HOST": EVIL,
        "HTTP_X_FORWARDED_HOST": EVIL,
        "HTTP_X_FORWARDED_SERVER": EVIL,
        "HTTP_X_ORIGINAL_HOST": EVIL,
        "HTTP_X_HOST": EVIL,
        "HTTP_FORWARDED": f"host={EVIL};proto=http",
        "HTTP_ORIGIN": f"https://{EVIL}",
        "HTTP_REFERER": f"https://{EVIL}/",
        "SERVER_NAME": EVIL,
    },
}
OURS = re.compile(r"https?://(?!collaborative\.example\.org[/\s\"<)]|collaborative\.example\.org$)\S+")


@pytest.fixture(params=FORGED)
def stranger(request, settings):
    """A client whose every request names another host; here even a host that should not be allowed is."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.ACCOUNT_RATE_LIMITS = False
    settings.EMAIL_BACKEND = "notifications.backends.OutboxBackend"

    def client(person=None) -> Client:
        browser = Client(**FORGED[request.param])
        if person:
            browser.force_login(person)
        return browser

    return client


def posted(client: Client, path: str, **fields: str) -> None:
    answer = client.post(path, fields)
    assert answer.status_code in (200, 302), (path, answer.status_code)


def test_every_mail_that_a_request_makes_us_write_names_our_host_alone(cast, url_objects_of, stranger, capsys):
    objects = url_objects_of(cast)
    Authenticator.objects.create(user=cast.staff, type=Authenticator.Type.TOTP, data={})
    send_due()
    mail.outbox = []
    _sign_in(stranger)
    _of_staff(stranger(cast.staff), cast)
    _of_the_team(stranger(cast.leader), objects)
    send_due()
    with clock.at(clock.now().replace(hour=23)):
        send_due()
    sent = [one.extra_headers["Message-ID"] for one in mail.outbox]
    kinds = set(Message.objects.filter(message_id__in=sent).values_list("kind", flat=True))
    with capsys.disabled():
        print(f"\nforged hosts: {len(mail.outbox)} mails of {len(kinds)} kinds read")
    assert kinds >= {Kind.SIGN_IN, Kind.INVITATION, Kind.RECEIPT, Kind.DECISION, Kind.DEADLINE_MOVED, Kind.NEWS}
    for one in mail.outbox:
        wire = one.message().as_string()
        bodies = [one.body, *(body for body, _kind in one.alternatives)]
        assert EVIL not in wire + "".join(bodies), one.subject
        assert not [hit for body in bodies for hit in OURS.findall(body) if "www.w3.org" not in hit], one.subject


def _sign_in(stranger) -> None:
    """Sign-up with a new and a taken address, a reset with and without an account, another address, a new password."""
    form = {"name": "N", "email": "n@test.example", "password1": "a long enough secret", "time_zone": "UTC"}
    posted(stranger(), reverse("account_signup"), **form)
    posted(stranger(), reverse("account_signup"), **form | {"email": "lena.leader@test.example"})
    posted(stranger(), reverse("account_reset_password"), email="lena.leader@test.example")
    posted(stranger(), reverse("account_reset_password"), email="nobody@test.example")
    person = make_user("Moving Person")
    posted(stranger(person), reverse("account_email"), email="elsewhere@test.example", action_add="")
    posted(
        stranger(person),
        reverse("account_change_password"),
        oldpassword="cast-password",
        password1="a long enough secret",
        password2="a long enough secret",
    )


def _of_the_team(leader: Client, objects) -> None:
    """An invitation, and the same again; the receipts of an application and of an update."""
    team = objects["practices:team"]
    posted(leader, reverse("practices:invite", kwargs=team), email="another@test.example", role="core")
    renewed = {"public_id": Invitation.objects.latest("pk").public_id}
    posted(leader, reverse("practices:renew", kwargs=renewed))
    posted(leader, reverse("applications:submit", kwargs=objects["applications:submit"]))
    posted(leader, reverse("improvement:submit_update", kwargs=objects["improvement:submit_update"]))


def _of_staff(staff: Client, cast) -> None:
    """A person let in, a link for somebody, a decision, a moved date, news."""
    person = {
        "email": "new.coach@test.example",
        "name": "New Coach",
        "role": "coach",
        "time_zone": "UTC",
        "profession": "",
    }
    posted(staff, reverse("admin:accounts_user_add"), **person)
    chosen = {"_selected_action": str(cast.colleague.pk)}
    posted(staff, reverse("admin:accounts_user_changelist"), action="mail_access_link", **chosen)
    for application in Application.objects.filter(state=ApplicationState.SUBMITTED):
        fields = {"action": "accept", "_selected_action": str(application.pk), "confirmed": "1", "note": ""}
        posted(staff, reverse("admin:applications_application_changelist"), **fields)
    moved = Milestone.objects.get(pk=cast.first_update.pk)
    change = reverse("admin:programs_milestone_change", args=[moved.pk])
    moment = {"starts_on": "2024-09-29", "starts_time": "", "ends_on": "2024-09-29", "ends_time": ""}
    moment |= {"reminders-TOTAL_FORMS": "0", "reminders-INITIAL_FORMS": "0"}
    seen = re.search(rb'name="seen" value="([^"]+)"', staff.post(change, moment).content)
    posted(staff, change, **moment, seen=seen[1].decode() if seen else "")
    write = reverse("admin:programs_cohort_write", args=[cast.cohort.pk])
    news = {
        "groups": "coaches",
        "states": "active",
        "subject": "News",
        "body": "Words.",
        "submission": "00000000-0000-4000-8000-00000000cafe",
    }
    seen = re.search(rb'name="seen" value="([^"]+)"', staff.post(write, news).content)
    posted(staff, write, **news, seen=seen[1].decode() if seen else "", send="1")
