"""Hands a run to the judge, which is another process without the platform's code on its path."""

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local import stack
from deploy.local.stack import SERVICES, Stack

HERE = Path(__file__).parent
SECONDS = 600


def case(where: Stack, history: Path) -> dict[str, Any]:
    """Return what the judge needs to know of a run."""
    found = [json.loads(line) for line in history.read_text().splitlines()]
    tenants = {one["tenant"] for one in found if one["what"] == "sent"}
    return {
        "history": str(history),
        "mongodb": where.mongodb,
        "kafka": where.kafka,
        "databases": {service: f"hep_{service}" for service in SERVICES},
        # Reporting publishes nothing yet.
        "topics": {service: f"hep.{service}.v1" for service in SERVICES if service != "reporting"},
        "mails": str(where.data / "mail"),
        "origin": where.origin,
        "tokens": {tenant: stack.token(where, f"bo-{tenant}") for tenant in tenants},
    }


def judge(file: Path, given: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
    """Run the judge on a case, which is kept in the file."""
    file.touch(mode=0o600)  # it holds tokens
    file.write_text(json.dumps(given))
    return isolated("-m", "judge", str(file))


def isolated(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the installed packages and the judge on its path, and nothing of ours.

    Without `site` an editable install is not seen.
    """
    path = os.pathsep.join([str(HERE), sysconfig.get_path("purelib")])
    return subprocess.run(
        [sys.executable, "-S", "-P", *arguments],
        env={**os.environ, "PYTHONPATH": path},
        cwd=HERE.anchor,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
