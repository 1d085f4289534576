"""Taking files in, having them scanned, and clearing away what nobody refers to."""

from documents.rules import FileRefused
from documents.services.scanning import Verdict, scan_waiting
from documents.services.storing import Checked, NotServed, again, check, keep, keep_made, open_content, store
from documents.services.tidying import Untidy, discard, tidy, untidy

__all__ = [
    "Checked",
    "FileRefused",
    "NotServed",
    "Untidy",
    "Verdict",
    "again",
    "check",
    "discard",
    "keep",
    "keep_made",
    "open_content",
    "scan_waiting",
    "store",
    "tidy",
    "untidy",
]
