"""Constraints that many tables share (pure declarations)."""

from django.db.models import CheckConstraint, Q


def both_or_neither(stamp: str, *, table: str) -> CheckConstraint:
    """``<stamp>_at`` and ``<stamp>_by`` are both set or both empty."""
    return CheckConstraint(
        name=f"{table}_{stamp}_at_with_by",
        condition=Q(**{f"{stamp}_at__isnull": True, f"{stamp}_by__isnull": True})
        | Q(**{f"{stamp}_at__isnull": False, f"{stamp}_by__isnull": False}),
    )
