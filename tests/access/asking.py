"""One request as one person, and everything that its answer must hold to."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from dashboards.selectors.access import SIGN_IN
from tests.access.objects import World

# Column -> the name of a person in World.people; anonymous has none.
PERSON = {
    "anon": "",
    "inact": "inactive",
    "appl": "applicant",
    "rival": "rival",
    "strng": "stranger",
    "formr": "former",
    "helpr": "helper",
    "core": "colleague",
    "leadr": "leader",
    "revwr": "reviewer",
    "coach": "coach",
    "other": "other_coach",
    "ldrsh": "leadership",
    "staff": "staff",
}


@dataclass
class Asking:
    """Everybody's browser, signed in once. Whatever a request changes is undone after it, cookies included."""

    world: World
    clients: dict[str, Client] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role, name in PERSON.items():
            client = self.clients[role] = Client(raise_request_exception=False)
            if name:
                person = self.world.people[name]
                if person.is_staff:
                    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
                client.force_login(person)
                # And has looked at a page, or each request would begin the session anew, and write it.
                client.get(reverse("contact"))
            self.cookies[role] = client.cookies.output(header="", sep=";")

    def ask(self, role: str, method: str, address: str) -> HttpResponse:
        client = self.clients[role]
        client.cookies = SimpleCookie(self.cookies[role])
        with transaction.atomic():
            answer = client.generic(method, address)
            transaction.set_rollback(True)
        return answer


def address_of(world: World, name: str, of: str) -> str:
    return reverse(name, kwargs=world.sets[of].get(name) if of else None)


def cell(answer: HttpResponse) -> str:
    """The answer as the table writes it: a status, or ``sign`` where it leads to sign-in."""
    if answer.status_code == 302:
        to = urlsplit(answer["Location"]).path
        if to in (reverse(settings.LOGIN_URL), reverse("admin:login")):
            return SIGN_IN
    return str(answer.status_code)


@contextmanager
def undone():
    """A transaction that leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
