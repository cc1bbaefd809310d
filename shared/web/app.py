"""Make a service's Flask app: one call gives every service the same defaults."""

import hashlib
import time
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import structlog
from flask import Flask, Request, Response, g, request
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.clock import system
from shared.health import readiness
from shared.limit import Limiter
from shared.metrics import REQUESTS, exposition
from shared.service import Definition, Service
from shared.settings import Settings
from shared.web import body, contracts, frame, operations, origin, problems, session, words
from shared.web.admission import Admission
from shared.web.allowance import Allowance
from shared.web.identity import csrf_token, traceparent

HERE = Path(__file__).parent
MAX_BODY = 1024 * 1024
# A program of a hundred exercises with a note to each is a form of half of this.
MAX_FORM = 512 * 1024
MAX_PARTS = 1000
# A form that is sent when the session is over leads to the issuer, and a browser asks where to.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self' {issuer}; frame-ancestors 'none'"
)
HTTPS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class InMemory(Request):
    """A request whose files stay in memory: a roster of patients is not written to a disk."""

    def _get_file_stream(self, *_: Any, **__: Any) -> BytesIO:
        return BytesIO()


def create_app(definition: Definition, service: Service, templates: Path) -> Flask:
    """Return the WSGI app of one service.

    Args:
        definition: what the service is.
        service: its parts in this process.
        templates: the service's own templates.
    """
    app = Flask(
        definition.name,
        static_folder=str(HERE / "static"),
        static_url_path=f"/{definition.name}/static",
    )
    app.request_class = InMemory
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_FORM,
        MAX_FORM_PARTS=MAX_PARTS,
        SECRET_KEY=service.vault.secret("pages"),
        SESSION_COOKIE_NAME=f"hep-{definition.name}",
        SESSION_COOKIE_SAMESITE="Lax",
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["hep"] = service
    app.extensions["hep.definition"] = definition
    app.extensions["hep.limiter"] = Limiter(service.database, service.vault, system)
    app.extensions["hep.admission"] = Admission(service.settings.commands_per_second)
    most = service.settings.requests_per_minute
    app.extensions["hep.allowance"] = Allowance(service.database, most, time.time)
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(templates), FileSystemLoader(HERE / "templates")]
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(asset=_asset(definition.name), csrf_token=csrf_token)
    words.register(app, templates.parent / "words")
    frame.register(app)
    problems.register(app)
    front = definition.front()
    contracts.add_routes(app, definition, front)
    for pages in (front.pages, *front.open):
        app.register_blueprint(pages)
    app.register_blueprint(operations.create_pages(definition.name))
    if definition.signs_in:
        from shared.web import signin  # noqa: PLC0415 - seven megabytes that two services need

        app.register_blueprint(session.create_pages(definition))
        app.register_blueprint(signin.create_pages(definition, service))
    contracts.register(app, definition)
    _watch(app, _guards(service.settings))
    body.register(app)
    _health(app, service)
    # The edge is the one hop before us and says who asked; where we are is ours to know.
    found = origin.at(app.wsgi_app, service.settings.origin)
    app.wsgi_app = ProxyFix(found, x_for=1, x_proto=0, x_host=0)  # type: ignore[method-assign]
    return app


def _asset(service: str) -> Callable[[str], str]:
    @cache
    def asset(name: str) -> str:
        content = (HERE / "static" / name).read_bytes()
        return f"/{service}/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"

    return asset


def _guards(settings: Settings) -> dict[str, str]:
    """Return the headers that say what a browser may do with an answer."""
    issuer = urljoin(settings.issuer, "/").rstrip("/")
    found = HEADERS | {"Content-Security-Policy": POLICY.format(issuer=issuer)}
    return found | (HTTPS if settings.origin.startswith("https:") else {})


def _watch(app: Flask, guards: Mapping[str, str]) -> None:
    """Time every request, guard every answer, name every log line's request."""

    def begin() -> None:
        structlog.contextvars.clear_contextvars()
        g.began = time.monotonic()
        if trace := traceparent():
            structlog.contextvars.bind_contextvars(traceparent=trace)

    def end(answer: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "unknown"
        spent = time.monotonic() - g.get("began", time.monotonic())
        REQUESTS.labels(request.method, rule, answer.status_code).observe(spent)
        for name, value in guards.items():
            answer.headers.setdefault(name, value)
        if request.endpoint != "static":
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    app.before_request(begin)
    app.after_request(end)


def _health(app: Flask, service: Service) -> None:
    ready = readiness(service)

    def livez() -> Response:
        return Response("ok\n", content_type="text/plain")

    def readyz() -> Response:
        wrong = ready()
        return Response(wrong or "ok\n", 503 if wrong else 200, content_type="text/plain")

    def metrics() -> Any:
        body, content_type = exposition()
        return Response(body, content_type=content_type)

    app.add_url_rule("/livez", "livez", livez)
    app.add_url_rule("/readyz", "readyz", readyz)
    app.add_url_rule("/metrics", "metrics", metrics)
