"""Sign-in by OpenID Connect: code and PKCE; the access token becomes the pages' cookie."""

from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, redirect, request, session
from werkzeug.wrappers import Response

from shared.errors import Invalid
from shared.service import Service
from shared.web.identity import COOKIE

CLIENT = "hep-web"


def create_pages(service: Service) -> Blueprint:
    """Return the sign-in pages of a service."""
    pages = Blueprint("signin", __name__, url_prefix=f"/{service.name}")
    oauth = OAuth()
    settings = service.settings
    secure = settings.origin.startswith("https:")

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
        session["next"] = _local(request.args.get("next", ""), service.name)
        return oauth.issuer.authorize_redirect(back)

    @pages.get("/signed-in")
    def signed_in() -> Response:
        try:
            token = oauth.issuer.authorize_access_token()
        except OAuthError:
            raise Invalid("Signing in did not work. Please start again.") from None
        answer = redirect(_local(session.pop("next", ""), service.name))
        answer.set_cookie(
            COOKIE,
            token["access_token"],
            max_age=token.get("expires_in"),
            httponly=True,
            secure=secure,
            samesite="Lax",
        )
        return answer

    @pages.post("/sign-out")
    def sign_out() -> Response:
        answer = redirect("/")
        answer.delete_cookie(COOKIE, httponly=True, secure=secure, samesite="Lax")
        return answer

    return pages


def _local(target: str, service: str) -> str:
    """Return a path of our own, whatever was asked for."""
    if target.startswith("/") and not target.startswith(("//", "/\\")):
        return target
    return f"/{service}/"
