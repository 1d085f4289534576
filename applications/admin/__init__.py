"""Calls and applications as the staff work with them."""

from applications.admin.calls import CallAdmin
from applications.admin.intake import ApplicationAdmin
from applications.admin.tables import ExportAdmin

__all__ = ["ApplicationAdmin", "CallAdmin", "ExportAdmin"]
