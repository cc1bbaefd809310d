"""Celebrations: which milestone a message is named after."""

from collections.abc import Iterable

from shared.mongo import Document

# What is worth naming first where several milestones share a message.
RANKS = ("phase", "streak", "total", "first_week", "first_session")


def ranked(milestones: Iterable[Document]) -> list[Document]:
    """Return milestones with the one first that their message is named after."""
    return sorted(milestones, key=lambda found: (RANKS.index(found["kind"]), -found["count"]))
