"""What people are shown: timelines and inboxes over HTTP, and the mails that were delivered."""

import email
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import requests

from .case import Case

Things = dict[tuple[str, str], Any]


def timelines(case: Case, programs: Iterable[tuple[str, str]]) -> Things:
    """Return each program's timeline, by tenant and program."""
    return {
        (tenant, program): _get(case, tenant, f"/reporting/v1/programs/{program}/timeline")
        for tenant, program in programs
    }


def inboxes(case: Case, patients: Iterable[tuple[str, str]]) -> Things:
    """Return each patient's messages, by tenant and patient."""
    return {(tenant, patient): _inbox(case, tenant, patient) for tenant, patient in patients}


def _inbox(case: Case, tenant: str, patient: str) -> list[Any]:
    path, messages = f"/notifications/v1/patients/{patient}/messages?limit=200", []
    page = _get(case, tenant, path)
    messages += page["items"]
    while page["next"]:
        page = _get(case, tenant, f"{path}&cursor={page['next']}")
        messages += page["items"]
    return messages


def _get(case: Case, tenant: str, path: str) -> Any:
    headers = {"Authorization": f"Bearer {case.tokens[tenant]}"}
    answer = requests.get(case.origin + path, headers=headers, timeout=60)
    answer.raise_for_status()
    return answer.json()


def mails(folder: Path) -> Counter[str]:
    """Return how often each message was delivered, by the id that its Message-ID begins with."""
    found: Counter[str] = Counter()
    for file in folder.glob("*.eml"):
        name = email.message_from_bytes(file.read_bytes())["Message-ID"]
        found[name.strip().strip("<>").partition("@")[0]] += 1
    return found
