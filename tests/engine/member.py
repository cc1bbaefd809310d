"""One process of a group: relay and consumer of a bench, until it is ended."""

import signal
import sys
import threading

from shared import mongo
from shared.clock import system
from shared.snapshot import Snapshots
from shared.store import MongoStore
from shared.stream import Streams
from tests.engine.pipeline import CODEC, PUBLISHED, Bench


def main() -> None:
    """Run for the bench that the arguments name."""
    uri, database_name, bootstrap, service, holder = sys.argv[1:]
    database = mongo.connect(uri, holder)[database_name]
    streams = Streams(MongoStore(database), CODEC, PUBLISHED, system, Snapshots(database))
    bench = Bench(service, database, bootstrap, streams)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    parts = [bench.relay(holder), bench.consumer(holder)]
    threads = [threading.Thread(target=part.run, args=(stop,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
