"""MongoDB's wire protocol, as far as a proxy must read it: OP_MSG, one command a message."""

import contextlib
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import bson

from tests.wire.proxy import Choice, Document, Fault, Proxy, always

HEADER = struct.Struct("<iiii")
MESSAGE = 2013
# Flag bits, and one byte that says: here comes the command's document.
BODY = HEADER.size + 5
# A section of documents that the command has by a name, as an update has its updates.
SEQUENCE = 1

WRITES = ("insert", "update", "delete", "findAndModify")
NOT_WRITABLE_PRIMARY = {
    "ok": 0,
    "code": 10107,
    "codeName": "NotWritablePrimary",
    "errmsg": "not primary",
    "errorLabels": ["RetryableWriteError"],
}
HISTORY_LOST = {
    "ok": 0,
    "code": 286,
    "codeName": "ChangeStreamHistoryLost",
    "errmsg": "Resume of change stream was not possible",
    "errorLabels": ["NonResumableChangeStreamError"],
}
NO_SUCH_TRANSACTION = {
    "ok": 0,
    "code": 251,
    "codeName": "NoSuchTransaction",
    "errmsg": "transaction was aborted",
    "errorLabels": ["TransientTransactionError"],
}
OUT_OF_DISK_SPACE = {
    "ok": 0,
    "code": 14031,
    "codeName": "OutOfDiskSpace",
    "errmsg": "available disk space is less than required",
}


def command(request: bytes) -> Document:
    """Return the command of a request; of the old first greeting only what it is."""
    if HEADER.unpack_from(request)[3] != MESSAGE:
        return {"hello": 1}
    found, at = _document(request, BODY)
    while at < len(request) and request[at] == SEQUENCE:
        (size,) = struct.unpack_from("<i", request, at + 1)
        end, at = at + 1 + size, at + 5
        name = request[at : request.index(0, at)]
        at += len(name) + 1
        documents = found.setdefault(name.decode(), [])
        while at < end:
            document, at = _document(request, at)
            documents.append(document)
    return found


def _document(request: bytes, at: int) -> tuple[Document, int]:
    """Return the document that begins there, and where it ends."""
    end = at + struct.unpack_from("<i", request, at)[0]
    return bson.decode(request[at:end]), end


def reply(document: Document) -> Callable[[bytes], bytes]:
    """Return what answers any request with this document."""

    def answer(request: bytes) -> bytes:
        number = HEADER.unpack_from(request)[1]
        body = bytes(5) + bson.encode(document)
        return HEADER.pack(HEADER.size + len(body), 0, number, MESSAGE) + body

    return answer


@dataclass(frozen=True, slots=True)
class MongoWire:
    """The protocol's frame."""

    def rest(self, head: bytes) -> int:
        return int.from_bytes(head, "little") - len(head)

    def number(self, request: bytes) -> int:
        return int(HEADER.unpack_from(request)[1])

    def answered(self, answer: bytes) -> int:
        return int(HEADER.unpack_from(answer)[2])

    def read(self, request: bytes) -> tuple[str, Document]:
        found = command(request)
        return next(iter(found)), found

    def passed(self, request: bytes, answer: bytes) -> bytes:
        del request
        return answer


class MongoProxy(Proxy):
    """A proxy before a server that speaks MongoDB's protocol."""

    def __init__(self, uri: str) -> None:
        engine = urlsplit(uri)
        super().__init__((str(engine.hostname), int(engine.port or 27017)), MongoWire())
        # A server that is primary no longer tells a client that waits for it to change; this one
        # is only said not to be, so the client is to ask, and often.
        asks = f"{'&' if engine.query else '?'}serverMonitoringMode=poll&heartbeatFrequencyMS=500"
        # What a driver does that repeats its writes is tried here.
        repeats = uri.replace("retryWrites=false", "retryWrites=true")
        self.uri = repeats.replace(engine.netloc, f"127.0.0.1:{self.port}") + asks

    def answer(
        self,
        name: str,
        document: Document,
        times: int = 1,
        chosen: Choice = always,
        *,
        executed: bool = False,
    ) -> Fault:
        """Answer commands in place of the server, which sees them only if they are executed."""
        fault = Fault(name, times, chosen, instead=reply(document), executed=executed)
        return self.inject(fault)

    @contextlib.contextmanager
    def refusing(self, document: Document) -> Iterator[list[Fault]]:
        """Answer every write so meanwhile."""
        faults = [self.answer(name, document, sys.maxsize) for name in WRITES]
        try:
            yield faults
        finally:
            for fault in faults:
                fault.left = 0


def tails(found: Document) -> bool:
    """Tell whether a `getMore` asks for more of the commits."""
    return bool(found["collection"] == "commits")


def resumes(found: Document) -> bool:
    """Tell whether an `aggregate` goes on with a change stream."""
    return "resumeAfter" in found["pipeline"][0].get("$changeStream", {})
