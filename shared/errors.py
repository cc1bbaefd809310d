"""What goes wrong, as one tree.

::

    Exception
     +-- Refusal            a rule says no: the asker can do something about it
     |    +-- Invalid       a field holds what cannot be
     |    +-- NotFound      not there, or not this asker's
     |    +-- Forbidden     the asker's role may not
     |    +-- Stale         the asker saw an older version
     |    +-- NotYet        this service has not seen a fact yet that another one has
     |    +-- TooMany       the asker's practice group sends more than its share
     |    +-- (each rule's own, in the rule's module)
     +-- StoreError         shared/store.py: Conflict, Repeated, TooLarge
     +-- Undecodable        shared/envelope.py
     +-- Silent             shared/kafka.py
     +-- FewPartitions      shared/kafka.py
     +-- Deposed            shared/relay.py
     +-- BrokerLost         shared/written.py
     +-- LogChanged         shared/consume.py
     +-- Fenced             shared/consume.py
     +-- Failed             shared/apply.py
     +-- Away               shared/peers.py
     +-- Unchecked          shared/permission.py

A refusal becomes an RFC 9457 problem; its `slug` is stable and its page is in docs/problems.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one field.

    Attributes:
        pointer: JSON pointer to the field, for example `/exercises/0/dose/sets`.
        reason: why, and what to do, in words for the person who sent it.
    """

    pointer: str
    reason: str


def flatten(messages: Any, pointer: str = "") -> list[Fault]:
    """Return marshmallow's nested messages as faults with JSON pointers."""
    if isinstance(messages, dict):
        found = []
        for name, inner in messages.items():
            # webargs puts the place first; marshmallow puts a whole object's fault at _schema.
            step = "" if name in {"json", "query", "_schema", "headers"} else f"/{name}"
            found.extend(flatten(inner, pointer + step))
        return found
    if isinstance(messages, list):
        return [Fault(pointer, str(message)) for message in messages]
    return [Fault(pointer, str(messages))]


class Refusal(Exception):
    """A rule says no. The message is for the person who asked, and holds no one's data."""

    slug = "refused"
    title = "This is not possible"
    status = 409
    # Seconds after which the same may be sent again, where that helps.
    retry_after = 0

    def __init__(self, detail: str, *, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)


class Invalid(Refusal):
    """A field holds what cannot be."""

    slug = "invalid"
    title = "Something in the request is not right"
    status = 422


class NotFound(Refusal):
    """Not there; another tenant's things answer the same."""

    slug = "not-found"
    title = "There is nothing here"
    status = 404


class Forbidden(Refusal):
    """The asker is known, but the role may not do this."""

    slug = "forbidden"
    title = "Your role may not do this"
    status = 403


class Stale(Refusal):
    """The asker decided on an older version: read again."""

    slug = "stale"
    title = "This has changed since you read it"
    status = 412


class NotYet(Refusal):
    """This service has not seen a fact yet that another one has: ask again in a moment."""

    slug = "not-yet"
    title = "This is still on its way"
    status = 503
    retry_after = 1


class TooMany(Refusal):
    """The asker's practice group sends more than its share: the same again, a little later."""

    slug = "too-many"
    title = "This is more than we can take at once"
    status = 429

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
