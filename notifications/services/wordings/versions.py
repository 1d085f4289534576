"""Wordings and their versions. A version is never changed: a mail that was planned with one keeps its words."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.models import User
from core import clock
from core.services import record
from notifications.models import Wording
from notifications.selectors import newest_wordings
from notifications.services.wordings.placeholders import KINDS, WordingRefused, check_body, check_subject

BUILT_IN = "reminder"  # the template of a reminder without words of staff's own
PREFIX = "wording:"


def current(code: str) -> Wording | None:
    """The newest version; None where there is no such wording."""
    return Wording.objects.filter(code=code).order_by("-version").first()


def choices(kind: str) -> list[tuple[str, str]]:
    """(code, title) of every wording of a kind, by title."""
    return list(newest_wordings().filter(kind=kind).order_by("title", "code").values_list("code", "title"))


def newest(codes: Iterable[str]) -> dict[str, Wording]:
    """The newest version of each of these codes that exists; one query, or none where only the built-in one is asked for."""
    wanted = set(codes) - {BUILT_IN}
    return {row.code: row for row in newest_wordings().filter(code__in=wanted)} if wanted else {}


def template_of(wording: Wording) -> str:
    """How a mail, or a line of one, names the wording that it is written in: ``wording:<code>:<version>``."""
    return f"{PREFIX}{wording.code}:{wording.version}"


def of_template(template: str) -> Wording | None:
    """The wording that ``template`` names; None for a template of the product.

    Raises:
        ValueError: it names a wording that is not there.
    """
    if not template.startswith(PREFIX):
        return None
    code, _, version = template.removeprefix(PREFIX).rpartition(":")
    found = Wording.objects.filter(code=code, version=version).first() if version.isdecimal() else None
    if found is None:
        raise ValueError(f"There is no wording “{template}”.")
    return found


@transaction.atomic
def write(
    *, code: str, title: str, kind: str, subject: str, body: str, by: User, based_on: int | None = None
) -> Wording:
    """Save a new version, 1 for a new code, and return it; the newest one again where nothing has changed.

    ``based_on`` is the version that the writer had before them (0: none); None follows on whatever is there.

    Raises:
        WordingRefused: the words do not pass the checks, code or kind cannot be used, or somebody else was faster.
    """
    if kind not in KINDS:
        raise WordingRefused("Words of your own are for reminders and for news; other mail says what it has to.")
    if code == BUILT_IN:
        raise WordingRefused(f"“{BUILT_IN}” is the code of the built-in reminder. Choose another.")
    body = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    check_subject(subject, kind)
    check_body(body, kind)
    before = current(code)
    version = before.version if before else 0
    if based_on is not None and based_on != version:
        raise WordingRefused(_meanwhile(based_on))
    if before and before.kind != kind:
        raise WordingRefused("The kind of a wording stays, because plans go by it. Write a new wording.")
    values = {"title": title.strip(), "subject": subject.strip(), "body": body}
    changed = [name for name, value in values.items() if before is None or getattr(before, name) != value]
    if before and not changed:
        return before
    try:
        with transaction.atomic():
            row = Wording.objects.create(
                code=code, version=version + 1, kind=kind, written_at=clock.now(), written_by=by, **values
            )
    except IntegrityError as error:
        raise WordingRefused(_meanwhile(version)) from error
    record("wording.written", row, by=by, fields=changed)
    return row


def _meanwhile(had: int) -> str:
    if had == 0:
        return "This code is in use already. Choose another."
    return "Somebody else has saved a newer version meanwhile. Copy your text, reload the page and put it in there."
