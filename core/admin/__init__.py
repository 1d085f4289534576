"""The admin: the audit trail to read, and what the rooms' own pages in the admin share."""

from core.admin.audit import SeenAdmin, never, words_of

__all__ = ["SeenAdmin", "never", "words_of"]
