"""What Django would trip over before any middleware is asked is refused at the door."""

from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIRequest

from collaborative.wsgi import readable_only

ODD_LENGTHS = ["x", "-1", "1e3", "12, 12", "٣", "9" * 19]
ODD_KINDS = [
    "text/plain; charset*=bogus'x'y",
    "text/plain; charset*=idna'x'%ff",
    "x; a*0*=undefined''%ff; a*1=b",
    "x; charset=\x00",
    "multipart/form-data; boundary=x; charset=idna",
    "application/x-www-form-urlencoded; charset=utf-16",
]
GOOD_KINDS = [
    *(
        "",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; charset=UTF-8",
        "text/plain;;;",
    ),
    *("application/json", "no kind at all", "x; charset=utf8", "/"),
]


def ask(kind: str = "", length: str = "3") -> str:
    """The status, from an application that makes its request as Django does."""
    statuses = []

    def application(environ, start_response):
        WSGIRequest(environ)
        start_response("200 OK", [])
        return []

    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "wsgi.input": BytesIO(b"a=b")}
    readable_only(application)(
        environ | {"CONTENT_TYPE": kind, "CONTENT_LENGTH": length}, lambda status, headers: statuses.append(status)
    )
    return statuses[0][:3]


@pytest.mark.parametrize("length", ODD_LENGTHS)
def test_a_length_that_is_no_number_is_refused(length):
    assert ask(length=length) == "400"


@pytest.mark.parametrize("kind", ODD_KINDS)
def test_a_body_in_another_character_set_is_refused(kind):
    assert ask(kind) == "415"


@pytest.mark.parametrize("kind", GOOD_KINDS)
@pytest.mark.parametrize("length", ["", "0", "3"])
def test_anything_else_goes_in(kind, length):
    assert ask(kind, length) == "200"
