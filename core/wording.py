"""How moments, zones and spans of time are put into words. Pure Python: no Django, no clock of its own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

# The names that people in the United States use. Every other zone is named after its city.
PLAIN_ZONES = {
    "America/New_York": "Eastern",
    "America/Detroit": "Eastern",
    "America/Indiana/Indianapolis": "Eastern",
    "America/Kentucky/Louisville": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Boise": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "Pacific/Guam": "Guam",
    "America/Puerto_Rico": "Atlantic",
    "UTC": "UTC",
    "Etc/UTC": "UTC",
}
# Not strftime: its words depend on the machine's locale.
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True)
class DeadlineWords:
    """The three parts of a deadline. ``reader`` is empty where the reader's clock shows the same."""

    own: str
    reader: str
    left: str

    def __str__(self) -> str:
        reader = f" ({self.reader})" if self.reader else ""
        return f"{self.own}{reader}, {self.left}"


def as_zone(zone: str | tzinfo) -> tzinfo:
    """A zone given by its IANA name or as an object."""
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def zone_name(zone: str | tzinfo) -> str:
    """“Eastern” for America/New_York, “London time” for Europe/London."""
    key = zone if isinstance(zone, str) else getattr(zone, "key", None) or str(zone)
    if key in PLAIN_ZONES:
        return PLAIN_ZONES[key]
    return key.rpartition("/")[2].replace("_", " ") + " time"


def day(value: date) -> str:
    """“May 1, 2024”; of a datetime, its own calendar date."""
    return f"{MONTHS[value.month - 1]} {value.day}, {value.year}"


def clock_time(value: datetime) -> str:
    """“8:59 PM”. Seconds are cut, not rounded: rounding would promise time that nobody has."""
    return f"{value.hour % 12 or 12}:{value.minute:02d} {'AM' if value.hour < 12 else 'PM'}"


def moment(at: datetime, zone: str | tzinfo) -> str:
    """“May 1, 2024, 8:59 PM” in ``zone``; ``at`` is aware."""
    local = at.astimezone(as_zone(zone))
    return f"{day(local)}, {clock_time(local)}"


def span(length: timedelta) -> str:
    """A length of time in its largest useful unit, rounded down: “3 days”, “29 hours”, “95 minutes”.

    Two days and more are told in days, two hours and more in hours. “1 day” and “1 hour” do not occur, because they
    would hide half of what is left exactly when it matters.
    """
    minutes = int(abs(length).total_seconds()) // 60
    if minutes >= 2 * 24 * 60:
        return f"{minutes // (24 * 60)} days"
    if minutes >= 2 * 60:
        return f"{minutes // 60} hours"
    if minutes:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    return "less than a minute"


def file_size(size: int) -> str:
    """“640 bytes”, “12 KB”, “3.4 MB”; a thousand each, as computers show it to people today."""
    if size < 1000:
        return "1 byte" if size == 1 else f"{size} bytes"
    if size < 999_500:
        return f"{round(size / 1000)} KB"
    return f"{size / 1_000_000:.1f}".removesuffix(".0") + " MB"


def time_left(at: datetime, now: datetime) -> str:
    """“in 3 days”, “29 hours ago”, “now” (to the second)."""
    length = at - now
    if abs(length) < timedelta(seconds=1):
        return "now"
    return f"in {span(length)}" if length > timedelta(0) else f"{span(length)} ago"


def reader_part(at: datetime, zone: str | tzinfo, reader_zone: str | tzinfo) -> str:
    """“8:59 PM for you”, with the date if it is another one; empty where both clocks show the same at that moment."""
    own, reader = at.astimezone(as_zone(zone)), at.astimezone(as_zone(reader_zone))
    if own.utcoffset() == reader.utcoffset():
        return ""
    words = clock_time(reader) if own.date() == reader.date() else f"{day(reader)}, {clock_time(reader)}"
    return f"{words} for you"


def deadline(at: datetime, zone: str | tzinfo, *, reader_zone: str | tzinfo, now: datetime) -> DeadlineWords:
    """A deadline in its own zone, in the reader's, and the time left.

    ``str()`` of it is “May 1, 2024, 11:59 PM Eastern (8:59 PM for you), in 3 days”.
    """
    return DeadlineWords(
        own=f"{moment(at, zone)} {zone_name(zone)}",
        reader=reader_part(at, zone, reader_zone),
        left=time_left(at, now),
    )
