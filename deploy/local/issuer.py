"""The development OIDC issuer: signs in invented people at a click, on this machine only.

Authorization code with PKCE for pages, client credentials for services. It asks for no password,
so it refuses to start for any host but this one.
"""

import http
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    session,
)
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response as AnyResponse

from deploy.local import keys, people
from deploy.local.grants import Client, authorization
from deploy.local.people import Person, PersonError
from deploy.local.stack import CLIENT, SERVICES

LOCAL = ("localhost", "127.0.0.1")
PAGES_CLIENT = "hep-web"
# An invented partner of the Riverside practice, for trying what a partner's program may do.
PARTNER = "riverside-partner"
PARTNER_SCOPES = frozenset({"exercises.read", "timelines.read"})
# Which people a door is for: the service whose pages asked decides.
DOORS = {
    "prescription": ("therapist", "lead", "administrator", "operator"),
    "adherence": ("patient",),
}
pages = Blueprint("issuer", __name__, url_prefix="/issuer")


class ElsewhereError(Exception):
    """The issuer was asked to run for another host than this machine."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the issuer is told."""

    issuer: str
    origin: str
    port: int
    data: Path


def settings() -> Settings:
    """Read the settings.

    Raises:
        ElsewhereError: the issuer's host is not this machine.
    """
    issuer = os.environ["HEP_ISSUER"]
    if urlsplit(issuer).hostname not in LOCAL:
        raise ElsewhereError(
            f"The development issuer signs in anybody without a password: it runs for localhost "
            f"or 127.0.0.1, never for {issuer}.",
        )
    data = Path(os.environ["HEP_DATA"])
    return Settings(issuer, os.environ["HEP_ORIGIN"], int(os.environ["HEP_PORT"]), data)


def create_app(given: Settings) -> Flask:
    """Return the issuer's application."""
    app = Flask(__name__, static_folder=None)
    secret = keys.kept(given.data / "keys" / "session", lambda: secrets.token_bytes(32))
    app.config.update(
        SECRET_KEY=secret.read_bytes(),
        SESSION_COOKIE_NAME="hep-issuer",
        SESSION_COOKIE_PATH="/issuer",
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=1_000_000,
    )
    app.extensions["given"] = given
    app.extensions["signing"] = signing_keys(given.data)
    app.extensions["authorization"] = authorization(
        app,
        given.issuer,
        app.extensions["signing"],
        clients(given),
    )
    app.register_blueprint(pages)
    app.after_request(protect)
    return app


def signing_keys(data: Path) -> KeySet:
    """Return the key that signs tokens, made at the first start."""
    file = keys.kept(
        data / "keys" / "issuer.pem",
        lambda: RSAKey.generate_key(2048).as_pem(private=True),
    )
    key = RSAKey.import_key(file.read_text(), {"use": "sig", "alg": "RS256"})
    key.ensure_kid()
    return KeySet([key])


def clients(given: Settings) -> list[Client]:
    """Return the pages' client, and with a secret each service's, `hep`'s and a partner's."""
    redirects = frozenset(f"{given.origin}/{service}/signed-in" for service in DOORS)
    return [
        Client(PAGES_CLIENT, "authorization_code", redirects=redirects),
        *(
            _program(given, name, claims={"roles": ["service"], "sites": []})
            for name in (*SERVICES, CLIENT)
        ),
        _program(
            given,
            PARTNER,
            claims={"tenant": "riverside", "roles": ["partner"], "sites": []},
            scopes=PARTNER_SCOPES,
        ),
    ]


def _program(given: Settings, name: str, **more: Any) -> Client:
    secret = keys.client_secret(given.data, name).read_text()
    return Client(name, "client_credentials", secret, **more)


def protect(response: Response) -> Response:
    """Keep pages out of frames and caches; they need a stylesheet and nothing else."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@pages.get("/.well-known/openid-configuration")
def discovery() -> Response:
    issuer = _given().issuer
    return jsonify(
        issuer=issuer,
        authorization_endpoint=f"{issuer}/authorize",
        token_endpoint=f"{issuer}/token",
        jwks_uri=f"{issuer}/jwks",
        end_session_endpoint=f"{issuer}/sign-out",
        response_types_supported=["code"],
        response_modes_supported=["query"],
        grant_types_supported=["authorization_code", "client_credentials"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        scopes_supported=["openid", "profile", *sorted(PARTNER_SCOPES)],
        token_endpoint_auth_methods_supported=["none", "client_secret_basic"],
        code_challenge_methods_supported=["S256"],
        prompt_values_supported=["none", "login", "select_account"],
        claims_supported=["sub", "name", "tenant", "roles", "sites", "patient"],
        authorization_response_iss_parameter_supported=True,
    )


@pages.get("/jwks")
def jwks() -> Response:
    return jsonify(current_app.extensions["signing"].as_dict(private=False))


@pages.post("/token")
def token() -> AnyResponse:
    response: AnyResponse = _authorization().create_token_response()
    return response


@pages.route("/authorize", methods=["GET", "POST"])
def authorize() -> AnyResponse | str | tuple[str, int]:
    """Sign in: at once for whom the browser remembers, else by choosing a person."""
    server, door = _authorization(), _door()
    welcome = _welcome(door)
    person = welcome.get(request.form.get("subject") or str(session.get("subject", "")))
    try:
        grant = server.get_consent_grant(end_user=person)
    except OAuth2Error as error:
        return _refused(error)
    if person is None or (grant.prompt and request.method == "GET"):
        groups = people.grouped(welcome.values())
        return render_template("signin.html", groups=groups, patients=door == "adherence")
    session["subject"] = person.subject
    answer: AnyResponse = server.create_authorization_response(grant_user=person, grant=grant)
    return answer


def _door() -> str:
    return urlsplit(request.args.get("redirect_uri", "")).path.removesuffix("/signed-in").strip("/")


def _welcome(door: str) -> dict[str, Person]:
    """Return who may come in by this door: a remembered therapist is no patient."""
    roles = set(DOORS.get(door, ()))
    everybody = people.read(_given().data)
    return {name: one for name, one in everybody.items() if roles & set(one.roles)}


def _refused(error: OAuth2Error) -> AnyResponse | tuple[str, int]:
    """Send an error back to the client that asked; show it where the way back is not sure."""
    if error.redirect_uri:
        answer: AnyResponse = _authorization().handle_error_response(None, error)
        _authorization().execute_hook("after_create_authorization_response", answer)
        return answer
    reason = error.description or error.error
    return render_template("refused.html", reason=reason), http.HTTPStatus.BAD_REQUEST


@pages.get("/sign-out")
def sign_out() -> AnyResponse:
    """Forget who is signed in, here and at the services, and go on to a page of this origin."""
    session.clear()
    origin = _given().origin
    onward = {f"{origin}{path}" for path in ("/", *(f"/{door}/sign-in" for door in DOORS))}
    wanted = request.args.get("post_logout_redirect_uri", "")
    response = redirect(wanted if wanted in onward else f"{origin}/")
    response.delete_cookie("hep", path="/", httponly=True, samesite="Lax")
    return response


@pages.post("/people")
def add_people() -> AnyResponse | tuple[AnyResponse, int]:
    """Let more people sign in; only `hep` may ask."""
    if not _from_cli():
        return _problem(http.HTTPStatus.UNAUTHORIZED, f"needs the secret of client {CLIENT}")
    try:
        some = [people.person(one) for one in request.get_json()["people"]]
    except (PersonError, KeyError, TypeError) as error:
        return _problem(http.HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
    return jsonify(people=people.add(_given().data, some))


@pages.post("/tokens")
def give_token() -> AnyResponse | tuple[AnyResponse, int]:
    """Give an access token of any person; only `hep` may ask."""
    if not _from_cli():
        return _problem(http.HTTPStatus.UNAUTHORIZED, f"needs the secret of client {CLIENT}")
    everybody = people.read(_given().data)
    person = people.find(everybody, str(request.get_json().get("name", "")))
    if person is None:
        names = ", ".join(everybody)
        return _problem(http.HTTPStatus.NOT_FOUND, f"nobody of that name; there are: {names}")
    server = _authorization()
    client = server.query_client(CLIENT)
    return jsonify(
        server.generate_token(
            "authorization_code", client, person, "", include_refresh_token=False
        ),
    )


def _from_cli() -> bool:
    sent = request.authorization
    client = _authorization().query_client(CLIENT)
    return (
        sent is not None
        and sent.username == CLIENT
        and client.check_client_secret(sent.password or "")
    )


def _problem(status: http.HTTPStatus, detail: str) -> tuple[AnyResponse, int]:
    response = jsonify(type="about:blank", title=status.phrase, status=status, detail=detail)
    response.mimetype = "application/problem+json"
    return response, status


def _given() -> Settings:
    given: Settings = current_app.extensions["given"]
    return given


def _authorization() -> Any:
    return current_app.extensions["authorization"]


class Quiet(WSGIRequestHandler):
    """Logs no requests: their addresses hold authorization codes."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main() -> None:
    """Run the issuer until it is told to stop."""
    try:
        given = settings()
    except ElsewhereError as error:
        sys.exit(str(error))
    # One process with threads: gunicorn would be two of 45 MB for one developer's clicks, and
    # codes could not stay in memory if it had two workers.
    app = create_app(given)
    make_server("127.0.0.1", given.port, app, threaded=True, request_handler=Quiet).serve_forever()


if __name__ == "__main__":
    main()
