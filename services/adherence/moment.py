"""When a session happened, from what the device says and what the platform's clock says.

The device sends its own now. Where its clock is wrong, the difference moves what it says happened;
what no such difference explains is refused.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from shared.errors import Fault, Invalid

DAY = timedelta(days=1)


class Unexplained(Invalid):
    """A date that no wrong clock explains."""

    slug = "date-unexplained"
    title = "The session's date cannot be"


@dataclass(frozen=True, slots=True)
class Moment:
    """When it happened, on which local date, and whether it was told later than the day after."""

    occurred: datetime
    local_date: date
    late: bool


def settle(
    local_date: date,
    *,
    occurred: datetime,
    device_now: datetime,
    now: datetime,
    zone: tzinfo | None,
    slack: timedelta,
) -> Moment:
    """Return the moment, with a wrong clock corrected.

    Args:
        local_date: as the device's calendar showed it.
        occurred: when the session was over, by the device's clock.
        device_now: now, by the same clock.
        now: by the platform's clock.
        zone: where the patient lives, None where it is not known yet.
        slack: how far off a clock is right.

    Raises:
        Unexplained: the device says what no wrong clock explains.
    """
    faults = _faults(local_date, occurred, device_now, zone, slack)
    if faults:
        raise Unexplained("No wrong clock explains this date.", faults=faults)
    # Counted in UTC: over a change of the clocks, hours on the wall are not hours.
    skew = now.astimezone(UTC) - device_now.astimezone(UTC)
    corrected = abs(skew) > slack
    told = occurred.astimezone(UTC) + skew if corrected else occurred
    happened = min(told, now).astimezone(occurred.tzinfo)
    where = occurred.tzinfo if local_date == occurred.date() or zone is None else zone
    day = happened.astimezone(where).date() if corrected else local_date
    return Moment(happened, day, now.astimezone(zone or where).date() > day + DAY)


def days(moment: datetime, zone: tzinfo | None) -> set[date]:
    """Return the local date of a moment where the device is, and where the patient lives."""
    return {moment.date(), moment.astimezone(zone).date()} if zone else {moment.date()}


def _faults(
    local_date: date,
    occurred: datetime,
    device_now: datetime,
    zone: tzinfo | None,
    slack: timedelta,
) -> list[Fault]:
    if local_date > max(days(device_now, zone)):
        return [
            Fault(
                "/local_date",
                f"{local_date} is in the future: the device itself says that it is "
                f"{device_now.date()}. Log a session on its day or later.",
            )
        ]
    if occurred > device_now + slack:
        return [
            Fault("/occurred", "It lies after device_now: a session is logged when it is over.")
        ]
    if local_date not in days(occurred, zone):
        return [
            Fault(
                "/local_date",
                f"{local_date} is not the day of occurred, {occurred.date()}. "
                "Send the date that the patient's calendar showed.",
            )
        ]
    return []
