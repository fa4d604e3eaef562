"""Chromium, driven by Playwright, and the demo of the kit on a port of its own."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from tests.browser.demo import create_demo
from tests.browser.site import Site
from webapp.config import ROOT

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30_000
"""Milliseconds that an expectation may take on a machine that has much else to do."""
AXE = ROOT / "webapp/assets/node_modules/axe-core/axe.min.js"
WATCH = (
    "addEventListener('securitypolicyviolation', e => (window.violations ??= []).push(e.violatedDirective))"
)


STANDS_STILL = """
    !document.querySelector(".htmx-swapping, .htmx-settling, .htmx-added") &&
    document.getAnimations().every((each) =>
        each.playState !== "running" || each.effect.getComputedTiming().iterations === Infinity)
"""


@dataclass
class Watched:
    """A page, and what went wrong on it."""

    page: Page
    errors: list[str] = field(default_factory=list)

    def violations(self) -> list[str]:
        """The directives of the content security policy that were violated since the last navigation."""
        return list(self.page.evaluate("window.violations ?? []"))

    def axe(self) -> list[str]:
        """The serious and critical findings of axe, each with the element it is about.

        Asked for once nothing is being swapped or fades: a text that comes into view is pale for a moment.
        """
        for _ in range(100):
            if self.page.evaluate(STANDS_STILL):
                break
            self.page.wait_for_timeout(50)
        self.page.evaluate(AXE.read_text())
        found: list[dict[str, Any]] = self.page.evaluate("axe.run().then(result => result.violations)")
        return [
            f"{finding['id']}: {node['html'][:160]} {node['failureSummary']}"
            for finding in found
            if finding["impact"] in ("serious", "critical")
            for node in finding["nodes"]
        ]

    def drawn(self) -> None:
        """Waits until every chart of the page stands still."""
        expect(self.page.locator("figure[data-state=loading]")).to_have_count(0, timeout=20_000)
        self.page.wait_for_timeout(450)


Enter = Callable[..., Watched]


def watch(context: BrowserContext) -> Watched:
    """A new page of `context`, watched from its first byte."""
    watched = Watched(context.new_page())
    watched.page.add_init_script(WATCH)
    watched.page.on("console", lambda m: watched.errors.append(m.text) if m.type == "error" else None)
    watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
    return watched


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: the browser tests need Debian's chromium.")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo() -> Iterator[str]:
    """The address of the running demo."""
    if not (ROOT / "webapp/static/app.css").exists() or not AXE.exists():
        pytest.fail("webapp/static is not built: run 'npm install' and 'npm run build' in webapp/assets.")
    server = make_server("127.0.0.1", 0, create_demo(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def visit(browser: Browser, demo: str) -> Iterator[Callable[..., Watched]]:
    """Opens a path of the demo: `visit("/tracks/", width=390, color_scheme="dark")`."""
    contexts: list[BrowserContext] = []

    def visit(path: str, *, width: int = 1440, **options: Any) -> Watched:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        watched = watch(context)
        watched.page.goto(demo + path)
        watched.drawn()
        return watched

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def enter(browser: Browser, site: Site) -> Iterator[Enter]:
    """Opens a browser window, signed in as a role or as nobody; nothing in it moves by itself."""
    contexts: list[BrowserContext] = []

    def enter(role: str | None = None, scheme: str = "light", width: int = 1440, **options: Any) -> Watched:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        if role is not None:
            context.add_cookies([{"name": "session", "value": site.session(role), "url": site.url}])
        return watch(context)

    yield enter
    for context in contexts:
        context.close()
