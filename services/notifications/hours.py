"""Times of day where the patient lives, as moments in UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications.rules import Rules

DAY = timedelta(days=1)


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return when it is this time on this date: an hour that is skipped shifts it later.

    Of an hour that comes twice it is the first.
    """
    return datetime.combine(day, at, zone).astimezone(UTC)


def today(now: datetime, zone: ZoneInfo) -> date:
    """Return the date that it is in the zone."""
    return now.astimezone(zone).date()


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return when the date is over."""
    return moment(day + DAY, time(), zone)


def end_of_quiet(now: datetime, zone: ZoneInfo, rules: Rules) -> datetime | None:
    """Return when the quiet hours end, or None where it is not quiet now."""
    local = now.astimezone(zone)
    at, begin, end = local.time(), rules.quiet_from, rules.quiet_until
    if begin <= end:
        return moment(local.date(), end, zone) if begin <= at < end else None
    if at >= begin:
        return moment(local.date() + DAY, end, zone)
    return moment(local.date(), end, zone) if at < end else None
