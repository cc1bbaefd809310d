"""Every metric the platform exports. No label ever names a person, a stream or a tenant."""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

COMMANDS = Counter("hep_commands_total", "Commands by what became of them", ["command", "outcome"])
REQUESTS = Histogram(
    "hep_request_seconds", "Time to answer a request", ["method", "route", "status"]
)
RELAYED = Counter("hep_relay_events_total", "Events acknowledged by Kafka")
RELAY_HELD = Gauge("hep_relay_leader", "1 where this process is the service's relay")
APPLIED = Counter("hep_consumer_events_total", "Events applied", ["consumer"])
REPEATED = Counter("hep_consumer_repeats_total", "Records dropped as not newer", ["consumer"])
SET_ASIDE = Counter("hep_consumer_set_aside_total", "Records that are no events", ["consumer"])
CONFLICTS = Counter("hep_consumer_conflicts_total", "Batches folded again", ["consumer"])
LAG = Gauge("hep_consumer_lag_records", "Records not yet applied", ["consumer"])
WAITING_KEYS = Gauge("hep_waiting_keys", "Keys that wait for what is missing", ["consumer"])
PARKED_KEYS = Gauge("hep_parked_keys", "Keys that wait for a person", ["consumer"])
PAUSED = Gauge("hep_paused_partitions", "Partitions where no more may be parked", ["consumer"])
WAITS = Gauge("hep_waits", "1 while a part waits for an engine", ["part", "engine"])
HEALED = Counter("hep_healed_events_total", "Events fetched from their owner", ["consumer"])
RELAY_SCANS = Counter("hep_relay_scans_total", "Times the whole store was sent", ["reason"])
DUE = Counter("hep_due_total", "Due work by what became of it", ["kind", "outcome"])
TOKENS_REFUSED = Counter("hep_tokens_refused_total", "Tokens that did not hold", ["reason"])
LIMITED = Counter("hep_limited_total", "Tries that came too often", ["limit"])
SIGN_INS = Counter("hep_sign_ins_total", "Sign-ins by what became of them", ["outcome"])
SENT = Counter("hep_intents_total", "Things to send by what became of them", ["kind", "outcome"])


def exposition() -> tuple[bytes, str]:
    """Return all metrics of this process as Prometheus reads them, and the content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
