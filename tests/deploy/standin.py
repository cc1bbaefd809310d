"""Runs a supervisor over the children that a test describes as JSON: a program, not a test."""

import asyncio
import json
import sys
from pathlib import Path

from deploy.local.supervisor import CannotStartError, Child, Patience, Supervisor


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


data, children = Path(sys.argv[1]), [Child(**one) for one in json.loads(sys.argv[2])]
patience = Patience(first=0.1, most=0.4, stop=3, layer=1)
try:
    asyncio.run(Supervisor(children, data, say, lambda: say("all up"), patience).run())
except CannotStartError as error:
    sys.exit(str(error))
