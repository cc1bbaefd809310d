"""The gallery, and how a test visits its pages."""

import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.pages import gallery

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, gallery.create_gallery(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(address: str, browser: Browser) -> Iterator[Open]:
    """Open a page at a width; whatever the browser complains of fails the test."""
    complaints: list[str] = []

    def go(path: str, width: int = 360, *, javascript: bool = True) -> Page:
        page = browser.new_page(
            viewport={"width": width, "height": 740}, java_script_enabled=javascript
        )
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + path)
        return page

    yield go
    for context in browser.contexts:
        context.close()
    assert complaints == []
