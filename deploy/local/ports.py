"""Which port each part listens on: the one it had last time, else the first that is free."""

import socket
from collections.abc import Iterable, Mapping

# Below the range that systems draw outgoing ports from: there a client's connection could sit on
# a port that a server wants back.
FIRST = 18080
SPAN = 400


class NoPortError(Exception):
    """No port is free where the stack looks for one."""


def has_ipv6() -> bool:
    """Tell whether this machine listens on ::1 at all."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as sock:
            sock.bind(("::1", 0))
    except OSError:
        return False
    return True


def free(port: int) -> bool:
    """Tell whether a server could listen on the port, on both addresses of `localhost`."""
    if has_ipv6() and not _bindable(socket.AF_INET6, "::1", port):
        return False
    return _bindable(socket.AF_INET, "127.0.0.1", port)


def _bindable(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((host, port))
    except OSError:
        return False
    return True


def settle(
    names: Iterable[str], wanted: Mapping[str, int], *, first: int = FIRST
) -> dict[str, int]:
    """Give every part a port: the wanted one where it is free, else the next that is.

    Args:
        names: the parts that listen.
        wanted: the port of a part that had one, or was asked for.
        first: where to look for a part that had none.

    Raises:
        NoPortError: nothing is free within 400 ports of the wanted one.
    """
    chosen: dict[str, int] = {}
    reserved = set(wanted.values())
    for name in names:
        want = wanted.get(name)
        if want is not None and want not in chosen.values() and free(want):
            chosen[name] = want
        else:
            start = first if want is None else want + 1
            chosen[name] = _next(start, reserved | set(chosen.values()))
    return chosen


def _next(start: int, reserved: set[int]) -> int:
    for port in range(start, start + SPAN):
        if port not in reserved and free(port):
            return port
    raise NoPortError(f"no port is free between {start} and {start + SPAN}")
