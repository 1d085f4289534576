"""From an upload to a stored file, and back to its content."""

import hashlib
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from core import clock, wording
from core.refusals import Refused
from core.services import record
from documents import rules
from documents.models import Quota, ScanState, StoredFile
from documents.rules import FileRefused, Kind
from documents.selectors import MB, use_of

logger = logging.getLogger(__name__)


class NotServed(Refused):
    """The content may not be handed out, or is not there."""


@dataclass(frozen=True)
class Checked:
    """A file that may be stored: what it is, what its name shows as, bytes, the SHA-256 in hexadecimal, and whether a scanner
    has found it clean already."""

    upload: File
    name: str
    kind: Kind
    size: int
    sha256: str
    scan_state: ScanState = ScanState.NOT_SCANNED


def check(upload: UploadedFile, *, allowed: Sequence[Kind] = rules.ALL) -> Checked:
    """Find out what an upload is, reading it in pieces. Nothing is written.

    Raises:
        FileRefused: it is empty, too large, damaged, dangerous, or not of a kind in ``allowed``.
    """
    size, name = upload.size or 0, upload.name or ""
    if not size:
        raise FileRefused("This file is empty. Check it on your computer, and choose it once more.")
    if size > settings.MAX_UPLOAD_MB * MB:
        raise FileRefused(
            f"This file has {wording.file_size(size)}, more than the {settings.MAX_UPLOAD_MB} MB that can be sent. Make it"
            " smaller, for example by saving it as PDF."
        )
    kind = rules.recognise(upload.file, name, size, allowed)
    return Checked(upload, rules.cleaned_name(name, kind), kind, size, _digest(upload))


def _digest(content: File) -> str:
    digest = hashlib.sha256()
    for piece in content.chunks():  # from the beginning
        digest.update(piece)
    return digest.hexdigest()


@transaction.atomic
def keep(checked: Checked, *, by: User | None, quota_key: str) -> StoredFile:
    """Write a checked upload under a random name, and its row.

    The content is there before the row is committed. Where the transaction around this fails, the content stays behind
    without a row, and ``tidy_files`` removes it. The quota's row is locked until that transaction ends, so of two that
    would fill the same last place only one passes.

    Raises:
        FileRefused: the quota is used up.
    """
    Quota.objects.select_for_update().get_or_create(key=quota_key)
    _check_quota(checked, quota_key)
    file = _write(checked, by=by, quota_key=quota_key)
    record("storedfile.stored", file, by=by)
    return file


@transaction.atomic
def keep_made(content: File, *, name: str, kind: Kind, by: User, quota_key: str) -> StoredFile:
    """Write a file that the product itself made for ``by``, and its row. No limit of uploads holds for it.

    As of an upload, the content is there before the row is committed.
    """
    made = Checked(content, name, kind, content.size, _digest(content))
    file = _write(made, by=by, quota_key=quota_key)
    record("storedfile.made", file, by=None)
    return file


def _write(checked: Checked, *, by: User | None, quota_key: str) -> StoredFile:
    now = clock.now()
    path = default_storage.save(f"{now:%Y/%m}/{secrets.token_hex(16)}.bin", checked.upload)
    return StoredFile.objects.create(
        file=path,
        original_name=checked.name,
        content_type=checked.kind.content_type,
        size=checked.size,
        sha256=checked.sha256,
        quota_key=quota_key,
        scan_state=checked.scan_state,
        created_at=now,
        uploaded_by=by,
    )


def again(file: StoredFile) -> Checked:
    """A stored file to be kept once more for somebody else, with what the scanner found. The caller closes ``upload``.

    Raises:
        FileRefused: files like this are no longer taken.
        NotServed: the scanner refused it, or the content is missing.
    """
    kind = next((one for one in rules.ALL if one.content_type == file.content_type), None)
    if kind is None or file.size > settings.MAX_UPLOAD_MB * MB:
        raise FileRefused(f"Files like “{file.original_name}” are no longer taken. Send another one.")
    return Checked(open_content(file), file.original_name, kind, file.size, file.sha256, ScanState(file.scan_state))


def _check_quota(checked: Checked, quota_key: str) -> None:
    used, most = use_of(quota_key), settings.FILE_QUOTA_MB * MB
    advice = f"Files that were replaced count too. Write to {settings.SUPPORT_EMAIL} if you need more."
    if used.files >= settings.FILE_QUOTA_COUNT:
        raise FileRefused(f"{settings.FILE_QUOTA_COUNT} files are stored here already, and no more fit. {advice}")
    if used.size + checked.size > most:
        left = wording.file_size(max(most - used.size, 0))
        raise FileRefused(
            f"This file has {wording.file_size(checked.size)}, and {left} are left of {settings.FILE_QUOTA_MB} MB. {advice}"
        )


def store(upload: UploadedFile, *, by: User | None, quota_key: str, allowed: Sequence[Kind] = rules.ALL) -> StoredFile:
    """``check`` and ``keep`` in one.

    Raises:
        FileRefused: see there.
    """
    return keep(check(upload, allowed=allowed), by=by, quota_key=quota_key)


def open_content(file: StoredFile) -> File:
    """The content of a file, to be read once by somebody who may see it.

    Raises:
        NotServed: the scanner refused it, or the content is missing.
    """
    if file.scan_state == ScanState.REFUSED:
        raise NotServed(
            f"The virus scanner refused “{file.original_name}”, so nobody can download it. Ask whoever sent it for a"
            " clean copy."
        )
    try:
        return default_storage.open(file.file.name)
    except FileNotFoundError as error:
        logger.error("The content of file %s (%s) is missing.", file.pk, file.file.name)
        raise NotServed(f"“{file.original_name}” could not be found. Write to {settings.SUPPORT_EMAIL}.") from error
