"""Where the contact sheets are."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "figures"
