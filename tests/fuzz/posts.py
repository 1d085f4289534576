"""One forged request after another from a seed: a form filled as a browser would, and then spoilt in a few places."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes

from tests.fuzz.forms import BUTTONS, Field, Form
from tests.fuzz.values import COUNTS, EXTRA, SURROGATES, WORDS, Value, nasty

URLENCODED = "application/x-www-form-urlencoded"
BOUNDARY = "fuzzfuzzfuzz"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
TAME = {
    "email": "somebody@test.example",
    "number": "5",
    "date": "2024-07-01",
    "time": "09:00",
    "month": "2024-07",
    "password": "correct horse battery staple",
    "url": "https://test.example/",
}
Pairs = list[tuple[Value, Value]]


@dataclass
class Request:
    """What goes over the wire."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    content_type: str = URLENCODED
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = self.body if len(self.body) < 3_000 else self.body[:3_000] + b"... (%d bytes)" % len(self.body)
        return f"{self.method} {self.path}?{self.query[:500]} {self.content_type[:200]} {self.headers} {shown!r}"


def _bytes(value: Value) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def tame(dice: random.Random, control: Field) -> str | None:
    """What a person might choose or leave as it is; None: nothing is sent, as for a box that is not checked."""
    if control.kind in ("checkbox", "radio", "select"):
        return dice.choice([*control.choices, control.value]) if dice.random() < 0.8 else None
    if control.kind in BUTTONS:
        return dice.choice(control.choices or [""]) if dice.random() < 0.5 else None
    if control.value and (control.kind == "hidden" or dice.random() < 0.6):
        return control.value
    return TAME.get(control.kind, "Words that fit")


def filled(dice: random.Random, form: Form) -> Pairs:
    """Every field with a value that may well be right; about one in four with one that is not; and forged ones beside."""
    spoilt = dice.choice((0.0, 0.1, 0.1, 0.25, 1.0))
    pairs: Pairs = []
    for control in form.fields:
        if dice.random() < spoilt:
            value = dice.choice(COUNTS) if control.name.endswith("_FORMS") else nasty(dice, control.kind)
        else:
            value = tame(dice, control)
        if value is not None and dice.random() > spoilt / 5:
            pairs.append((control.name, value))
    if dice.random() < 0.3:
        pairs += [(dice.choice(EXTRA), nasty(dice, "")) for _ in range(dice.randrange(1, 6))]
    if dice.random() < 0.1 and pairs:
        pairs += [(dice.choice(pairs)[0], nasty(dice, "")) for _ in range(dice.choice((1, 2, 40)))]
    if dice.random() < 0.05:
        pairs.append((dice.choice([*WORDS[:20], *SURROGATES]), "nameless"))
    if dice.random() < 0.05:
        dice.shuffle(pairs)
    return pairs


# --- How it is sent ----------------------------------------------------------------------------------------------------


def encoded(pairs: Pairs) -> bytes:
    """As a browser sends a form."""
    return b"&".join(
        quote_from_bytes(_bytes(name)).encode() + b"=" + quote_from_bytes(_bytes(value)).encode()
        for name, value in pairs
    )


def urlencoded(dice: random.Random, pairs: Pairs) -> bytes:
    body = encoded(pairs)
    if dice.random() < 0.03:
        body += dice.choice(
            (b"&a" * 1_100, b"&&&==&=", b"&%", b"&%zz=%u0000", b";a;b", b"\x00", b"&" + bytes(range(128, 256)))
        )
    return body


NAMES = (
    "a.pdf",
    "",
    "\x00",
    "../../x.pdf",
    "C:\\a\\b.png",
    "x" * 5_000,
    "a\r\nX: y.txt",
    "\u202efdp.exe",
    "con",
    ".",
    "日本.csv",
)
CONTENTS = (
    b"",
    b"words",
    b"%PDF-1.7\n",
    b"\x89PNG\r\n\x1a\n" + b"\0" * 30,
    b"PK\x03\x04" + b"\0" * 30,
    b"GIF89a",
    b"\xff\xd8\xff\xe0",
)


def multipart(dice: random.Random, form: Form, pairs: Pairs) -> bytes:
    files = {control.name for control in form.fields if control.kind == "file"}
    parts = []
    for name, value in pairs:
        label = _bytes(name).replace(b'"', b"%22")
        head = b'Content-Disposition: form-data; name="' + label + b'"'
        content = _bytes(value)
        if name in files or dice.random() < 0.03:
            head += (
                b'; filename="'
                + _bytes(dice.choice(NAMES))
                + b'"\r\nContent-Type: '
                + dice.choice((b"application/pdf", b"text/plain; charset=idna", b"", b"x" * 300))
            )
            content = dice.choice(CONTENTS)
        parts.append(b"--" + BOUNDARY.encode() + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + b"--" + BOUNDARY.encode() + b"--\r\n"


def _spoil_body(dice: random.Random, request: Request) -> None:
    body, line = request.body, b"--" + BOUNDARY.encode()
    at = dice.randrange(len(body) + 1)
    request.body = dice.choice(
        (
            body[:at],
            body[:at] + bytes(dice.randrange(256) for _ in range(8)) + body[at:],
            body.replace(b"\r\n", b"\n"),
            body.replace(b"form-data;", b"form-data", 1),
            body.replace(b"form-data; ", b"attachment; x*0*=idna''%ff; ", 1),
            body.replace(b"name=", b"name*=bogus''", 1),
            body.replace(b"name=", b"filename*=utf-16'x'%00; name=", 1),
            body.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n", 2),
            body.replace(b"\r\n\r\n", b"\r\nX: " + b"h" * 70_000 + b"\r\n\r\n", 1),
            body.replace(b"\r\n\r\n", b"\r\nX: y" * 2_000 + b"\r\n\r\n", 1),
            (line + b"\r\n") * 300,
            line + b'\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' * 40,
            body + body,
            b"",
            bytes(dice.randrange(256) for _ in range(200)),
        )
    )


KINDS = (
    *(
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=other",
        "multipart/mixed",
    ),
    f'multipart/form-data; boundary="{BOUNDARY}',
    *(
        f"multipart/form-data; boundary={'b' * 300}",
        "multipart/form-data; boundary=\xe9",
        "multipart/form-data; boundary*=utf-7''%00",
    ),
    *(
        f"{MULTIPART}; charset={one}"
        for one in ("utf-16", "idna", "utf-7", "zlib", "unicode_escape", "undefined", "\xe9", "x" * 500)
    ),
    *(f"{URLENCODED}; charset={one}" for one in ("utf-16", "latin-1", "idna", "rot13", "utf-8", "UTF8", "\x00")),
    *(
        "text/plain; charset*=bogus'x'y",
        "text/plain; charset*=idna'x'%ff",
        "x; a*0*=undefined''%ff; a*1=b",
        ";;;",
        "",
        "/",
    ),
    *(
        "application/json",
        "text/xml",
        "application/x-www-form-urlencoded, multipart/form-data",
        "a" * 9_000,
        "image/png; =; *=;",
    ),
)
LENGTHS = ("-1", "0", "1", "999999999999", "x", "", "1e3", "٣", "9" * 5_000, " 12 ", "12, 12")


def _spoil_kind(dice: random.Random, request: Request) -> None:
    request.content_type = dice.choice(KINDS)


def _spoil_length(dice: random.Random, request: Request) -> None:
    request.headers["CONTENT_LENGTH"] = dice.choice(LENGTHS)


HEADERS = {
    "HTTP_COOKIE": (
        'sessionid="\\000\\000\\000\\000\\000\\000\\000\\000"',
        "sessionid=" + "x" * 4_000,
        "messages=x; ;=;\xff",
        "csrftoken=\x7f",
    ),
    "HTTP_HOST": ("evil.example", "testserver:99999", "testserver:x", "[::1", "a b", "", "testserver.", "\xe9"),
    "HTTP_ACCEPT": ("application/json", "*/*;q=x", "x" * 2_000),
    "HTTP_ACCEPT_LANGUAGE": ("xx" * 1_000, "en;q=9e9", "\x00", "../en"),
    "HTTP_REFERER": ("//", "http://[", "javascript:1", "\xff"),
    "HTTP_X_FORWARDED_FOR": ("1.2.3.4, x", "::", "\x00"),
    "HTTP_X_REQUEST_START": ("t=NaN", "t=1e400", "t=-1", "x"),
    "HTTP_X_CSRFTOKEN": ("", "x", "x" * 64, "\xe9" * 64),
    "HTTP_IF_NONE_MATCH": ('"', "*", 'W/"x", y'),
    "HTTP_IF_MODIFIED_SINCE": ("x", "Fri, 99 Foo 9999 99:99:99 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"),
    "HTTP_RANGE": ("bytes=5-1", "bytes=-", "x"),
    "HTTP_ORIGIN": ("null", "http://[", "https://evil.example"),
    "REMOTE_ADDR": ("", "x", "::1%eth0"),
}


def _spoil_header(dice: random.Random, request: Request) -> None:
    name = dice.choice(list(HEADERS))
    request.headers[name] = dice.choice(HEADERS[name])


PARAMETERS = (
    "page",
    "due",
    "q",
    "o",
    "p",
    "all",
    "e",
    "next",
    "month",
    "milestone",
    "team",
    "person",
    "_changelist_filters",
    "at__year",
    "id__in",
    "x",
)
Spoil = Callable[[random.Random, Request], None]


def query(dice: random.Random, known: dict[str, str]) -> str:
    """A query string of parameters that a link on the page has, and of others."""
    pairs: Pairs = [
        (name, value if dice.random() < 0.5 else nasty(dice, ""))
        for name, value in known.items()
        if dice.random() < 0.5
    ]
    pairs += [(dice.choice([*PARAMETERS, *known]), nasty(dice, "")) for _ in range(dice.randrange(1, 3))]
    return urlencoded(dice, [(name, _bytes(value)[:3_000]) for name, value in pairs]).decode("latin-1")


def post(dice: random.Random, form: Form, known: dict[str, str]) -> Request:
    """The form, filled and sent; one in five in a way in which no browser sends it."""
    pairs = filled(dice, form)
    request = Request("POST", form.action.partition("?")[0], form.action.partition("?")[2])
    if form.is_multipart or dice.random() < 0.2:
        request.body, request.content_type = multipart(dice, form, pairs), MULTIPART
    else:
        request.body = urlencoded(dice, pairs)
    if dice.random() < 0.2:
        ways: list[Spoil] = [_spoil_kind, _spoil_length, _spoil_header]
        if request.content_type == MULTIPART:
            ways += [_spoil_body] * 3
        dice.choice(ways)(dice, request)
    if dice.random() < 0.05:
        request.query = query(dice, known)
    return request


def get(dice: random.Random, path: str, known: dict[str, str]) -> Request:
    request = Request("GET", path, query(dice, known), content_type="")
    if dice.random() < 0.1:
        _spoil_header(dice, request)
    return request
