"""What is decided when it is due."""

from collections.abc import Mapping

from shared import privacy
from shared.service import DueHandler

DUE: Mapping[str, DueHandler] = {privacy.ERASE: privacy.erase}
