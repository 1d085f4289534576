"""Instruments in the admin: lists to read, and pages below a version's own where staff write it."""

from assessments.admin.instruments.lists import InstrumentAdmin, InstrumentVersionAdmin

__all__ = ["InstrumentAdmin", "InstrumentVersionAdmin"]
