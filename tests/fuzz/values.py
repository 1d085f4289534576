"""Values that nobody types and anybody can send. All bytes: a browser's coding is not part of what is tried."""

import random

BIG = [2**15, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 2**64, 10**9, 10**19, -1, -(2**63) - 1]
NUMBERS = [
    *map(str, BIG),
    *("9" * 400, "9" * 5000, "-" + "9" * 40, "0", "-0", "+1", "1_000", "0x1f", "1e5", "1e400", "1e-400", "1e999999999"),
    *(
        "NaN",
        "sNaN",
        "Infinity",
        "-inf",
        "1.5",
        "1,5",
        "1.",
        ".",
        "٣",
        "²",
        "½",
        "1 000",
        "00000000001",
        "True",
        "None",
    ),
]
DATES = [
    *("0001-01-01", "9999-12-31", "9999-99", "0000-00-00", "10000-01-01", "2024-02-30", "2024-13-01", "-2024-01-01"),
    *("01/01/0001", "12/31/9999", "Jan 1, 0001", "December 31, 9999", "2024-03-10", "2024-11-03", "2024-W01-1"),
    *("0001-01", "9999-12", "0001-01-01T00:00", "9999-12-31T23:59:59.999999Z", "20240701", "1/1/1", "٢٠٢٤-٠٧-٠١"),
]
TIMES = ["00:00", "23:59", "24:00", "25:61", "02:30", "2:30 a.m.", "23:59:60", "-1:00", "99:99:99.9999999"]
ZONES = [
    "UTC",
    "Factory",
    "posixrules",
    "localtime",
    "../../etc/passwd",
    "/etc/localtime",
    "America",
    "Etc/GMT+99",
    "zone.tab",
]
KEYS = [
    "00000000-0000-0000-0000-000000000000",
    "f" * 32,
    "{00000000-0000-4000-8000-000000000000}",
    "1,2",
    "1/2",
    "_00",
    "pk",
]
WORDS = [
    *(
        "",
        " ",
        "\t",
        "\x00",
        "a\x00b",
        "\x00" * 50,
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\ufeff",
        "\u200b",
        "\u2028",
        "\u202egnp.exe",
    ),
    *(
        "\ufffe\uffff",
        "\U0010ffff",
        "👩🏽‍⚕️" * 40,
        "e" + "\u0301" * 3000,
        "ﷺ" * 300,
        "İıſK",
        "ＡＢ＝１",
        "Ω≈ç√∫˜µ",
        "日本語",
    ),
    *(
        "a\r\nBcc: x@evil.example",
        "%0d%0aX: y",
        "%s%n%d",
        "%(name)s",
        "%",
        "{0.__class__}",
        "{{ 7|add:7 }}",
        "{% load x %}",
    ),
    *(
        "{name.__init__.__globals__}",
        "${7*7}",
        "<script>alert(1)</script>",
        "'; DROP TABLE accounts_user; --",
        "\\",
        "\\u0000",
    ),
    *(
        "=1+1",
        "@SUM(A1)",
        "../../../etc/passwd",
        "C:\\con",
        "null",
        "undefined",
        "[]",
        "{}",
        '{"$ne": 1}',
        "on",
        "false",
    ),
    *(
        "x" * 10_000,
        "x " * 5_000,
        "x" * 201,
        "\n" * 2_000,
        "a@b",
        "a@" + "b" * 300 + ".example",
        '"a b"@c.example',
        "a@[::1]",
    ),
    *(
        "ü@exämple.example",
        "a@b.example\x00",
        "a@b.example,c@d.example",
        "http://[",
        "//evil.example",
        "javascript:alert(1)",
    ),
]
SURROGATES = [
    b"\xed\xa0\x80",
    b"a\xed\xb0\x80b",
    b"\xed\xa0\xbd\xed\xb8\x80",
    b"\xff\xfe",
    b"\xc0\x80",
    b"\xf5\x90\x80\x80",
    b"\x80",
]
EVERY = [*NUMBERS, *DATES, *TIMES, *ZONES, *KEYS, *WORDS]
OF_KIND = {"number": NUMBERS, "date": DATES, "time": TIMES, "month": DATES, "datetime-local": DATES}
# Fields that no page shows, for every model behind it and for Python itself.
EXTRA = [
    *(
        "id",
        "pk",
        "public_id",
        "state",
        "role",
        "user",
        "team",
        "is_staff",
        "is_superuser",
        "is_active",
        "version",
        "by",
    ),
    *(
        "arrived_at",
        "submitted_at",
        "_save",
        "_saveasnew",
        "_popup",
        "_to_field",
        "_method",
        "__class__",
        "__proto__",
        "self",
    ),
    *(
        "request",
        "next",
        "action",
        "index",
        "select_across",
        "_selected_action",
        "csrfmiddlewaretoken",
        "a[]",
        "a[b]",
        "seen",
    ),
    *(
        "form-TOTAL_FORMS",
        "form-INITIAL_FORMS",
        "form-0-id",
        "sites-TOTAL_FORMS",
        "x" * 3_000,
        "é",
        "name.first",
        "base__x",
    ),
]
COUNTS = ["-1", "1000000000", "1001", "x", "", "1.5", "\x00", "9" * 5000, "2", "0"]

Value = str | bytes


def nasty(dice: random.Random, kind: str) -> Value:
    """One value: half of the time of what the control is meant for, else anything."""
    if dice.random() < 0.04:
        return dice.choice(SURROGATES)
    fitting = OF_KIND.get(kind, WORDS if kind in ("text", "textarea", "email", "password", "search") else EVERY)
    return dice.choice(fitting if dice.random() < 0.5 else EVERY)
