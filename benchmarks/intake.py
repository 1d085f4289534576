"""Applications: the form page, its saves, a whole submission by somebody who has no account yet, and the staff's side.

    python -m benchmarks.intake [APPLICATIONS] [CLIENTS] [SECONDS]

Two web servers on one PostgreSQL (every commit on disk) and one Redis, each gunicorn with two workers as ``serve`` starts it:
the product, and a bare Django view with sign-in (``benchmarks.floor``). Clients speak plain HTTP as a proxy would.
A whole submission is six POSTs: sign up (real password hash), confirm the address by the code of the mail, start, practice,
section of 13 answers, submit. Queries of the main pages are counted at 500 applications and again at all of them. Staff open
the intake page and the list, search it, and take both exports. Less than five minutes on two quiet cores.
"""

import http.client
import os
import re
import secrets
import statistics
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from benchmarks.stand import machine, stand
from tests.faults.machines import ROOT, Redis, free_port, listens, wait_until

HOST = "localhost"
# Median and 95th percentile in ms, and how many a second.
Figures = tuple[float, float, float]
# As the mail has it: on a line of its own.
CODE = re.compile(r"^\s*([0-9A-Z]{3,4}-[0-9A-Z]{3,4})\s*$", re.MULTILINE)


def csrf_cookie() -> str:
    from django.conf import settings

    return settings.CSRF_COOKIE_NAME


class Browser:
    """One person's connection: keeps cookies, sends the CSRF token, follows nothing."""

    def __init__(self, port: int, address: str, cookies: dict[str, str] | None = None) -> None:
        self.connection, self.used_at = http.client.HTTPConnection("127.0.0.1", port, timeout=60), 0.0
        token = secrets.token_hex(16)
        self.secret = csrf_cookie()
        self.token, self.cookies = token, {self.secret: token} | (cookies or {})
        self.headers = {
            "Host": HOST,
            "Origin": f"https://{HOST}",
            "X-Forwarded-For": address,
            "X-Forwarded-Proto": "https",
            "User-Agent": "benchmark",
        }

    def get(self, path: str) -> str:
        status, _, body = self._send("GET", path)
        assert status == 200, (status, path)
        return body

    def keep(self, path: str, /, **fields: object) -> None:
        """Send what a page saves by itself; whoever is told to wait is counted as served."""
        status, _, body = self._send("POST", path, {"csrfmiddlewaretoken": self.token, **fields})
        assert status in (200, 429), (status, path, body[:3000])

    def take(self, path: str) -> None:
        """Send a button's press that is answered with a file."""
        status, _, body = self._send("POST", path, {"csrfmiddlewaretoken": self.token})
        assert status == 200, (status, path, body[:3000])

    def post(self, path: str, /, **fields: object) -> str:
        """Send a form; return where it leads."""
        status, location, body = self._send("POST", path, {"csrfmiddlewaretoken": self.token, **fields})
        assert status == 302, (status, path, body[:3000])
        return urllib.parse.urlsplit(location).path

    def _send(self, method: str, path: str, fields: dict[str, object] | None = None) -> tuple[int, str, str]:
        headers = self.headers | {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if time.monotonic() - self.used_at > 1:  # the server hangs up on whoever is silent for two seconds
            self.connection.close()
        self.connection.request(method, path, body, headers)
        reply = self.connection.getresponse()
        text = reply.read().decode(errors="replace")
        self.used_at = time.monotonic()
        for name, value in reply.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                if key != self.secret:
                    self.cookies[key] = rest.partition(";")[0]
                elif rest.partition(";")[0]:
                    self.token = self.cookies[key] = rest.partition(";")[0]
        return reply.status, reply.getheader("Location") or "", text


@contextmanager
def web(application: str, **environment: str):
    """A gunicorn with two workers; yields its port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "8", "--no-control-socket"]
    process = subprocess.Popen(
        [*command, "--log-level", "error"], cwd=ROOT, env={**os.environ, **environment, "TRUSTED_PROXY_COUNT": "1"}
    )
    try:
        wait_until(lambda: listens(port), application)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def ask_for(seconds: float, clients: int, work: Callable[[int, int], None]) -> list[float]:
    """Let ``clients`` threads repeat ``work(client, round)``; the seconds that each call took."""
    end = time.perf_counter() + seconds

    def one(client: int) -> list[float]:
        found, number = [], 0
        while time.perf_counter() < end:
            began = time.perf_counter()
            work(client, number)
            found.append(time.perf_counter() - began)
            number += 1
        return found

    with ThreadPoolExecutor(clients) as pool:
        return sorted(time for found in pool.map(one, range(clients)) for time in found)


def warm_up(clients: int, work: Callable[[int], object]) -> None:
    """A few calls that nobody counts, until both workers have loaded what they need."""
    with ThreadPoolExecutor(clients) as pool:
        for _ in range(3):
            list(pool.map(work, range(clients)))


def told(name: str, times: list[float], seconds: float) -> Figures:
    """Print and return median, 95th percentile (both in ms) and how many a second."""
    median, late = 1000 * statistics.median(times), 1000 * times[int(len(times) * 0.95)]
    print(f"| {name} | {len(times)} | {median:.1f} | {late:.1f} | {len(times) / seconds:.1f} |", flush=True)
    return median, late, len(times) / seconds


def session_of(user: object) -> dict[str, str]:
    """Sign somebody in without a password, as the test client does."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return {name: morsel.value for name, morsel in client.cookies.items() if name != csrf_cookie()}


def answers(number: int) -> dict[str, str]:
    from benchmarks.applicants import LONG, QUESTIONS, WORDS

    return {f"q{at}": f"{WORDS if at < LONG else 'In short'} once more {number}" for at in range(QUESTIONS)}


def submit_all(port: int, code: str, number: int, client: int, requests: dict[str, list[float]]) -> None:
    """Six POSTs from nobody to a receipt."""
    from accounts.models import User
    from applications.models import Application
    from notifications.models import Message

    who = f"new{client}x{number}@synthetic.example"
    browser = Browser(port, f"10.{client}.{number // 250}.{number % 250}")

    def post(step: str, path: str, /, **fields: object) -> str:
        began = time.perf_counter()
        to = browser.post(path, **fields)
        requests.setdefault(step, []).append(time.perf_counter() - began)
        return to

    post(
        "sign up", "/accounts/signup/",
        name=f"Synthetic {who}", email=who, password1="four-unrelated-words-here", time_zone="America/New_York",
    )  # fmt: skip
    mail = Message.objects.filter(address=who).latest("id")
    found = CODE.search(mail.text)
    assert found, mail.text
    post("confirm the address", "/accounts/confirm-email/", code=found[1])
    start = post(
        "start", f"/calls/{code}/start/", name=f"Practice of {who}", city="Testville", country="US", team_name="Team"
    )
    facts = {"setting": "community", "rurality": "rural", "oncologists": 6, "underserved_percent": 40}
    facts |= {"name": f"Practice of {who}", "city": "Testville", "country": "US"}
    post("practice", f"{start}practice/", **facts)
    post("section", f"{start}sections/all/", **answers(number), **{f"base__q{at}": 0 for at in range(len(answers(0)))})
    key = Application.objects.values_list("submission_key", flat=True).get(
        enrollment__started_by=User.objects.get(email=who)
    )
    assert post("submit", f"{start}submit/", key=key).endswith("/receipt/")


def autosave(browsers: list[Browser], rows: list, seconds: float) -> list[float]:
    """Each client types into the first answer of its own application, and names the version before: nobody meets anybody.

    As often as one person may in a minute, and no more.
    """
    from applications.views.autosave import MOST_A_MINUTE
    from questionnaires.models import Answer

    versions = dict(
        Answer.objects.filter(response__in=[row.response_id for row in rows], question__code="q0").values_list(
            "response_id", "version"
        )
    )
    paths = [f"/applications/{row.public_id}/sections/all/autosave/" for row in rows]

    def save(client: int, number: int) -> None:
        if number < MOST_A_MINUTE:
            version = versions[rows[client].response_id] + number
            browsers[client].keep(paths[client], q0=f"Typed {number}", base__q0=version)
        else:
            time.sleep(seconds)

    # Whoever has slept was not served.
    return [one for one in ask_for(seconds, len(rows), save) if one < seconds]


def staff_side(browser: Browser, call: object, seconds: float) -> None:
    """What staff open and take, one after the other; more than 500 applications, or the table is there at once."""
    from applications.exports import make_waiting

    intake = f"/admin/applications/call/{call.pk}/intake/"
    for name, path in (
        ("intake page", intake),
        ("list of applications", "/admin/applications/application/"),
        ("search in the list", "/admin/applications/application/?q=Synthetic+practice+4711"),
    ):
        told(f"staff: {name}", ask_for(seconds, 1, lambda c, n, path=path: browser.get(path)), seconds)
    for kind in ("csv", "excel"):
        began = time.perf_counter()
        page = browser.post(f"{intake}{kind}/", part="all")
        asked = time.perf_counter()
        assert make_waiting() == 1  # what the worker does
        made = time.perf_counter()
        browser.take(f"{page}file/")
        taken = time.perf_counter()
        for what, took in (("asked for", asked - began), ("made", made - asked), ("taken", taken - made)):
            told(f"staff: export, {kind}, {what}", [took], took)


def count_queries(user: object, staff: object, application: object, call: object) -> dict[str, int]:
    """Queries of the main pages, each asked twice: the first request of a session writes the session."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    found = {}
    for person, paths in (
        (user, [f"/applications/{application.public_id}/", f"/applications/{application.public_id}/sections/all/",
                f"/applications/{application.public_id}/check/", "/applications/", f"/calls/{call.cohort.code}/"]),
        (staff, ["/admin/applications/application/", f"/admin/applications/call/{call.pk}/intake/", "/applications/"]),
    ):  # fmt: skip
        client = Client(headers={"host": HOST, "x-forwarded-proto": "https"})
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        for path in paths:
            client.get(path, secure=True)
            with CaptureQueriesContext(connection) as queries:
                reply = client.get(path, secure=True)
            who = "staff" if person is staff else "leader"
            name = path.replace(str(application.public_id), "…")
            found[f"{who} {name} ({reply.status_code})"] = len(queries)
    return found


def run(applications: int, clients: int, seconds: float) -> None:
    redis = Redis()
    try:
        with stand() as (_, _, _):
            _run(redis, applications, clients, seconds)
    finally:
        redis.stop()


def _run(redis: Redis, applications: int, clients: int, seconds: float) -> None:
    from django.conf import settings
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    print(f"{applications} applications, {clients} clients, {seconds:.0f} s each; {machine()}\n")
    call, staff, rows = prepare(applications, clients)
    print("\n| what | times | median ms | p95 ms | a second |\n|---|---|---|---|---|")
    floor_page, floor_save = measure_floor(redis, rows, seconds)
    with web("collaborative.wsgi:application", REDIS_URL=redis.url, STAFF_TWO_FACTORS_REQUIRED="0") as port:
        page, saved = measure_applicants(port, rows, seconds)
        whole, steps = measure_submissions(port, call, clients, seconds)
        staff_side(Browser(port, "10.3.1.1", session_of(staff)), call, seconds / 4)
    against = page[0] / floor_page[0], saved[0] / floor_save[0], saved[2] / floor_save[2]
    print(
        f"\nForm page / floor: {against[0]:.2f}. Save / floor: {against[1]:.2f} in time, {against[2]:.2f} in saves a second."
    )
    print(f"Aims: form page at most 30 ms, 7 whole submissions a second in at most 6 requests. Here: {page[0]:.1f} ms,")
    print(f"{whole[2]:.1f} a second in {steps}.")


def prepare(applications: int, clients: int) -> tuple[object, object, list]:
    """A call with that many applications; queries are counted at 500 and at all. Returns the call, staff, and a row a client."""
    from django.db import connection

    from accounts.models import Role, User
    from applications.models import Application
    from benchmarks.applicants import fill, open_benchmark_call
    from core import clock

    call = open_benchmark_call()
    staff = User.objects.create(email="staff@synthetic.example", name="Staff", role=Role.STAFF, joined_at=clock.now())
    fill(call, 500)
    first = Application.objects.select_related("enrollment__started_by").first()
    few = count_queries(first.enrollment.started_by, staff, first, call)
    fill(call, applications - 500, first=500)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE floor (person bigint, name text, words text, PRIMARY KEY (person, name))")
        cursor.execute("VACUUM ANALYZE")
    many = count_queries(first.enrollment.started_by, staff, first, call)
    print(f"| queries of | 500 | {applications} |\n|---|---|---|")
    for name in few:
        print(f"| {name} | {few[name]} | {many[name]} |")
    return call, staff, list(Application.objects.select_related("enrollment__started_by").order_by("pk")[:clients])


def measure_floor(redis: Redis, rows: list, seconds: float) -> tuple[Figures, Figures]:
    """The bare view: its page for one client, its POST of as many rows for all of them."""
    clients = len(rows)
    with web(
        "benchmarks.floor_wsgi:application", DJANGO_SETTINGS_MODULE="benchmarks.floor", REDIS_URL=redis.url
    ) as port:
        browsers = [Browser(port, "10.1.1.1", cookies) for cookies in bare_sessions(rows)]
        warm_up(clients, lambda client: browsers[client].get("/"))
        floor_page = told(
            "floor, form page, one client", ask_for(seconds, 1, lambda c, n: browsers[c].get("/")), seconds
        )
        floor_save = told(
            f"floor, POST of 13 rows, {clients} clients",
            ask_for(seconds, clients, lambda c, n: browsers[c].post("/", **answers(n))),
            seconds,
        )
    return floor_page, floor_save


def measure_applicants(port: int, rows: list, seconds: float) -> tuple[Figures, Figures]:
    """Those who have an application: the form page for one client, a section's save for all of them; and autosave."""
    clients, sessions = len(rows), [session_of(row.enrollment.started_by) for row in rows]
    browsers = [Browser(port, f"10.2.1.{at}", cookies) for at, cookies in enumerate(sessions)]
    paths = [f"/applications/{row.public_id}/sections/all/" for row in rows]
    warm_up(clients, lambda client: browsers[client].get(paths[client]))
    page = told("form page, one client", ask_for(seconds, 1, lambda c, n: browsers[c].get(paths[c])), seconds)

    def save(client: int, number: int) -> None:
        bases = {f"base__q{at}": number + 1 for at in range(len(answers(0)))}
        browsers[client].post(paths[client], **answers(number), **bases)

    saved = told(f"section save of 13 answers, {clients} clients", ask_for(seconds, clients, save), seconds)
    told(f"autosave of one answer, {clients} clients", autosave(browsers, rows, seconds), seconds)
    return page, saved


def measure_submissions(port: int, call: object, clients: int, seconds: float) -> tuple[Figures, int]:
    """Whole submissions by people without an account, and how many requests each takes."""
    requests: dict[str, list[float]] = {}
    whole = told(
        f"whole submission, new account, {clients} clients",
        ask_for(seconds, clients, lambda c, n: submit_all(port, call.cohort.code, n, c, requests)),
        seconds,
    )
    for name, times in requests.items():
        told(f"… {name}", sorted(times), seconds)
    return whole, len(requests)


def bare_sessions(rows: list) -> list[dict[str, str]]:
    """Sessions that the bare server understands."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from accounts.backends import SessionStore

    found = []
    for row in rows:
        user, store = row.enrollment.started_by, SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.save()
        found.append({settings.SESSION_COOKIE_NAME: store.session_key})
    return found


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    run(*(given + [10_000, 8, 20][len(given) :]))
