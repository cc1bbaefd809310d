"""The embedded engines go on where they are known to have stopped."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pymongo
import pytest

from deploy.local import engines
from shared import mongo

# Six of 3 MB stopped the store.
OPEN, BATCHES, BATCH, LETTERS = 8, 10, 300, 1000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[str]:
    engine = engines.secantus(tmp_path)
    engine.start()
    yield engines.uri(engine.port)
    engine.kill()


def test_many_open_transactions_stop_nobody(store: str) -> None:
    with ExitStack() as opened, mongo.connect(store, "tests") as client:
        database = client["tests"]
        for number in range(OPEN):
            database[f"written_{number}"].create_index("key")
        sessions = [opened.enter_context(client.start_session()) for _ in range(OPEN)]
        for number, session in enumerate(sessions):
            session.start_transaction()
            for batch in range(BATCHES):
                documents = [
                    {"_id": f"{batch}-{one}", "key": f"{batch}{one}", "text": "a" * LETTERS}
                    for one in range(BATCH)
                ]
                with pymongo.timeout(engines.READY_SECONDS):
                    database[f"written_{number}"].insert_many(documents, session=session)
        with pymongo.timeout(engines.READY_SECONDS):
            database["beside"].insert_one({"_id": "one"})
            for session in sessions:
                session.commit_transaction()

        counted = [database[f"written_{number}"].count_documents({}) for number in range(OPEN)]
        assert counted == [BATCHES * BATCH] * OPEN
        assert database["beside"].count_documents({}) == 1
