"""How the engines are reached beyond their addresses: TLS, a client certificate, SASL or SCRAM.

Read from the environment. Without these settings they are reached in the clear, as on one machine.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from environs import Env
from marshmallow.validate import OneOf

PLAIN = "PLAINTEXT"
PROTOCOLS = (PLAIN, "SSL", "SASL_PLAINTEXT", "SASL_SSL")


class Address(str):
    """An engine's address, with what its clients are told besides.

    It goes wherever an address goes, so that nothing in between has to know of certificates.

    Attributes:
        options: keyword arguments of the engine's own client library.
    """

    __slots__ = ("options",)
    options: Mapping[str, Any]

    def __new__(cls, address: str, **options: Any) -> Self:
        """Return the address; options without a value are left out."""
        made = super().__new__(cls, address)
        made.options = {name: value for name, value in options.items() if value}
        return made


def options(address: str) -> Mapping[str, Any]:
    """Return what clients of an address are told besides."""
    return getattr(address, "options", {})


def kafka(env: Env) -> Address:
    """Return the broker's address and how it is reached.

    Raises:
        environs.EnvError: a setting is missing or cannot be read; the message names it.
    """
    protocol = env.str("KAFKA_SECURITY", PLAIN, validate=OneOf(PROTOCOLS))
    address = env.str("KAFKA")
    if protocol == PLAIN:
        return Address(address)
    found: dict[str, Any] = {"security_protocol": protocol}
    if protocol.endswith("SSL"):
        found["ssl_cafile"] = _name(env.path("KAFKA_CA_FILE", None))
        found["ssl_certfile"] = _name(env.path("KAFKA_CERTIFICATE_FILE", None))
        found["ssl_keyfile"] = _name(env.path("KAFKA_KEY_FILE", None))
    if protocol.startswith("SASL"):
        found["sasl_mechanism"] = env.str("KAFKA_MECHANISM", "SCRAM-SHA-512")
        found["sasl_plain_username"] = env.str("KAFKA_USER")
        found["sasl_plain_password"] = _password(env.path("KAFKA_PASSWORD_FILE"))
    return Address(address, **found)


def mongodb(env: Env) -> Address:
    """Return the store's address and how it is reached.

    Raises:
        environs.EnvError: a setting is missing or cannot be read; the message names it.
    """
    found: dict[str, Any] = {}
    if env.bool("MONGODB_TLS", False):
        found["tls"] = True
        found["tlsCAFile"] = _name(env.path("MONGODB_CA_FILE", None))
        found["tlsCertificateKeyFile"] = _name(env.path("MONGODB_CERTIFICATE_FILE", None))
    if user := env.str("MONGODB_USER", ""):
        found["username"] = user
        found["password"] = _password(env.path("MONGODB_PASSWORD_FILE"))
        found["authMechanism"] = env.str("MONGODB_MECHANISM", "SCRAM-SHA-256")
        found["authSource"] = "admin"
    return Address(env.str("MONGODB"), **found)


def _name(file: Path | None) -> str:
    """Return a file as libraries take it; nothing where none is named."""
    return str(file or "")


def _password(file: Path) -> str:
    return file.read_text().strip()
