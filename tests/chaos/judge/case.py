"""What is to be judged: where the history, the engines, the mails and the answers are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Which topics each service consumes: what a ledger must stand at the head of.
READS = {
    "prescription": ("prescription",),
    "adherence": ("prescription", "adherence"),
    "notifications": ("prescription", "adherence", "notifications"),
    "reporting": ("prescription", "adherence"),
}
# The consumer of erasures reads the topic that tells of them, in every service.
PRIVACY = ("privacy@", ("prescription",))


@dataclass(frozen=True, slots=True)
class Case:
    """Where everything is.

    Attributes:
        history: file of what the load client asked and was answered.
        mongodb: URI.
        kafka: bootstrap address.
        databases: by service.
        topics: by service.
        mails: folder of delivered mails.
        origin: where the platform answers.
        tokens: access token of a therapist, by practice.
    """

    history: Path
    mongodb: str
    kafka: str
    databases: Mapping[str, str]
    topics: Mapping[str, str]
    mails: Path
    origin: str
    tokens: Mapping[str, str]


def load(file: Path) -> Case:
    """Read a case from its JSON file."""
    found: dict[str, Any] = json.loads(file.read_text())
    paths = {name: Path(found[name]) for name in ("history", "mails")}
    return Case(**{**found, **paths})
