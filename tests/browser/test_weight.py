"""What a first visit costs: bytes on the wire and requests, with nothing in the browser's cache."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Enter
from tests.browser.site import Processes, Site, fetch_seeds, opened
from tests.browser.steps import drawn, loaded
from tests.sandbox_server import SEED_TRACK, Sandbox

pytestmark = pytest.mark.browser

MOST_BYTES, MOST_REQUESTS = 220_000, 10
MOST_REQUESTS_TO_THE_END = 11


@pytest.fixture
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    """The site with the seeds' track, as its worker fetched it."""
    with opened(processes, sandbox_server, fetch_seeds) as site:
        yield site


class Weight:
    """Counts the requests of a page over the network, and the bytes of their responses with all headers."""

    def __init__(self, page: Page) -> None:
        self.urls: dict[str, str] = {}
        self.bytes: dict[str, int] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.requestWillBeSent", self._begun)
        session.on("Network.loadingFinished", self._ended)

    def _begun(self, event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):
            self.urls[event["requestId"]] = event["request"]["url"]

    def _ended(self, event: dict[str, Any]) -> None:
        self.bytes[event["requestId"]] = round(event["encodedDataLength"])

    def assert_light(self, most: int = MOST_REQUESTS) -> None:
        """Fails with the sizes of all responses."""
        sizes = {url: self.bytes.get(request, 0) for request, url in self.urls.items()}
        assert sum(self.bytes.values()) <= MOST_BYTES, sizes
        assert len(self.urls) <= most, sizes


def test_a_first_visit_is_light(enter: Enter, site: Site) -> None:
    for path in ("/", f"/tracks/{SEED_TRACK}/"):
        page = enter("operator").page
        weight = Weight(page)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        libraries = [url for url in weight.urls.values() if "/apexcharts.js" in url]
        assert len(libraries) == (path != "/")  # the first screen of the overview has no chart
        if path != "/":
            drawn(page)
            # The data of the first chart are in the answer of its panel.
            assert not [url for url in weight.urls.values() if "/audience/chart/" in url]
        weight.assert_light()
        if path == "/":
            loaded(page)
            weight.assert_light(MOST_REQUESTS_TO_THE_END)
