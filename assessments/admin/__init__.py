"""The admin of assessments, split by noun."""

from assessments.admin import findings, instruments, rounds, strategies

__all__ = ["findings", "instruments", "rounds", "strategies"]
