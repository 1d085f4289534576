"""The sealed copy and its fingerprint."""

import hashlib
import json

from applications.models import Application


def canonical(sealed: dict) -> bytes:
    """The one spelling of a sealed copy that is hashed: keys sorted, no spaces, UTF-8."""
    return json.dumps(sealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(sealed: dict) -> str:
    """SHA-256 of the canonical spelling, in 64 hexadecimal digits."""
    return hashlib.sha256(canonical(sealed)).hexdigest()


def is_intact(application: Application) -> bool:
    """Whether the sealed copy still is what was submitted."""
    submission = application.submission
    return submission is not None and digest(submission.sealed) == submission.sealed_sha256


def removal_words(application: Application) -> str:
    """``removed_from`` of the submission in force."""
    return removed_from(application.submission.sealed) if application.submission else ""


def removed_from(sealed: dict) -> str:
    """What was taken out of the sealed copy later, so that the fingerprint no longer fits it; empty if nothing was."""
    if "removed" in sealed:
        return f"of the original; the content was removed on {sealed['removed_on']}"
    if "people_removed_on" in sealed:
        return f"of the original; a person was removed from it on {sealed['people_removed_on']}"
    return ""
