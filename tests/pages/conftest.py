"""The gallery, and how a test visits its pages."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.given import served
from tests.pages import gallery

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with served(gallery.create_gallery()) as found:
        yield found


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
