"""The four services have the same rooms, so that whoever knows one knows them all."""

from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"
ROOMS = {
    "__init__.py",
    "__main__.py",
    "app.py",
    "commands.py",
    "contracts",
    "events.py",
    "handlers.py",
    "pages.py",
    "policies.py",
    "projections.py",
    "published.py",
    "queries.py",
    "routes.py",
    "schemas.py",
    "templates",
}
# A service that decides nothing has no rooms for it.
WITHOUT = {
    "reporting": {"commands.py", "events.py", "handlers.py", "policies.py", "published.py"},
}


@pytest.mark.parametrize("service", ["prescription", "adherence", "notifications", "reporting"])
def test_a_service_has_the_rooms(service: str) -> None:
    rooms = {path.name for path in (SERVICES / service).iterdir()}

    assert ROOMS - WITHOUT.get(service, set()) <= rooms
    assert not WITHOUT.get(service, set()) & rooms
