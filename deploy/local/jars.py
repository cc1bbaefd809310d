"""Which jars the broker's class path has, each with the SHA-256 that it must have.

They are kept where Maven keeps its own, so that they are fetched once on a machine. Telling what
is missing needs no Maven client: `hep up` does it without spending the memory of one.
"""

import os
from collections.abc import Iterator
from pathlib import Path

PINNED = Path(__file__).with_name("kafka-4.3.1.jars")
# Of all of them together, for people to know what they wait for.
MEGABYTES = 44


def pins() -> Iterator[tuple[str, str]]:
    """Yield each jar's coordinate, `group:artifact:version`, and its digest."""
    for line in PINNED.read_text().splitlines():
        if not line.startswith("#"):
            coordinate, digest = line.split()
            yield coordinate, digest.removeprefix("sha256:")


def kept(coordinate: str) -> Path:
    """Return where a jar is once it was fetched."""
    group, artifact, version = coordinate.split(":")
    repository = Path(os.environ.get("M2_REPO") or Path.home() / ".m2" / "repository")
    folder = repository.joinpath(*group.split("."), artifact, version)
    return folder / f"{artifact}-{version}.jar"


def missing() -> list[str]:
    """Return the coordinates of those that are still to be fetched."""
    return [coordinate for coordinate, _ in pins() if not kept(coordinate).exists()]
