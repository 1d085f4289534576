"""Writes of sessions, split by noun: the schedule, and attendance."""

from sessions_app.services.attendance import AttendanceRefused, record_all, record_attendance
from sessions_app.services.schedule import SessionRefused, change_mode, note_agenda_changed, schedule_session

__all__ = [
    "AttendanceRefused",
    "SessionRefused",
    "change_mode",
    "note_agenda_changed",
    "record_all",
    "record_attendance",
    "schedule_session",
]
