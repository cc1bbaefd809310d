"""Server-rendered pages of the edge: landing, mails, and what it says when a part is away."""

from http import HTTPStatus
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader

HERE = Path(__file__).parent
TEMPLATES = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
STYLE = HERE / "static" / "local.css"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(template: str, *, status: int = HTTPStatus.OK, **context: object) -> web.Response:
    """Render a page."""
    text = TEMPLATES.get_template(template).render(context)
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)


def wants_page(request: web.Request) -> bool:
    """Tell whether a person looks at the answer, not a program."""
    return "text/html" in request.headers.get("Accept", "")


def problem(request: web.Request, status: HTTPStatus, title: str, detail: str) -> web.Response:
    """Say what is wrong: as a page to people, as problem+json to programs."""
    if wants_page(request):
        return page("problem.html", status=status, title=title, detail=detail)
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return web.json_response(document, status=status, content_type="application/problem+json")
