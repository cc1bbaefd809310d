"""Reporting over the real store, at four in the afternoon of Ana's fourth day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from reporting.app import DEFINITION, TEMPLATES
from shared.mongo import Database
from tests.given import given_service
from tests.unit.reporting.diary import MONDAY

AFTERNOON = datetime(MONDAY.year, MONDAY.month, MONDAY.day, 14, tzinfo=UTC) + timedelta(days=3)


@pytest.fixture
def client(database: Database) -> Iterator[FlaskClient]:
    with given_service(DEFINITION, database, TEMPLATES, lambda: AFTERNOON) as client:
        yield client
