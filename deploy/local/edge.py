"""The edge: one origin for the services, the issuer, the mails and a landing page.

It also catches the mails: one process of asyncio costs half of what two would.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from deploy.local import mail, pages, stack
from deploy.local.ports import has_ipv6
from deploy.local.stack import SERVICES, Stack

SESSION = web.AppKey("session", aiohttp.ClientSession)
# Between one connection and the next only: RFC 9110, 7.6.1.
HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
# A client's own word on where it comes from is not passed on.
FORWARDED = {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}
# What services answer to each other and to whoever watches them, never to the outside.
INSIDE = re.compile(r"/[a-z]+/(v1/(cards|texts|streams|heads)|livez|readyz|metrics)(/|$)")
RETRY_SECONDS = "2"


def create_app(where: Stack, box: mail.Box) -> web.Application:
    """Return the edge of a stack."""
    app = web.Application(middlewares=[only_our_names(where), plain_words])
    app.cleanup_ctx.append(_session)
    app.router.add_get("/", landing(where))
    app.router.add_get("/local.css", style)
    app.router.add_routes(mail.routes(box))
    for service in SERVICES:
        app.router.add_route("*", f"/{service}", _with_slash)
        app.router.add_route("*", f"/{service}/{{rest:.*}}", proxy(service, where.serve(service)))
    issuer = f"http://127.0.0.1:{where.ports['issuer']}"
    app.router.add_route("*", "/issuer/{rest:.*}", proxy("issuer", issuer))
    return app


async def _session(app: web.Application) -> AsyncIterator[None]:
    # A kept connection may be closed by the service just as a command is sent on it, and nobody
    # could tell whether it arrived. A new one costs a tenth of a millisecond on this machine.
    connector = aiohttp.TCPConnector(force_close=True, limit=200)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=2, sock_read=120)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
    ) as session:
        app[SESSION] = session
        yield


def only_our_names(where: Stack) -> Middleware:
    """Answer to this machine's names alone, and lead people to the one that cookies are for."""
    port = where.ports["edge"]
    names = {f"{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]")}

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        # A foreign name that resolves to this machine is how a web page would get in here.
        if request.host not in names:
            detail = f"Open {where.origin}/ instead."
            return pages.problem(request, HTTPStatus.MISDIRECTED_REQUEST, "Wrong address", detail)
        own = urlsplit(where.origin).netloc
        if request.host != own and request.method == "GET" and pages.wants_page(request):
            raise web.HTTPPermanentRedirect(where.origin + request.raw_path)
        return await handler(request)

    return guard


@web.middleware
async def plain_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Say in plain words that there is no such page."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        detail = "There is nothing at this address. Go back to the start and try from there."
        return pages.problem(request, HTTPStatus.NOT_FOUND, "Not found", detail)


def landing(where: Stack) -> Handler:
    """Return the page that says what this is and where to go."""

    async def handle(_request: web.Request) -> web.Response:
        return pages.page("landing.html", services=SERVICES, origin=where.origin)

    return handle


async def style(_request: web.Request) -> web.FileResponse:
    """Serve the one stylesheet of these pages."""
    return web.FileResponse(pages.STYLE, headers={"Cache-Control": "max-age=60"})


async def _with_slash(request: web.Request) -> web.StreamResponse:
    raise web.HTTPPermanentRedirect(request.path + "/")


def proxy(name: str, upstream: str) -> Handler:
    """Return a handler that hands requests on to a part of the stack."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if not _public(request.raw_path):
            raise web.HTTPNotFound
        try:
            async with _ask(request, upstream) as answer:
                return await _relay(request, answer)
        except aiohttp.ClientConnectorError:
            return _away(request, name, "It is probably starting.")
        except aiohttp.ServerTimeoutError:
            return _away(request, name, "It took too long to answer.")
        except aiohttp.ClientConnectionError:
            return _away(request, name, "It ended before it had answered.")

    return handle


def _public(raw: str) -> bool:
    """Tell whether the outside may ask for the path, however it is spelled."""
    path = unquote(raw.partition("?")[0])
    odd = {"", ".", ".."} & set(path.rstrip("/").split("/")[1:])
    return path.startswith("/") and not odd and "\\" not in path and not INSIDE.match(path)


def _ask(
    request: web.Request,
    upstream: str,
) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
    headers = _passed_on(request.headers)
    headers["X-Forwarded-For"] = request.remote or ""
    headers["X-Forwarded-Host"] = request.host
    headers["X-Forwarded-Proto"] = request.scheme
    return request.app[SESSION].request(
        request.method,
        URL(upstream + request.raw_path, encoded=True),
        headers=headers,
        data=request.content if request.body_exists else None,
        allow_redirects=False,
    )


def _passed_on(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """Return the headers without those that belong to this connection or are ours to say."""
    named = {token.strip().lower() for token in headers.get("Connection", "").split(",")}
    ours = HOP_BY_HOP | FORWARDED | named
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in ours)


async def _relay(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    headers = _passed_on(answer.headers)
    response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=headers)
    await response.prepare(request)
    async for part in answer.content.iter_any():
        await response.write(part)
    await response.write_eof()
    return response


def _away(request: web.Request, name: str, why: str) -> web.Response:
    """Say that a part does not answer and when to try again."""
    title = f"The {name} part is not answering"
    detail = f"{why} Try again in {RETRY_SECONDS} seconds."
    if pages.wants_page(request):
        again = request.method == "GET"
        response = pages.page(
            "away.html", status=HTTPStatus.BAD_GATEWAY, name=name, why=why, again=again
        )
    else:
        response = pages.problem(request, HTTPStatus.BAD_GATEWAY, title, detail)
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def main() -> None:
    """Run the edge and the mail catcher until told to stop."""
    where = stack.load(Path(os.environ["HEP_DATA"]))
    box = mail.Box.open(where.data)
    app = create_app(where, box)

    async def catch_mails(_app: web.Application) -> AsyncIterator[None]:
        address = ("127.0.0.1", where.ports["smtp"])
        loop = asyncio.get_running_loop()
        catcher = await loop.create_server(lambda: mail.server(box), *address)
        yield
        catcher.close()

    app.cleanup_ctx.append(catch_mails)
    # Browsers may try either address of `localhost` first.
    hosts = ["127.0.0.1", "::1"] if has_ipv6() else ["127.0.0.1"]
    web.run_app(
        app,
        host=hosts,
        port=where.ports["edge"],
        print=lambda _: None,
        access_log=None,
        shutdown_timeout=2,
    )


if __name__ == "__main__":
    main()
