"""One service with Ana's card in reach and a mail server of its own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller

from deploy.local.engines import free_port
from notifications.app import DEFINITION
from shared.mongo import Database
from tests.given import build
from tests.people import ANA_ID
from tests.services.notifications.world import Cards, Catcher, Time, World
from tests.unit.notifications.facts import MOMENT

CARD = {"name": "Ana Ruiz", "email": "ana.ruiz@example.org", "phone": None}


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    catcher, cards, time = Catcher(), Cards({ANA_ID: CARD}), Time(MOMENT)
    controller = Controller(catcher, hostname="127.0.0.1", port=free_port())
    controller.start()
    built = build(DEFINITION, database, time)
    settings = replace(built.settings, smtp=f"127.0.0.1:{controller.port}")
    service = replace(built, settings=settings, peers=cards)
    yield World(service, time, cards, catcher)
    controller.stop()
