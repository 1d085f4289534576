"""The policy on what goes wrong, the cookies, and Django's check of production. The other pages: test_access, test_groups."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.services import issue_access_link
from accounts.services.access import address_of
from core.backends import HostCookie, Notices
from dashboards.views import pages
from tests.access.headers import Reader, wrong_headers, wrong_markup
from tests.architecture.rules import ROOT

SIGN_UP = {"email": "new@test.example", "password1": "a-long-enough-one"}


@pytest.fixture
def browser(cast, settings):
    """The leader's, signed in; what breaks is answered as a visitor sees it."""
    settings.STAFF_TWO_FACTORS_REQUIRED = False
    client = Client(raise_request_exception=False)
    client.force_login(cast.leader)
    return client


def bad_host(browser, **_):
    return browser.get("/", headers={"host": "evil.example"})


def forbidden(browser, **_):
    return browser.get("/status")


def forged(browser, **_):
    browser.handler.enforce_csrf_checks = True
    return browser.post(reverse("profile"), {"name": "x"})


def not_found(browser, **_):
    return browser.get("/no/such/page/")


def wrong_method(browser, cast, **_):
    return browser.get(reverse("practices:invite", args=[cast.team.public_id]))


def too_large(browser, **_):
    return browser.post(reverse("profile"), {f"field{number}": "" for number in range(1001)})


def ended(browser, cast, **_):
    link = issue_access_link(cast.colleague)
    issue_access_link(cast.colleague)
    return browser.get(address_of(link).partition("example.org")[2])


def too_often(settings, **_):
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "signup": "1/h/ip"}
    client = Client()
    answers = [client.post(reverse("account_signup"), SIGN_UP) for _ in range(2)]
    cache.clear()
    return answers[-1]


def broken(browser, monkeypatch, **_):
    monkeypatch.setattr(pages.duties, "cards", lambda *words, **named: 1 / 0)
    return browser.get("/")


def signed_out(**_):
    return Client().post(reverse("session"))


GOES_WRONG = {
    400: bad_host,
    401: signed_out,
    403: forbidden,
    "403 forged": forged,
    404: not_found,
    405: wrong_method,
    410: ended,
    413: too_large,
    429: too_often,
    500: broken,
}


@pytest.mark.parametrize("status", GOES_WRONG)
def test_what_goes_wrong_holds_to_the_policy(status, browser, cast, settings, monkeypatch):
    answer = GOES_WRONG[status](browser=browser, cast=cast, settings=settings, monkeypatch=monkeypatch)
    assert answer.status_code == int(str(status)[:3])
    assert wrong_headers(answer, is_signed_in=status not in (401, 429)) == []
    assert wrong_markup(answer, whole=True) == []
    if status != 401:
        assert b"<h1" in answer.content


def test_nothing_of_a_signed_in_person_stays_in_a_cache(browser):
    assert browser.get("/")["Cache-Control"] == "private, no-store"
    assert not Client().get("/").has_header("Cache-Control")


def test_nor_does_the_answer_that_signs_somebody_in(cast):
    client = Client()
    answer = client.post(reverse("account_login"), {"login": cast.leader.email, "password": "cast-password"})
    assert answer.status_code == 302
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]


@pytest.mark.parametrize("kept", ["", "private, no-cache", "no-cache", "public, no-store"])
def test_a_page_that_a_cache_may_keep_is_seen(browser, kept):
    answer = browser.get("/")
    answer["Cache-Control"] = kept
    assert wrong_headers(answer, is_signed_in=True) == [f"Cache-Control: {kept}"]


def test_no_page_reaches_for_camera_or_place(browser):
    features = dict(part.strip().split("=") for part in browser.get("/")["Permissions-Policy"].split(","))
    assert {value for name, value in features.items() if not name.startswith("publickey")} == {"()"}
    assert {"camera", "microphone", "geolocation"} <= set(features)


@pytest.mark.parametrize(
    "text",
    [
        "<p style='color: red'>",
        "<style>p {}</style>",
        "<script>go()</script>",
        "<button onclick=go()>",
        "<a href=' JavaScript:go()'>",
        "<img src=//elsewhere.example/x.png>",
        "<form action=https://elsewhere.example/>",
    ],
)
def test_the_reader_sees_what_the_policy_refuses(text):
    reader = Reader()
    reader.feed(text)
    assert len(reader.found) == 1


# --- Production ---------------------------------------------------------------------------------------------------------

PRODUCTION = {
    "SECRET_KEY": "production-check-0123456789-abcdefghijklmnopqrstuvwxyz-not-a-key",
    "SITE_URL": "https://example.org",
    "ALLOWED_HOSTS": "example.org",
    "LINK_KEY": "link-key-of-the-check-only",
    "AUDIT_KEY": "audit-key-of-the-check-only",
}
COOKIES = ("SESSION_COOKIE", "CSRF_COOKIE")
TELL = """
import json
from django.conf import settings
words = ("SECURE", "HTTPONLY", "SAMESITE", "NAME", "PATH", "DOMAIN")
names = [f"{cookie}_{word}" for cookie in ("SESSION_COOKIE", "CSRF_COOKIE") for word in words]
names += ["MESSAGE_COOKIE_NAME", "MESSAGE_STORAGE"]
names += ["PASSWORD_HASHERS", "SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT", "DEBUG", "STAFF_TWO_FACTORS_REQUIRED"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def in_production(folder, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A process of its own with the environment of an installation, and nothing of ours."""
    variables = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "VAR_DIR": str(folder), **PRODUCTION, **more}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=variables, capture_output=True, text=True)


def test_check_deploy_has_nothing_to_say(tmp_path):
    result = in_production(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr
    assert "System check identified no issues" in result.stdout + result.stderr
    assert "WARNINGS" not in result.stdout + result.stderr


def settings_in_production(folder, **more: str) -> dict[str, object]:
    code = f"import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'collaborative.settings'\n{TELL}"
    return json.loads(in_production(folder, "-c", code, **more).stdout)


def test_settings_in_production(tmp_path):
    told = settings_in_production(tmp_path)
    for cookie in COOKIES:
        assert told[f"{cookie}_SECURE"] and told[f"{cookie}_HTTPONLY"]
        assert told[f"{cookie}_SAMESITE"] in ("Lax", "Strict")
    assert told["PASSWORD_HASHERS"][0].endswith(".Argon2PasswordHasher")
    assert told["SECURE_HSTS_SECONDS"] >= 31536000
    assert told["SECURE_SSL_REDIRECT"] and told["STAFF_TWO_FACTORS_REQUIRED"] and not told["DEBUG"]


def test_cookies_are_named_for_this_host_alone(tmp_path):
    """A browser refuses such a name without Secure, with a Domain, or with another path. Without TLS it would refuse all."""
    told = settings_in_production(tmp_path)
    plain = settings_in_production(tmp_path, SITE_URL="http://collaborative.example.org")
    for cookie in COOKIES:
        assert told[f"{cookie}_NAME"].startswith("__Host-")
        assert (told[f"{cookie}_PATH"], told[f"{cookie}_DOMAIN"]) == ("/", None)
        assert not plain[f"{cookie}_NAME"].startswith("__Host-")
    assert (told["MESSAGE_COOKIE_NAME"], plain["MESSAGE_COOKIE_NAME"]) == ("__Host-messages", "messages")
    assert told["MESSAGE_STORAGE"] == f"{Notices.__module__}.{Notices.__name__}"
    assert HostCookie.cookie_name == settings.MESSAGE_COOKIE_NAME
