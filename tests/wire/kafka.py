"""Kafka's wire protocol, as far as a proxy must read it: which request, and where the broker is."""

import struct
from dataclasses import dataclass

from tests.wire.proxy import Document, Proxy

HEADER = struct.Struct(">ihhi")
ANSWERED = struct.Struct(">ii")
NAMES = {
    0: "Produce",
    1: "Fetch",
    2: "ListOffsets",
    3: "Metadata",
    8: "OffsetCommit",
    9: "OffsetFetch",
    10: "FindCoordinator",
    11: "JoinGroup",
    12: "Heartbeat",
    14: "SyncGroup",
    18: "ApiVersions",
    19: "CreateTopics",
    22: "InitProducerId",
    60: "DescribeCluster",
}
TELL_WHERE = {"Metadata", "FindCoordinator", "DescribeCluster"}


@dataclass(frozen=True, slots=True)
class KafkaWire:
    """The protocol's frame; a broker that says where it is is understood as the proxy.

    Attributes:
        broker: host and port, as the broker's answers hold them.
        proxy: the same for the proxy.
    """

    broker: bytes
    proxy: bytes

    def rest(self, head: bytes) -> int:
        return int.from_bytes(head, "big")

    def number(self, request: bytes) -> int:
        return int(HEADER.unpack_from(request)[3])

    def answered(self, answer: bytes) -> int:
        return int(ANSWERED.unpack_from(answer)[1])

    def read(self, request: bytes) -> tuple[str, Document]:
        key = HEADER.unpack_from(request)[1]
        return NAMES.get(key, str(key)), {}

    def passed(self, request: bytes, answer: bytes) -> bytes:
        if self.read(request)[0] not in TELL_WHERE:
            return answer
        # A port has four bytes whatever its number, so the message stays as long as it was.
        return answer.replace(self.broker, self.proxy)


class KafkaProxy(Proxy):
    """A proxy before a broker: what it advertises leads past the proxy, and is rewritten."""

    def __init__(self, bootstrap: str) -> None:
        host, port = bootstrap.split(":")
        super().__init__((host, int(port)), KafkaWire(b"", b""))
        self.bootstrap = f"{host}:{self.port}"
        self.wire = KafkaWire(_place(host, int(port)), _place(host, self.port))


def _place(host: str, port: int) -> bytes:
    return host.encode() + port.to_bytes(4, "big")
