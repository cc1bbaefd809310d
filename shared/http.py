"""Ask another server over HTTP: JSON back, bounded, one connection pool a process.

urllib3 and not requests on top of it: every process of every service asks, and the difference is
five megabytes in each.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import urllib3

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0


class Unanswered(Exception):
    """No answer, a refusal, or no JSON; the message says which, without the address."""


def pool() -> urllib3.PoolManager:
    """Return a pool of connections for this process; made after the fork."""
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    # One more try for a kept connection that the other side has closed meanwhile.
    retries = urllib3.Retry(connect=0, read=1, redirect=0, other=0)
    return urllib3.PoolManager(timeout=timeout, retries=retries, maxsize=8)


def ask(
    pool: urllib3.PoolManager,
    method: str,
    address: str,
    *,
    fields: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """Return the JSON that the server answers.

    Args:
        pool: of this process.
        method: GET, with the fields in the query, or POST, with the fields as a form.
        address: URL.
        fields: names and values.
        headers: of the request.

    Raises:
        Unanswered: no answer, a status of 400 or above, or no JSON.
    """
    body = urlencode(fields or {})
    try:
        if method == "GET":
            answer = pool.request(method, f"{address}?{body}" if body else address, headers=headers)
        else:
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = pool.request(method, address, body=body, headers={**form, **(headers or {})})
    except urllib3.exceptions.HTTPError as fault:
        raise Unanswered(type(fault).__name__) from None
    if answer.status >= 400:
        raise Unanswered(f"status {answer.status}")
    try:
        return answer.json()
    except ValueError:
        raise Unanswered("no JSON") from None
