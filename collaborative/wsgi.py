"""The product as a web server calls it."""

import os
from collections.abc import Callable, Iterable

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborative.settings")

Application = Callable[[dict, Callable], Iterable[bytes]]
UTF_8 = ("", "utf-8", "utf8")
WORDS = b"This request cannot be read. Open the page again, and send the form from there."


def readable_only(application: Application) -> Application:
    """Refuse what Django trips over while it makes its request, before there is a middleware that could answer.

    400: a length of the body that is no number. 415: a kind of body that cannot be parsed, or that names another character
    set than UTF-8; no browser sends that, and Python knows sets that decode to no text at all.
    """

    def answer(environ: dict, start_response: Callable) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal() and len(length) < 19):
            return _refuse(start_response, "400 Bad Request")
        if not _is_utf_8(environ.get("CONTENT_TYPE", "")):
            return _refuse(start_response, "415 Unsupported Media Type")
        return application(environ, start_response)

    return answer


def _is_utf_8(content_type: str) -> bool:
    try:
        _kind, parameters = parse_header_parameters(content_type)
    except ValueError:  # a parameter in a character set of its own (RFC 2231) that is unknown or no text
        return False
    return parameters.get("charset", "").lower() in UTF_8


def _refuse(start_response: Callable, status: str) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(WORDS)))])
    return [WORDS]


application = readable_only(get_wsgi_application())
