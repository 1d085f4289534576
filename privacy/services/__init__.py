"""Acting on what is kept: the rules, one person's name, and the note of a download."""

from privacy.services.anonymising import RemovalRefused, anonymise, obstacle
from privacy.services.downloads import MOST_AN_HOUR, TooManyDownloads, note_export
from privacy.services.retention import Report, apply_rule, dry_run, retain_daily

__all__ = [
    "MOST_AN_HOUR",
    "RemovalRefused",
    "Report",
    "TooManyDownloads",
    "anonymise",
    "apply_rule",
    "dry_run",
    "note_export",
    "obstacle",
    "retain_daily",
]
