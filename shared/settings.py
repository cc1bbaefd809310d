"""Settings of a service: environment variables with the prefix `HEP_`, read once."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from environs import Env

from shared import provider, reach
from shared.clock import Clock, OffsetClock, system
from shared.keyring import KeyFile, KeyRing
from shared.provider import Provider


@dataclass(frozen=True, slots=True)
class Settings:
    """What a service must know of where it runs.

    Attributes:
        service: its name.
        mongodb: address of the MongoDB-compatible store; a `reach.Address` says how it is reached.
        database: name of its database.
        kafka: bootstrap address, the same.
        issuer: URL of the OpenID provider.
        origin: the one origin that people's browsers see.
        port: where `serve` listens.
        bind: on which address.
        metrics_port: where `work` answers `/livez`, `/readyz` and `/metrics`.
        provider: what is to be known of the issuer: clients, claims, roles.
        secret: client secret of this service at the issuer.
        web_secret: client secret of the pages at the issuer; empty where it asks for none.
        ring: master keys that wrap the patients' keys.
        smtp: host and port that take mail.
        mail_from: sender address of mails.
        peers: service name to base URL, for calls between services.
        act_since: what was recorded before sends nothing and decides nothing; None for the
            moment when this service first ran.
        clock_file: offset of the platform's clock, on the one-machine stack only.
        threads: requests that `serve` answers at once.
        commands_per_second: of one tenant that one `serve` process admits.
        requests_per_minute: of one tenant that all `serve` processes of a service answer.
        parked_most: keys of one consumer that may be parked before it pauses.
    """

    service: str
    mongodb: str
    database: str
    kafka: str
    issuer: str
    origin: str
    port: int
    bind: str
    metrics_port: int
    secret: str
    web_secret: str
    provider: Provider
    ring: KeyRing
    smtp: str
    mail_from: str
    peers: dict[str, str]
    act_since: datetime | None
    clock_file: Path | None
    threads: int
    commands_per_second: int
    requests_per_minute: int
    parked_most: int

    @property
    def clock(self) -> Clock:
        """The platform's clock."""
        return OffsetClock(self.clock_file) if self.clock_file else system

    def table(self) -> dict[str, str]:
        """Return the settings for people to read, secrets left out."""
        hidden = {"secret", "web_secret", "ring"}
        return {
            name: "(hidden)" if name in hidden else str(getattr(self, name))
            for name in self.__slots__
        }


def read(service: str) -> Settings:
    """Read the settings of a service from the environment.

    Raises:
        environs.EnvError: a setting is missing or cannot be read; the message names it.
    """
    env = Env(prefix="HEP_")
    return Settings(
        service=service,
        mongodb=reach.mongodb(env),
        database=env.str("DATABASE", f"hep_{service}"),
        kafka=reach.kafka(env),
        issuer=env.str("ISSUER"),
        origin=env.str("ORIGIN"),
        port=env.int("PORT", 8000),
        bind=env.str("BIND", "127.0.0.1"),
        metrics_port=env.int("METRICS_PORT", 8001),
        secret=_file(env, "CLIENT_SECRET_FILE").decode().strip(),
        web_secret=_file(env, "WEB_SECRET_FILE", needed=False).decode().strip(),
        provider=provider.load(env.path("PROVIDER_FILE", None)),
        ring=KeyFile(env.path("MASTER_KEY_FILE")),
        smtp=env.str("SMTP", ""),
        mail_from=env.str("MAIL_FROM", "hep@localhost"),
        peers=env.dict("PEERS", {}),
        act_since=env.datetime("ACT_SINCE", None),
        clock_file=env.path("CLOCK_FILE", None),
        threads=env.int("THREADS", 8),
        commands_per_second=env.int("COMMANDS_PER_SECOND", 30),
        requests_per_minute=env.int("REQUESTS_PER_MINUTE", 12_000),
        parked_most=env.int("PARKED_MOST", 1000),
    )


def _file(env: Env, name: str, *, needed: bool = True) -> bytes:
    path: Path | None = env.path(name) if needed else env.path(name, None)
    return path.read_bytes() if path else b""
