"""The admin of assessments, split by noun."""

from assessments.admin import instruments, rounds

__all__ = ["instruments", "rounds"]
