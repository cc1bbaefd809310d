"""Engines that take nothing in the clear: reached by the settings, and by nobody without them."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from environs import Env
from kafka.errors import KafkaError
from pymongo.errors import PyMongoError

from shared import kafka, mongo, reach
from shared.reach import Address
from shared.vault import Vault
from tests.given import RING
from tests.secure import engines
from tests.secure.authority import Authority, Shown


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("secure")
    (found / "password").write_text(engines.PASSWORD + "\n")
    (found / "wrong").write_text("not this one")
    return found


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture(scope="module")
def us(authority: Authority) -> Shown:
    return authority.vouch("us")


@pytest.fixture(scope="module")
def broker(folder: Path, authority: Authority) -> Iterator[str]:
    engine = engines.broker(folder, authority, authority.vouch("broker"))
    engine.start()
    yield f"127.0.0.1:{engine.port}"
    engine.stop()


@pytest.fixture(scope="module")
def store(folder: Path, authority: Authority) -> Iterator[str]:
    engine = engines.store(folder, authority, authority.vouch("store"))
    engine.start()
    yield f"mongodb://127.0.0.1:{engine.port}/?directConnection=true"
    engine.stop()


@pytest.fixture
def told(
    monkeypatch: pytest.MonkeyPatch, folder: Path, authority: Authority, us: Shown
) -> pytest.MonkeyPatch:
    """All that has to be told of both engines, in the environment."""
    settings = {
        "KAFKA_SECURITY": "SASL_SSL",
        "KAFKA_CA_FILE": authority.ca,
        "KAFKA_CERTIFICATE_FILE": us.certificate,
        "KAFKA_KEY_FILE": us.key,
        "KAFKA_USER": engines.USER,
        "KAFKA_PASSWORD_FILE": folder / "password",
        "MONGODB_TLS": "true",
        "MONGODB_CA_FILE": authority.ca,
        "MONGODB_CERTIFICATE_FILE": us.both,
        "MONGODB_USER": engines.USER,
        "MONGODB_PASSWORD_FILE": folder / "password",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"HEP_{name}", str(value))
    return monkeypatch


def kafka_address(told: pytest.MonkeyPatch, broker: str) -> Address:
    told.setenv("HEP_KAFKA", broker)
    return reach.kafka(Env(prefix="HEP_"))


def store_address(told: pytest.MonkeyPatch, store: str) -> Address:
    told.setenv("HEP_MONGODB", store)
    return reach.mongodb(Env(prefix="HEP_"))


def test_records_go_through_a_broker_that_takes_only_who_signs_in(
    told: pytest.MonkeyPatch, broker: str
) -> None:
    address, name = kafka_address(told, broker), f"test.{uuid.uuid4().hex[:12]}"
    kafka.ensure_topic(address, name)
    producer = kafka.producer(address, "test")
    producer.send(name, b"sealed on its way").get(10)
    kafka.close(producer)

    assert list(kafka.records(address, name, kafka.ends(address, name))) == [b"sealed on its way"]


def test_members_of_a_group_sign_in_too(told: pytest.MonkeyPatch, broker: str) -> None:
    address, name = kafka_address(told, broker), f"test.{uuid.uuid4().hex[:12]}"
    kafka.ensure_topic(address, name)

    consumer = kafka.consumer(address, name, "test")
    kafka.subscribe(consumer, [name])
    consumer.poll(timeout_ms=5_000)

    assert len(consumer.assignment()) == kafka.PARTITIONS
    consumer.close(autocommit=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HEP_KAFKA_PASSWORD_FILE", "wrong"),
        ("HEP_KAFKA_CERTIFICATE_FILE", ""),
        ("HEP_KAFKA_CA_FILE", ""),
        ("HEP_KAFKA_SECURITY", "PLAINTEXT"),
    ],
)
def test_the_broker_lets_nobody_in_without(
    told: pytest.MonkeyPatch, broker: str, folder: Path, name: str, value: str
) -> None:
    told.setenv(name, str(folder / value) if value == "wrong" else value)
    if not value:
        told.delenv(name)

    with pytest.raises((KafkaError, OSError)):
        kafka.topic_ids(kafka_address(told, broker), ["any"])


def test_documents_go_through_a_store_that_takes_only_who_signs_in(
    told: pytest.MonkeyPatch, store: str
) -> None:
    with mongo.connect(store_address(told, store), "test") as client:
        vault = Vault(client["secure"], RING)
        vault.seal("north", "p1", "p1", "words")

        assert vault.open("north", ["p1"]) == {"p1": "words"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HEP_MONGODB_PASSWORD_FILE", "wrong"),
        ("HEP_MONGODB_CERTIFICATE_FILE", ""),
        ("HEP_MONGODB_CA_FILE", ""),
        ("HEP_MONGODB_TLS", "false"),
        ("HEP_MONGODB_USER", ""),
    ],
)
def test_the_store_lets_nobody_in_without(
    told: pytest.MonkeyPatch, store: str, folder: Path, name: str, value: str
) -> None:
    told.setenv(name, str(folder / value) if value == "wrong" else value)
    if not value:
        told.delenv(name)

    with (
        mongo.connect(store_address(told, store), "test") as client,
        pytest.raises(PyMongoError),
    ):
        client["secure"]["sealed"].find_one({})


def test_a_password_is_never_shown(told: pytest.MonkeyPatch, broker: str, store: str) -> None:
    shown = f"{kafka_address(told, broker)} {store_address(told, store)!r}"

    assert engines.PASSWORD not in shown


def test_engines_of_one_machine_are_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEP_KAFKA", "127.0.0.1:9092")

    assert reach.options(reach.kafka(Env(prefix="HEP_"))) == {}
