"""What verification, permission and audit cost: the same commands with them and without."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from deploy.local.engines import free_port
from tests.bench import bare
from tests.bench import load as loads
from tests.bench.pairs import Pair, interleave
from tests.waiting import eventually

START_SECONDS = 60
# What is looked for is smaller than what a round differs by.
ROUNDS = 15


def guarded(load: loads.Load, settings: dict[str, str]) -> Pair:
    """Return commands a second of a service that looks who asks, and of one that does not."""
    whole = load.platform.stack.serve(bare.SERVICE)
    with _served(load, settings) as address:
        return interleave(
            lambda: loads.commands(load.at(whole)),
            lambda: loads.commands(load.at(address)),
            ROUNDS,
        )


@contextmanager
def _served(load: loads.Load, settings: dict[str, str]) -> Iterator[str]:
    """Serve beside the platform, over the same store; return the address."""
    port = free_port()
    environment = load.platform.stack.environment(f"{bare.SERVICE}-serve")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bare"],
        env=os.environ | environment | settings | {"HEP_PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: _is_ready(address), START_SECONDS)
        yield address
    finally:
        process.terminate()
        process.wait()


def _is_ready(address: str) -> bool:
    try:
        return requests.get(f"{address}/readyz", timeout=5).ok
    except requests.ConnectionError:
        return False
