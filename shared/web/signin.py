"""Sign-in by OpenID Connect with any provider: code, PKCE, state, nonce; then a session of ours."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, redirect, render_template, request
from flask import session as pending
from joserfc.errors import JoseError

from shared.errors import Invalid
from shared.service import Definition, Service
from shared.session import PATIENT, STAFF
from shared.tokens import DOORS, Claims, Identity, Unauthorized
from shared.web import session
from shared.web.identity import try_once

KINDS = {"prescription": STAFF, "adherence": PATIENT}


def create_pages(definition: Definition, service: Service) -> Blueprint:
    """Return the sign-in pages of a service."""
    pages = Blueprint("signin", __name__, url_prefix=f"/{service.name}")
    oauth, settings = OAuth(), service.settings
    provider = settings.provider

    @pages.record_once
    def register(state: Any) -> None:
        app: Flask = state.app
        oauth.init_app(app)
        oauth.register(
            "issuer",
            client_id=provider.client,
            client_secret=settings.web_secret or None,
            server_metadata_url=f"{settings.issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": provider.scope, "code_challenge_method": "S256"},
        )

    @pages.get("/sign-in")
    def sign_in() -> Any:
        try_once("sign_in.address", request.remote_addr or "")
        back = f"{settings.origin}/{service.name}/signed-in"
        pending["next"] = session.local(request.args.get("next", ""))
        # Who has just signed out here is still known there, and so is who sat here before.
        again = pending.pop(session.AGAIN, None) or request.args.get(session.AGAIN)
        return oauth.issuer.authorize_redirect(back, **({"prompt": "login"} if again else {}))

    @pages.get("/signed-in")
    def signed_in() -> Any:
        try:
            answered = oauth.issuer.authorize_access_token()
            told = answered["userinfo"]
            who = _who(answered, told, service)
        except (OAuthError, JoseError, KeyError, Unauthorized):
            session.failed()
            try_once("sign_in.address", request.remote_addr or "")
            raise Invalid("Signing in did not work. Please start again.") from None
        try_once("sign_in.subject", f"{settings.issuer}|{who.subject}")
        known = _welcome(who, service.name)
        if known:
            definition.arrived(known, provider.email(told), service)
            known = definition.now(known, service)
        if known is None:
            session.failed(who)
            return render_template("unknown.html", service=service.name), 403
        answer = redirect(session.local(pending.pop("next", "")))
        session.begin(answer, known, KINDS[service.name])
        return answer

    return pages


def _who(answered: Mapping[str, Any], told: Claims, service: Service) -> Identity:
    """Return who signed in, from the token that is to say so.

    Raises:
        Unauthorized: it does not hold, or the two tokens speak of different people.
    """
    if service.settings.provider.token == "id":  # noqa: S105 - which of the two
        return service.settings.provider.read(told)
    found = service.verifier.verify(answered["access_token"])
    if found.subject != told["sub"]:
        raise Unauthorized("The two tokens speak of different people.", "claims")
    return found


def _welcome(who: Identity, service: str) -> Identity | None:
    """Return the person with the roles that this door is for; nobody, where none of them is."""
    roles = tuple(role for role in who.roles if role in DOORS[service])
    return replace(who, roles=roles) if roles and who.tenant else None
