"""Today can be put on the home screen of a phone."""

import struct

import pytest
from playwright.sync_api import Browser

from tests.given import served
from tests.people import ANA
from tests.services.adherence.conftest import Home
from tests.unit.adherence.facts import prescribed, published, registered


def test_a_browser_finds_nothing_against_installing_it(home: Home, browser: Browser) -> None:
    home.hear(published(), registered(), prescribed())
    with served(home.client.application) as address, browser.new_context() as context:
        context.add_cookies([{"name": "hep", "value": ANA, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/adherence/")
        devtools = context.new_cdp_session(page)

        manifest = devtools.send("Page.getAppManifest")
        against = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]

        assert manifest["errors"] == []
        assert manifest["manifest"]["startUrl"] == f"{address}/adherence/"
        # A context of a test is one of those that keep nothing.
        assert [one["errorId"] for one in against] in ([], ["in-incognito"])


@pytest.mark.parametrize("size", [180, 512])
def test_phones_that_draw_no_svg_have_a_picture(home: Home, size: int) -> None:
    """Safari takes the smaller one for the home screen, others the larger one."""
    answer = home.client.get(f"/adherence/static/icon-{size}.png")

    # The first chunk of a PNG says how large it is (PNG, third edition, 11.2.1).
    assert struct.unpack(">II", answer.data[16:24]) == (size, size)
    answer.close()
