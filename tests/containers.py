"""Engines from pinned images, for a machine with Docker: `pytest --engines=containers`."""

from collections.abc import Iterator
from contextlib import contextmanager

import docker
import pytest
from docker.errors import DockerException, ImageNotFound
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from deploy.local.engines import free_port

KAFKA_IMAGE = "apache/kafka:4.3.1"
MONGODB_IMAGE = "mongo:8.0.4"


def require_image(image: str) -> None:
    """Skip, with the reason, where Docker or the image is not."""
    try:
        client = docker.from_env()
        client.ping()
    except DockerException as away:
        pytest.skip(f"Docker does not answer: {away}")
    try:
        client.images.get(image)
    except ImageNotFound:
        try:
            client.images.pull(image)
        except DockerException as away:
            pytest.skip(f"the image {image} is not here and cannot be pulled: {away}")


@contextmanager
def kafka_container() -> Iterator[str]:
    """Run one KRaft broker; yield its bootstrap address."""
    require_image(KAFKA_IMAGE)
    port = free_port()
    container = (
        DockerContainer(KAFKA_IMAGE)
        .with_bind_ports(9092, port)
        .with_env("KAFKA_NODE_ID", "1")
        .with_env("KAFKA_PROCESS_ROLES", "broker,controller")
        .with_env("KAFKA_LISTENERS", "PLAINTEXT://:9092,CONTROLLER://:9093")
        .with_env("KAFKA_ADVERTISED_LISTENERS", f"PLAINTEXT://127.0.0.1:{port}")
        .with_env("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER")
        .with_env("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093")
        .with_env("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1")
        .with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
        .waiting_for(LogMessageWaitStrategy("Kafka Server started"))
    )
    with container:
        yield f"127.0.0.1:{port}"


@contextmanager
def mongodb_container() -> Iterator[str]:
    """Run a replica set of one; yield its address."""
    require_image(MONGODB_IMAGE)
    container = (
        DockerContainer(MONGODB_IMAGE)
        .with_exposed_ports(27017)
        .with_command("mongod --replSet rs0 --bind_ip_all")
        .waiting_for(LogMessageWaitStrategy("Waiting for connections"))
    )
    with container:
        answer = container.exec(["mongosh", "--quiet", "--eval", "rs.initiate()"])
        if answer.exit_code != 0:
            raise RuntimeError(f"rs.initiate failed: {answer.output!r}")
        port = container.get_exposed_port(27017)
        yield f"mongodb://127.0.0.1:{port}/?directConnection=true"
