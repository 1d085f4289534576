"""Whether a local moment can be: refused with a sentence where the zone's clocks skip it or show it twice."""

from datetime import date, time
from zoneinfo import ZoneInfo

from core.refusals import Refused
from programs import timeline

Moment = dict[str, date | time | None]
NAMES = ("starts_on", "starts_time", "ends_on", "ends_time")


def check_local(day: date, at: time | None, zone: ZoneInfo) -> None:
    """Refuse a local time that ``zone`` skips in spring or shows twice in autumn; None is a whole day and always fine."""
    if at is None:
        return
    try:
        timeline.check_local(day, at, zone)
    except (timeline.MissingLocalTime, timeline.AmbiguousLocalTime) as error:
        raise Refused(str(error)) from error


def check_moment(title: str, moment: Moment, zone: ZoneInfo) -> None:
    """Refuse an end before the start, and what ``check_local`` refuses. ``moment`` has the four NAMES."""
    first, last = moment["starts_on"], moment["ends_on"]
    starts_time, ends_time = moment["starts_time"], moment["ends_time"]
    if (last, ends_time or timeline.END_OF_DAY) < (first, starts_time or time.min):
        raise Refused(f"“{title}” would end before it starts. Change one of the two dates.")
    check_local(first, starts_time, zone)
    check_local(last, ends_time, zone)
