"""Pages without a room: what they say, their status, and that nothing in them breaks the policy."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.test import Client, RequestFactory
from django.urls import reverse

from core import views

ROOT = Path(settings.BASE_DIR)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "words"), [("/privacy/", "No information about patients"), ("/contact/", "support@example.org")]
)
def test_public_pages(client, path, words):
    response = client.get(path)
    assert response.status_code == 200
    assert words in response.content.decode()


@pytest.mark.django_db
def test_styleguide_only_while_building(client, settings):
    assert client.get("/styleguide/").status_code == 404
    settings.DEBUG = True
    answer = client.get("/styleguide/")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert html.count('<svg class="chart"') == 2
    assert all(
        f'class="{shape}"' in html for shape in ("chart-hollow", "chart-tick", "chart-open", "chart-band", "chart-bar")
    )
    assert all(f'class="heat-{step}"' in html for step in (0, 1, 2, 3, 4, "none"))


@pytest.fixture
def request_without_session():
    """Some requests are refused before any middleware has run."""
    return RequestFactory().get("/")


@pytest.mark.parametrize(
    ("view", "arguments", "status", "words"),
    [
        (views.bad_request, (SuspiciousOperation(),), 400, "We could not read that request"),
        (views.bad_request, (RequestDataTooBig(),), 413, "That is too large to send"),
        (views.permission_denied, (PermissionDenied(),), 403, "Your account does not have access"),
        (
            views.permission_denied,
            (PermissionDenied("Only the leader can submit."),),
            403,
            "Only the leader can submit.",
        ),
        (views.csrf_failure, ("reason",), 403, "This page was open too long"),
        (views.page_not_found, (Exception(),), 404, "Page not found"),
    ],
)
def test_error_pages(request_without_session, view, arguments, status, words):
    response = view(request_without_session, *arguments)
    assert response.status_code == status
    assert words in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nothing/like/this/", "/calls/nothing-like-this/"])
def test_whoever_tries_the_product_gets_the_own_page_as_well(client, settings, path):
    """An address that is none, and one of a thing that is not there; other kinds of answers are left alone."""
    settings.DEBUG = True
    assert "DEBUG = True" in client.get(path).text
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "core.middleware.show_own_not_found"]
    answer = Client().get(path)
    assert (answer.status_code, "DEBUG = True" in answer.text) == (404, False)
    assert "Page not found" in answer.text
    assert Client().get("/calls/").status_code == 200


def test_server_error_needs_no_url_table_and_no_context_processor(request_without_session, settings):
    settings.ROOT_URLCONF = "tests.does_not_exist"
    # Assigned whole: a change inside the list would outlive this test and take the processors from every later one.
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "OPTIONS": {"context_processors": []}}]
    response = views.server_error(request_without_session)
    assert response.status_code == 500
    assert settings.SUPPORT_EMAIL in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_entrance_pages_look_like_ours(client, path):
    html = client.get(path).content.decode()
    assert 'class="site-header"' in html
    assert html.count("<h1>") == 1


def test_dark_is_the_same_by_device_and_by_choice():
    css = (ROOT / "static/css/tokens.css").read_text()
    by_device = re.search(r":root:not\(\[data-bs-theme\]\) \{(.*?)\n  \}", css, re.S).group(1).split()
    by_choice = re.search(r'\n\[data-bs-theme="dark"\] \{(.*?)\n\}', css, re.S).group(1).split()
    assert by_device == by_choice


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrasts_of_the_tokens(theme):
    css = (ROOT / "static/css/tokens.css").read_text()
    block = re.search(rf'\n\[data-bs-theme="{theme}"\] \{{(.*?)\n\}}', css, re.S).group(1)
    color = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    grounds = ["page", "surface", "raised"]
    pairs = [(ink, ground) for ink in ("text", "muted", "accent", "accent-hover", "danger") for ground in grounds]
    pairs += [(tone, f"{tone}-soft") for tone in ("neutral", "info", "success", "warning", "danger")]
    pairs += [("text", f"{tone}-soft") for tone in ("neutral", "info", "success", "warning", "danger")]
    pairs += [
        ("on-accent", "accent"),
        ("on-accent", "accent-hover"),
        ("on-danger", "danger"),
        ("on-danger", "danger-hover"),
    ]
    weak = [pair for pair in pairs if _contrast(color[pair[0]], color[pair[1]]) < 4.5]
    weak += [ground for ground in grounds if _contrast(color["line-strong"], color[ground]) < 3]
    assert weak == []


def test_vendored_files_are_what_the_notices_say():
    notices = (ROOT / "static/vendor/NOTICES.md").read_text()
    listed = re.findall(r"\| `([^`]+)` \|.*?`([0-9a-f]{64})`", notices)
    assert len(listed) == 3
    for name, checksum in listed:
        path = ROOT / name if name.startswith("tests/") else ROOT / "static/vendor" / name
        assert hashlib.sha256(path.read_bytes()).hexdigest() == checksum


@pytest.mark.django_db
def test_an_address_of_a_button_says_so_to_whoever_lands_there(client, cast):
    """After signing in, say, on the way from a button of a page that was open too long."""
    client.force_login(cast.leader)
    response = client.get(reverse("improvement:start_update", args=[cast.enrollment.public_id, "update-1"]))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Press the button again" in response.content.decode()
