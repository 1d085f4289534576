"""Dates as iCalendar (RFC 5545): what a mail carries, and what a calendar program subscribes to (pure: no Django).

An entry is named by its ``uid`` for ever. When it moves, ``sequence`` rises under the same uid, and the calendar program
moves the entry instead of showing a second one.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar import Event as Component

PRODUCT = "-//Quality Collaboratives//Dates//EN"
REFRESH = timedelta(hours=1)  # how often a calendar program is asked to fetch a feed again
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
JSON = dict[str, str | int | bool]


@dataclass(frozen=True)
class Event:
    """One entry of a calendar.

    ``starts`` and ``ends`` are aware moments, shown in ``zone`` (an IANA name); of an ``all_day`` entry they are dates, the
    first and the last day. ``stamp`` (aware) is when this state of the entry came to be. ``busy``: whether the time counts
    as taken. Texts may hold anything; what iCalendar cannot carry is left out.
    """

    uid: str
    sequence: int
    title: str
    starts: datetime | date
    ends: datetime | date
    all_day: bool
    zone: str
    place: str
    description: str
    url: str
    stamp: datetime
    cancelled: bool = False
    busy: bool = True


def to_json(event: Event) -> JSON:
    """The event as plain JSON: its fields by name, moments and dates as ISO strings."""
    moments = {name: getattr(event, name).isoformat() for name in ("starts", "ends", "stamp")}
    return asdict(event) | moments


def event_from(row: JSON) -> Event:
    """The event that ``to_json`` wrote.

    Raises:
        ValueError: it is none: a field is missing, unknown, or no moment.
    """
    try:
        read = date.fromisoformat if row["all_day"] else datetime.fromisoformat
        moments = {"starts": read(row["starts"]), "ends": read(row["ends"])}
        return Event(**row | moments | {"stamp": datetime.fromisoformat(row["stamp"])})
    except (KeyError, TypeError) as error:
        raise ValueError(f"This is no event of a calendar: {error}") from error


def calendar(events: Iterable[Event], *, name: str = "") -> bytes:
    """A calendar of ``events``, published: UTF-8, CRLF, with the rules of every zone that it names.

    With a ``name`` it is one to subscribe to: called so, and fetched again every hour. Without, it is a handful of entries
    to take over; a name would make Outlook open a second calendar for them. The same events give the same bytes.

    Raises:
        KeyError: a zone that this machine does not know.
    """
    events = list(events)
    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    if name:
        found.add("name", _plain(name))
        found.add("x-wr-calname", _plain(name))
        found.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        found.add("x-published-ttl", "PT1H")
    for zone in _zones(events):
        found.add_component(zone)
    for event in events:
        found.add_component(_component(event))
    return found.to_ical()


def _component(event: Event) -> Component:
    starts, ends = _bounds(event)
    entry = Component()
    entry.add("uid", event.uid)
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.stamp.astimezone(UTC))
    entry.add("dtstart", starts)
    entry.add("dtend", ends)
    entry.add("summary", _plain(event.title))
    for field, text in (("location", event.place), ("description", event.description)):
        if text:
            entry.add(field, _plain(text))
    if event.url:
        entry.add("url", event.url)
    entry.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    entry.add("transp", "OPAQUE" if event.busy and not event.cancelled else "TRANSPARENT")
    return entry


def _bounds(event: Event) -> tuple[datetime | date, datetime | date]:
    """Start and end as they are written: local with their zone, or days, the end being the day after the last."""
    if event.all_day:
        return event.starts, event.ends + DAY
    if not _is_local(event):
        return event.starts.astimezone(UTC), event.ends.astimezone(UTC)
    zone = ZoneInfo(event.zone)
    return event.starts.astimezone(zone), event.ends.astimezone(zone)


def _is_local(event: Event) -> bool:
    """Whether local times say it. A time that comes twice is read as the first by everybody, so the second is told in UTC."""
    zone = ZoneInfo(event.zone)
    is_second = any(moment.astimezone(zone).fold for moment in (event.starts, event.ends))
    return event.zone not in ("UTC", "Etc/UTC") and not is_second


def _zones(events: list[Event]) -> list[Timezone]:
    """The rules of the zones in use, for the years in use."""
    timed = [event for event in events if not event.all_day and _is_local(event)]
    if not timed:
        return []
    first = min(event.starts.astimezone(UTC).year for event in timed)
    last = max(event.ends.astimezone(UTC).year for event in timed) + 1
    return [_rules(zone, first, last) for zone in sorted({event.zone for event in timed})]


@lru_cache(maxsize=200)
def _rules(zone: str, first: int, last: int) -> Timezone:
    """The offsets of a zone from the first of January of ``first`` to that of ``last``, UTC.

    Not the library's own: it names the start of summer time by the clock after the change, and RFC 5545 (3.6.5) wants the
    one before. Shared by all calendars that need it; nobody changes it.
    """
    place, end = ZoneInfo(zone), datetime(last, 1, 1, tzinfo=UTC)
    rules, moment = Timezone(), datetime(first, 1, 1, tzinfo=UTC)
    rules.add("tzid", zone)
    rules.add_component(_observance(moment, place))
    while moment < end:
        if _offset(moment, place) != _offset(moment + DAY, place):
            rules.add_component(_observance(_change(moment, moment + DAY, place), place))
        moment += DAY
    return rules


def _offset(moment: datetime, place: ZoneInfo) -> timedelta:
    return moment.astimezone(place).utcoffset()


def _change(low: datetime, high: datetime, place: ZoneInfo) -> datetime:
    """The first second between ``low`` and ``high`` with the offset of ``high``."""
    while high - low > SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (low, middle) if _offset(middle, place) == _offset(high, place) else (middle, high)
    return high


def _observance(moment: datetime, place: ZoneInfo) -> TimezoneStandard | TimezoneDaylight:
    """From ``moment`` on: named by the clock as it stood just before."""
    before, after = _offset(moment - SECOND, place), moment.astimezone(place)
    rule = TimezoneDaylight() if after.dst() else TimezoneStandard()
    rule.add("dtstart", (moment + before).replace(tzinfo=None))
    rule.add("tzname", after.tzname())
    rule.add("tzoffsetfrom", before)
    rule.add("tzoffsetto", after.utcoffset())
    return rule


def _plain(text: str) -> str:
    """Without the control characters that iCalendar forbids; line ends and tabs stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter in "\n\t" or (letter >= " " and letter != "\x7f"))
