"""The four services have the same rooms, so that whoever knows one knows them all."""

import subprocess
import sys
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


NAMES = ["prescription", "adherence", "notifications", "reporting"]
WORK = """
import sys
import shared.main
import shared.work
import {service}.app
print({{"flask", "werkzeug"}} & set(sys.modules))
"""


@pytest.mark.parametrize("service", NAMES)
def test_a_service_has_the_rooms(service: str) -> None:
    rooms = {path.name for path in (SERVICES / service).iterdir()}

    assert ROOMS - WITHOUT.get(service, set()) <= rooms
    assert not WITHOUT.get(service, set()) & rooms


@pytest.mark.parametrize("service", NAMES)
def test_work_loads_no_web_framework(service: str) -> None:
    command = [sys.executable, "-c", WORK.format(service=service)]

    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "set()\n"
