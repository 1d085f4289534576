"""What every answer's headers and markup must hold to, as a list of what is wrong."""

import re
from html.parser import HTMLParser

from django.http import HttpResponse

from tests.architecture.test_files import INLINE

WANTED = {
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"same-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin"},
}
POLICY = {
    "default-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# Sources that would let in what somebody wrote into a page, or what lies elsewhere.
OPEN = re.compile(r"unsafe-inline|unsafe-eval|unsafe-hashes|strict-dynamic|https?:|\*|blob:")


def wrong_headers(answer: HttpResponse, *, is_signed_in: bool) -> list[str]:
    """What is missing from the headers of one answer."""
    found = [f"{name}: {answer.get(name)}" for name, good in WANTED.items() if answer.get(name) not in good]
    policy = answer.get("Content-Security-Policy", "")
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip())
    found += [  # a download may allow less than a page
        f"{name} {directives.get(name)}"
        for name, value in POLICY.items()
        if directives.get(name) not in (value, "'none'")
    ]
    if OPEN.search(policy):
        found.append(f"open policy: {policy}")
    if "camera=()" not in answer.get("Permissions-Policy", ""):
        found.append("no Permissions-Policy")
    if answer.has_header("Access-Control-Allow-Origin"):
        found.append("readable from elsewhere")
    kept = answer.get("Cache-Control", "")
    # A calendar is fetched by programs that ask whether it changed, and by its own token; nobody has to be signed in for it.
    enough = "no-cache" if answer.get("Content-Type", "").startswith("text/calendar") else "no-store"
    if is_signed_in and not ("private" in kept and enough in kept):
        found.append(f"Cache-Control: {kept}")
    found += [f"cookie {name} without SameSite" for name, cookie in answer.cookies.items() if not cookie["samesite"]]
    found += [f"cookie {name} for scripts" for name, cookie in answer.cookies.items() if not cookie["httponly"]]
    return found


def is_page(answer: HttpResponse) -> bool:
    return answer.get("Content-Type", "").startswith("text/html") and not answer.streaming


def wrong_markup(answer: HttpResponse, *, whole: bool) -> list[str]:
    """Script or style inside a page: by a quick look at each, and read as HTML where ``whole``."""
    if not is_page(answer):
        return []
    text = answer.content.decode()
    found = [what for what, pattern in INLINE.items() if pattern.search(text)]
    if whole:
        reader = Reader()
        reader.feed(text)
        found += reader.found
    return found


class Reader(HTMLParser):
    """Collects what the policy would refuse: inline script and style, handlers, and addresses that are script."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "style" or (tag == "script" and not values.get("src") and values.get("type") != "application/json"):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            address = (value or "").strip().lower()
            if name == "style" or name.startswith("on") or address.startswith(("javascript:", "vbscript:")):
                self.found.append(f"<{tag} {name}={value!r}>")
            if name in ("src", "href", "action") and tag != "a" and address.startswith(("http:", "https:", "//")):
                self.found.append(f"<{tag} {name}={value!r}> from elsewhere")
