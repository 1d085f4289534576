"""The cast with an object for every address, everybody signed in, and a server that undoes whatever a request changed."""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO

from allauth.mfa.models import Authenticator
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.middleware.csrf import _get_new_csrf_string as new_secret
from django.test import Client, override_settings

from accounts.models import User
from accounts.services import sessions
from core import clock
from notifications.models import Kind
from notifications.services import wordings
from programs.models import Audience, Reminder
from tests.access.objects import build
from tests.conftest import NOW, Cast, build_cast
from tests.fuzz.addresses import every_address
from tests.fuzz.forms import Form, Page
from tests.fuzz.posts import Request, get, post

# Who is asked for forms. Staff have most of them, and the admin alone.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PEOPLE = ("anonymous", "leader", "coach", "staff")
FINE = {200, 302, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429}
Application = Callable[[dict, Callable], Iterable[bytes]]


@dataclass
class Answer:
    status: int
    body: bytes
    headers: dict[str, str]
    # The exceptions that were logged on the way, newest last.
    errors: list[str]

    @property
    def html(self) -> str:
        """Empty where it is none: the bytes of a PDF can look like any markup."""
        is_page = self.headers.get("Content-Type", "").startswith("text/html")
        return self.body.decode("utf-8", "replace") if is_page else ""


class Caught(logging.Handler):
    """Collects what is logged as an error. A refused request is logged as one, too, and is none."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("django.security."):
            self.lines.append(self.format(record))


@dataclass
class Server:
    """The product's own WSGI application, with each person's cookies. Every request is undone, in the database and in them."""

    application: Application
    cookies: dict[str, str] = field(default_factory=dict)
    secret: str = field(default_factory=new_secret)
    asked: int = 0

    def sign_in(self, name: str, person: User | None) -> None:
        client = Client()
        if person:
            if person.is_staff:
                Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": SECRET})
            client.force_login(person)
            session = client.session
            session["account_authentication_methods"] = [
                {"method": "password", "at": time.time(), "email": person.email}
            ]
            sessions.note_life(session, now=clock.now())  # or every request would write it
            session.save()
        cookies = [f"{key}={morsel.value}" for key, morsel in client.cookies.items()]
        self.cookies[name] = "; ".join([*cookies, f"csrftoken={self.secret}"])

    def ask(self, person: str, request: Request) -> Answer:
        """Each from an address of its own, so that no limit by address is what answers."""
        self.asked += 1
        environ = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": request.path,
            "QUERY_STRING": request.query,
            "CONTENT_TYPE": request.content_type,
            "CONTENT_LENGTH": str(len(request.body)),
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "testserver",
            "HTTP_COOKIE": self.cookies[person],
            "HTTP_X_CSRFTOKEN": self.secret,
            "REMOTE_ADDR": f"10.{self.asked >> 16 & 255}.{self.asked >> 8 & 255}.{self.asked & 255}",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(request.body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **request.headers,
        }
        return self._run(environ)

    def _run(self, environ: dict) -> Answer:
        caught, started = Caught(), []
        logging.getLogger().addHandler(caught)
        try:
            with transaction.atomic():
                answer = self.application(environ, lambda status, headers, *_: started.append((status, headers)))
                body = b"".join(answer)
                if hasattr(answer, "close"):
                    answer.close()
                transaction.set_rollback(True)
        except Exception as error:
            return Answer(0, b"", {}, [*caught.lines, f"{type(error).__name__}: {error}"])
        finally:
            logging.getLogger().removeHandler(caught)
        status, headers = started[-1]
        return Answer(int(status[:3]), body, dict(headers), caught.lines)


@dataclass
class Target:
    """A form that one person has before them, with the parameters that the page's links give to its address."""

    person: str
    form: Form
    parameters: dict[str, str]


@dataclass
class Found:
    """What there is to send to: forms, and pages that take a query."""

    targets: list[Target]
    pages: list[tuple[str, str, dict[str, str]]]


def look_around(server: Server, addresses: dict[str, str]) -> Found:
    """Every form on every page of every person, and every address with no form at all: some take a button's press alone."""
    targets: dict[tuple, Target] = {}
    pages = []
    for person in PEOPLE:
        for name, path in addresses.items():
            if name.startswith("admin:") and person != "staff":
                continue
            if name.startswith(("account_", "mfa_")) and person == "coach":  # the leader's are the same
                continue
            answer = server.ask(person, Request("GET", path, content_type=""))
            page = Page(path, answer.html if answer.status == 200 else "")
            if answer.status == 200:
                pages.append((person, path, page.links.get(path, {})))
            bare = [Form(path, "POST")]
            for form in page.forms + bare:
                if form.method == "POST":
                    targets.setdefault((person, *form.key), Target(person, form, page.links.get(path, {})))
    return Found(list(targets.values()), pages)


@dataclass
class Outcome:
    statuses: Counter = field(default_factory=Counter)
    queries: Counter = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    # Of the processor, so that a busy machine does not count.
    seconds: float = 0.0

    def note(self, person: str, request: Request, answer: Answer) -> None:
        (self.statuses if request.method == "POST" else self.queries)[answer.status] += 1
        unchanged = request.method == "GET" and answer.status == 304  # a calendar that the reader has already
        if not (answer.status in FINE or unchanged) or answer.errors:
            said = "\n".join(one[-2_500:] for one in answer.errors)
            self.problems.append(f"{answer.status} as {person}: {request}\n{said}")


def run(server: Server, found: Found, *, posts: int, queries: int, seed: int) -> Outcome:
    """Each form once, then at random. The same seed and the same pages give the same requests."""
    dice, outcome, began = random.Random(seed), Outcome(), time.process_time()
    order = dice.sample(found.targets, len(found.targets))
    for number in range(posts):
        target = order[number] if number < len(order) else dice.choice(found.targets)
        request = post(dice, target.form, target.parameters)
        outcome.note(target.person, request, server.ask(target.person, request))
    for _ in range(queries):
        person, path, parameters = dice.choice(found.pages)
        request = get(dice, path, parameters)
        outcome.note(person, request, server.ask(person, request))
    outcome.seconds = time.process_time() - began
    return outcome


@dataclass
class Stage:
    """The cast, everybody's cookies, and Url name -> path of every address."""

    cast: Cast
    server: Server
    addresses: dict[str, str]

    @cached_property
    def found(self) -> Found:
        return look_around(self.server, self.addresses)


# Limits by account are counted here, and not where other tests count theirs.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "fuzz"}}


@contextmanager
def staged(application: Application) -> Iterator[Stage]:
    """A stage that leaves nothing behind. The application's requests share the test's one connection."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        with clock.at(NOW), override_settings(CACHES=CACHES), transaction.atomic():
            cast = build_cast()
            objects = furnish(cast)
            server = Server(application)
            for name in PEOPLE:
                server.sign_in(name, getattr(cast, name, None))
            yield Stage(cast, server, every_address(objects))
            transaction.set_rollback(True)
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def furnish(cast: Cast) -> dict[str, dict[str, object]]:
    """The objects of tests/access/objects.py, and a row of what the admin changes and they do not need."""
    objects = build(cast)
    Reminder.objects.create(milestone=cast.session, offset_days=-14, audience=Audience.OWING)
    words = {"title": "Welcome", "subject": "Welcome, {recipient_name}", "body": "Dear {recipient_name},\n\nwelcome."}
    wordings.write(code="welcome", kind=Kind.NEWS, by=cast.staff, **words)
    return objects
