"""Sign-in by OpenID Connect with any provider: code, PKCE, state, nonce; then a session of ours."""

from dataclasses import replace
from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, redirect, request
from flask import session as pending
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from shared.errors import Forbidden, Invalid
from shared.service import Service
from shared.session import PATIENT, STAFF
from shared.tokens import DOORS, Identity, Unauthorized
from shared.web import session

CLIENT = "hep-web"
KINDS = {"prescription": STAFF, "adherence": PATIENT}


class Unknown(Forbidden):
    """The provider knows this person, and nothing says what they do here."""

    slug = "unknown-person"
    title = "You are signed in, but not known here"


def create_pages(service: Service) -> Blueprint:
    """Return the sign-in pages of a service."""
    pages = Blueprint("signin", __name__, url_prefix=f"/{service.name}")
    oauth = OAuth()
    settings = service.settings

    @pages.record_once
    def register(state: Any) -> None:
        app: Flask = state.app
        oauth.init_app(app)
        oauth.register(
            "issuer",
            client_id=CLIENT,
            server_metadata_url=f"{settings.issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid", "code_challenge_method": "S256"},
        )

    @pages.get("/sign-in")
    def sign_in() -> Any:
        back = f"{settings.origin}/{service.name}/signed-in"
        pending["next"] = session.local(request.args.get("next", ""))
        return oauth.issuer.authorize_redirect(back)

    @pages.get("/signed-in")
    def signed_in() -> Response:
        try:
            token = oauth.issuer.authorize_access_token()
            who = service.verifier.verify(token["access_token"])
        except (OAuthError, JoseError, Unauthorized):
            session.failed()
            raise Invalid("Signing in did not work. Please start again.") from None
        answer = redirect(session.local(pending.pop("next", "")))
        session.begin(answer, _welcome(who, service.name), KINDS[service.name])
        return answer

    return pages


def _welcome(who: Identity, service: str) -> Identity:
    """Return the person with the roles that this door is for.

    Raises:
        Unknown: none of them is.
    """
    roles = tuple(role for role in who.roles if role in DOORS[service])
    if not roles or not who.tenant:
        session.failed(who)
        raise Unknown(
            "Nothing says what you do in this practice. Ask whoever administers it, "
            "and then sign in again."
        )
    return replace(who, roles=roles)
