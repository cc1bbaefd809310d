"""The OAuth 2 side of the development issuer: clients, codes, grants and tokens, on Authlib.

Everything that lives only a minute (authorization codes) is in memory: the issuer is one process.
"""

import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask
from joserfc.jwk import KeySet

from deploy.local.people import Person

AUDIENCE = "hep"
TOKEN_SECONDS = 600
CODE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Client:
    """A program that may ask for tokens; one without a secret proves itself by PKCE.

    Attributes:
        client_id: its name.
        grant_type: the one that it may use.
        secret: by which it proves itself.
        redirects: where people may be sent back to.
        scopes: that it may ask for.
        claims: of the tokens that it gets for itself.
    """

    client_id: str
    grant_type: str
    secret: str | None = None
    redirects: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset({"openid", "profile"})
    claims: Mapping[str, Any] = field(default_factory=dict)

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(sorted(self.scopes & set((scope or "").split())))

    def check_redirect_uri(self, uri: str) -> bool:
        return uri in self.redirects

    def check_client_secret(self, secret: str) -> bool:
        return self.secret is not None and secrets.compare_digest(self.secret, secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        del endpoint
        return (method == "none") == (self.secret is None)

    def check_response_type(self, kind: str) -> bool:
        return kind == "code" and bool(self.redirects)

    def check_grant_type(self, kind: str) -> bool:
        return kind == self.grant_type


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code: who signed in, for whom, under which challenge."""

    code: str
    client_id: str
    person: Person
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str
    code_challenge_method: str
    expires: float
    signed_in: int

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.signed_in

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass(slots=True)
class Codes:
    """The codes that wait to be redeemed: each once, within a minute."""

    waiting: dict[str, Code] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def keep(self, code: Code) -> None:
        with self.lock:
            now = time.monotonic()
            self.waiting = {c.code: c for c in self.waiting.values() if c.expires > now}
            self.waiting[code.code] = code

    def take(self, code: str, client_id: str) -> Code | None:
        """Return the code and forget it, also when another client shows it."""
        with self.lock:
            found = self.waiting.pop(code, None)
        if found is None or found.client_id != client_id or found.expires < time.monotonic():
            return None
        return found


class SignIn(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    """Authorization code of the public client `hep-web`."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("none",)

    @property
    def _codes(self) -> Codes:
        codes: Codes = self.server.codes
        return codes

    def save_authorization_code(self, code: str, request: Any) -> None:
        data = request.payload.data
        self._codes.keep(
            Code(
                code=code,
                client_id=request.client.client_id,
                person=request.user,
                redirect_uri=request.payload.redirect_uri,
                scope=request.scope,
                nonce=data.get("nonce"),
                code_challenge=data["code_challenge"],
                code_challenge_method="S256",
                expires=time.monotonic() + CODE_SECONDS,
                signed_in=int(time.time()),
            ),
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return self._codes.take(code, client.client_id)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Do nothing: taking it already forgot it."""

    def authenticate_user(self, authorization_code: Code) -> Person:
        return authorization_code.person


class Challenge(CodeChallenge):  # type: ignore[misc]
    """PKCE for everybody, by S256 alone: Authlib would also take `plain` or none."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if data.get("code_challenge_method") != "S256" or not data.get("code_challenge"):
            raise InvalidRequestError("A code_challenge with method S256 is required.")
        super().validate_code_challenge(grant, redirect_uri)


class IdToken(OpenIDCode):  # type: ignore[misc]
    """ID tokens carry the name; access tokens never do."""

    def __init__(self, issuer: str, keys: KeySet) -> None:
        super().__init__()
        self.issuer, self.keys = issuer, keys

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        del nonce, request
        return False  # a code is good once, and so is the nonce inside it

    def resolve_client_private_key(self, client: Client) -> KeySet:
        del client
        return self.keys

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {
            "iss": self.issuer,
            "aud": [client.client_id],
            "exp": int(time.time()) + TOKEN_SECONDS,
        }

    def generate_user_info(self, user: Person, scope: str) -> UserInfo:
        del scope
        return UserInfo(sub=user.subject, name=user.name)


class AccessToken(JWTBearerTokenGenerator):  # type: ignore[misc]
    """Signed access tokens (`typ: at+jwt`) with the platform's claims."""

    def __init__(self, issuer: str, keys: KeySet) -> None:
        super().__init__(issuer, expires_generator=TOKEN_SECONDS)
        self.keys = keys

    def get_jwks(self) -> KeySet:
        return self.keys

    def get_audiences(self, client: Client, user: Person | None, scope: str) -> str:
        del client, user, scope
        return AUDIENCE

    def get_extra_claims(
        self,
        client: Client,
        grant_type: str,
        user: Person | None,
        scope: str,
    ) -> dict[str, Any]:
        del grant_type, scope
        if user is None:
            return dict(client.claims)
        claims = {"tenant": user.tenant, "roles": list(user.roles), "sites": list(user.sites)}
        return claims if user.patient is None else {**claims, "patient": user.patient}


class Issuer(IssuerParameter):  # type: ignore[misc]
    """Answers carry `iss`, so that a client can tell who answered (RFC 9207)."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def get_issuer(self) -> str:
        return self.issuer


def authorization(app: Flask, issuer: str, keys: KeySet, clients: Iterable[Client]) -> Any:
    """Return the authorization server of these clients."""
    known = {client.client_id: client for client in clients}
    server = AuthorizationServer(app, known.get, lambda _token, _request: None)
    server.codes = Codes()
    server.register_token_generator("default", AccessToken(issuer, keys))
    server.register_grant(SignIn, [Challenge(required=True), IdToken(issuer, keys)])
    server.register_grant(grants.ClientCredentialsGrant)
    server.register_extension(Issuer(issuer))
    return server
