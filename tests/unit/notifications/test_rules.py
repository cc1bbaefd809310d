"""The times and spans are data that says where it comes from."""

import tomllib
from pathlib import Path

from notifications import rules


def test_every_part_of_the_rules_has_a_version_and_a_source() -> None:
    found = tomllib.loads(Path(str(rules.__file__)).with_suffix(".toml").read_text())

    assert found
    assert all(part["version"] and part["source"] for part in found.values())


def test_reminders_come_outside_the_quiet_hours() -> None:
    known = rules.rules()

    assert known.quiet_until < known.remind_at < known.quiet_from
