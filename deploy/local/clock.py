"""The platform's clock on this machine: the real one, set off by a file that all parts read."""

from datetime import UTC, datetime

from deploy.local.stack import Stack
from shared.clock import OffsetClock, system


def now(stack: Stack) -> datetime:
    """Return the platform's time."""
    return OffsetClock(stack.clock)()


def move(stack: Stack, moment: datetime) -> None:
    """Set the platform's time; it runs on from there.

    Whoever reads meanwhile reads the old offset or the new one: half a number would be another
    time.
    """
    draft = stack.clock.with_suffix(".new")
    draft.write_text(f"{(moment - system()).total_seconds():.3f}")
    draft.replace(stack.clock)


def reset(stack: Stack) -> None:
    """Let the platform go by the real time again."""
    stack.clock.unlink(missing_ok=True)


def told(stack: Stack) -> str:
    """Return what to say of a clock that is set off, or nothing."""
    if not stack.clock.exists():
        return ""
    moment = now(stack).astimezone(UTC)
    return (
        f"The platform's clock says {moment:%Y-%m-%d %H:%M} UTC, as the demonstration left it; "
        "`hep demo --now` puts it back to today."
    )
