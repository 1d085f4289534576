"""Whatever ``next`` says, nobody is sent to another host, and no page offers a way there."""

import re
from urllib.parse import quote, urljoin, urlsplit

import pytest

from tests.fuzz.forms import Page
from tests.fuzz.posts import Request, encoded
from tests.fuzz.stage import Stage

# Without the mark, pytest-django makes no database for a run of this module alone.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
SPELLINGS = [
    *(
        "https://evil.example",
        "http://evil.example/",
        "HTTPS://EVIL.EXAMPLE",
        "//evil.example",
        "///evil.example",
        "////evil.example",
    ),
    *(
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\\/evil.example",
        "\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
    ),
    *(
        "\t//evil.example",
        " //evil.example",
        "\x00//evil.example",
        "\x01https://evil.example",
        "\u00a0//evil.example",
        "\ufeff//evil.example",
    ),
    *(
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "http:\\\\evil.example",
        "https://testserver@evil.example",
    ),
    *("http://[", "//[evil.example", "https://[::1"),  # Python refuses to take these apart
    *(
        "https://testserver.evil.example",
        "https://evil.example#testserver",
        "https://evil.example\\@testserver",
        "//evil.example/%2f..",
    ),
    *(
        "%2f%2fevil.example",
        "/%2f/evil.example",
        "/%0d%0aLocation:%20https://evil.example",
        "/\r\nLocation: https://evil.example",
    ),
    *(
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
    ),
    *(
        "vbscript:x",
        "blob:https://evil.example/x",
        "ftp://evil.example",
        "//evil。example",
        "//ⓔvil.example",
        "https://evil%E3%80%82example",
    ),
    *(
        "http://[::1]",
        "//user:pass@evil.example:443/x",
        "//evil.example:80",
        "///\\;@evil.example",
        "/.//evil.example",
        "/..//evil.example",
    ),
    *(
        "?next=//evil.example",
        "#//evil.example",
        "//",
        "///",
        "https://",
        "http:",
        ":",
        "//testserver:99999@evil.example",
        "@evil.example",
    ),
]
PROBE = "/privacy/?probe"
NAMES = (
    "next",
    "url",
    "return_to",
    "redirect",
    "redirect_to",
    "to",
    "continue",
    "then",
    "back",
    "success_url",
    "_popup",
    "referer",
)
FORM = {"login": "lena.leader@test.example", "password": "cast-password", "email": "new@test.example", "name": "New"}
FORM |= {"password1": "a long enough secret", "time_zone": "UTC", "code": "000000", "oldpassword": "cast-password"}
# Ours, and what the pages for a refused request offer.
HARMLESS = ("testserver", "mailto:")
ADDRESSES = {"href", "src", "action", "formaction"}


def goes_to(address: str, base: str = "http://testserver/accounts/login/") -> str:
    """Where a browser goes (WHATWG URL Standard): it drops tabs, line ends and leading blanks, and reads \\ as /.

    A host that is no host is an error there, and ``nowhere`` here.
    """
    seen = re.sub(r"[\t\r\n]", "", address).strip("".join(map(chr, range(33))))
    scheme = seen.partition(":")[0].lower()
    if ":" in seen and re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme) and scheme not in ("http", "https"):
        return scheme + ":"
    seen = seen.replace("\\", "/")
    if hit := re.match(r"(https?):(.*)", seen, re.I):
        seen = "//" + hit[2].lstrip("/") if hit[2].startswith("/") or hit[1].lower() != "http" else hit[2]
    elif seen.startswith("//"):
        seen = "//" + seen.lstrip("/")
    try:
        return urlsplit(urljoin(base, seen)).netloc
    except ValueError:
        return "nowhere"


def asked(stage: Stage, person: str, path: str, method: str, value: str, names: tuple[str, ...]) -> list[str]:
    """Every place that the answer leads to, by itself or by something to press."""
    query = "&".join(f"{name}={quote(value)}" for name in names)
    body = encoded([*FORM.items(), *((name, value) for name in names)]) if method == "POST" else b""
    answer = stage.server.ask(person, Request(method, path, query, body))
    assert answer.status != 500, f"{method} {path} {value!r}"
    places = [value for name, value in answer.headers.items() if name.lower() in ("location", "refresh", "link")]
    return places + Links(path, answer.html).found


class Links(Page):
    """Every address that stands in a page."""

    def __init__(self, path: str, html: str) -> None:
        self.found: list[str] = []
        super().__init__(path, html)

    def handle_starttag(self, tag, attrs):
        self.found += [value or "" for name, value in attrs if name in ADDRESSES]
        if tag == "meta":
            self.found += [
                value or "" for name, value in attrs if name == "content" and "url=" in (value or "").lower()
            ]
        super().handle_starttag(tag, attrs)


@pytest.fixture(scope="module")
def listening(stage) -> list[tuple[str, str, str]]:
    """(person, path, method) of what goes, or offers to go, where one of the names says."""
    found = []
    for name, path in stage.addresses.items():
        for person in ("anonymous", "leader", "staff"):
            if name.startswith("admin:") and name not in ("admin:login", "admin:logout", "admin:index"):
                continue
            for method in ("GET", "POST"):
                if any(PROBE in place for place in asked(stage, person, path, method, PROBE, NAMES)):
                    found.append((person, path, method))
    return found


def test_nobody_is_sent_away(stage, listening, capsys):
    count, away = 0, []
    for person, path, method in listening:
        ordinary = set(asked(stage, person, path, method, "/", ("next",)))
        for value in SPELLINGS:
            for place in asked(stage, person, path, method, value, ("next",)):
                count += 1
                if place not in ordinary and goes_to(place, f"http://testserver{path}") not in HARMLESS:
                    away.append(f"{person} {method} {path} next={value!r} leads to {place!r}")
    paths = sorted({path for _person, path, _method in listening})
    with capsys.disabled():
        print(
            f"\nredirects: {len(SPELLINGS)} spellings x {len(listening)} of {len(paths)} addresses;"
            f" {count} places looked at, {len(away)} away"
        )
    assert not away, "\n".join(away[:20])
    assert "/accounts/login/" in paths


AWAY = {
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "\t//evil.example",
    "/\t/evil.example",
}
HERE = {"%2f%2fevil.example", "?next=//evil.example", "/%2f/evil.example", "@evil.example", "/.//evil.example"}


def test_away_is_seen_as_away():
    """The judge itself: of these a browser leaves, and of those it does not."""
    away = {one for one in SPELLINGS if goes_to(one) != "testserver"}
    assert away >= AWAY
    assert not away & HERE
    assert set(SPELLINGS) >= AWAY | HERE
    assert len(SPELLINGS) >= 25
