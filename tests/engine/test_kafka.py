import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.kafka import ends, ensure_topic, records


@pytest.fixture
def name() -> str:
    return f"test.{uuid.uuid4().hex[:12]}"


def test_rivals_that_make_a_topic_all_learn_its_one_id(kafka: str, name: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: ensure_topic(kafka, name), range(6)))

    assert len(set(found)) == 1


def test_a_topic_without_a_record_yields_none(kafka: str, name: str) -> None:
    ensure_topic(kafka, name)

    assert list(records(kafka, name, ends(kafka, name))) == []
