"""The one origin: links and redirects name it, whatever a request says its host is."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def at(app: Wsgi, origin: str) -> Wsgi:
    """Return the app as it is at an origin: where we are is no header's to say."""
    named = urlsplit(origin)

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ["HTTP_HOST"] = named.netloc
        environ["wsgi.url_scheme"] = named.scheme
        return app(environ, start)

    return answer
