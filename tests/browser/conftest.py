"""Chromium, driven by Playwright, and the demo of the kit on a port of its own."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from werkzeug.serving import make_server

from tests import ROOT
from tests.browser.demo import create_demo
from tests.browser.site import Processes, Site
from webapp.config import Settings

CHROMIUM = Path("/usr/bin/chromium")
SHELL = Path("/usr/bin/chromium-headless-shell")
"""Chromium without windows of its own, which cost a quarter of the processor time; not needed, but taken."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",
    "--disable-site-isolation-trials",
]
PATIENCE = 30_000
"""Milliseconds that an expectation may take on a machine that has much else to do."""
POLL = 50
"""The polling interval for pages without a change event, in milliseconds."""
AXE = ROOT / "webapp/assets/node_modules/axe-core/axe.min.js"
WATCH = (
    "addEventListener('securitypolicyviolation', e => (window.violations ??= []).push(e.violatedDirective))"
)


TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Resolves when the page has handled earlier events."""
NOT_DRAWN = "figure[data-drawing-url]:not([data-state=drawn], [data-state=empty], [data-state=failed])"
AS_WIDE_AS_ITS_PLACE = """
    [...document.querySelectorAll("figure svg.apexcharts-svg")].every((svg) =>
        svg.getBoundingClientRect().width <= Math.ceil(svg.closest("figure").getBoundingClientRect().width))
"""
"""ApexCharts fits a chart to a new width a moment after the window has it."""
RUN_AXE = """
    async (rules) => {
        const focused = document.activeElement, replaced = [];
        const values = / (?!class=|role=|type=|data-(?:state|kind|look|tone)=)([\\w:-]+)="[^"]*"/g;
        const shape = (row) => row.outerHTML.replace(/>[^<]*/g, ">").replace(values, " $1");
        for (const table of document.querySelectorAll("tbody")) {
            const seen = {};
            const rest = [...table.rows].filter((row) => {
                const times = seen[shape(row)] = (seen[shape(row)] ?? 0) + 1;
                return times > 4 && !row.contains(focused);
            });
            for (const row of rest) {
                const place = document.createElement("tr");
                place.style.height = `${row.getBoundingClientRect().height}px`;
                replaced.push([place, row]);
            }
        }
        replaced.forEach(([place, row]) => row.replaceWith(place));
        const options = { resultTypes: ["violations"], preload: false, ...(rules && { runOnly: rules }) };
        const result = await axe.run(options);
        replaced.forEach(([place, row]) => place.replaceWith(row));
        return result.violations;
    }
"""
"""Rows of one shape (tags, classes and states) are of one template: the first four speak for hundreds.

A row as high as the other stands in its place meanwhile: what is below it stays where it is.
"""
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that a theme can break."""
STANDS_STILL = """
    !document.querySelector(".htmx-swapping, .htmx-settling, .htmx-added") &&
    document.getAnimations().every((each) =>
        each.playState !== "running" || each.effect.getComputedTiming().iterations === Infinity)
"""


def wait_until_true(page: Page, condition: str) -> None:
    """Waits for a condition in the page, because its policy blocks `wait_for_function`."""
    for _ in range(PATIENCE // POLL):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(POLL)
    pytest.fail(f"this does not come true: {condition}")


@dataclass
class Watched:
    """A page and its errors."""

    page: Page
    errors: list[str] = field(default_factory=list)

    def violations(self) -> list[str]:
        """The directives of the content security policy that were violated since the last navigation."""
        return list(self.page.evaluate("window.violations ?? []"))

    def axe(self, *rules: str) -> list[str]:
        """The serious and critical findings of axe, each with the element it is about; all rules or some.

        Asked for once nothing is being swapped or fades: a text that comes into view is pale for a moment.
        """
        wait_until_true(self.page, STANDS_STILL)
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text())
        found: list[dict[str, Any]] = self.page.evaluate(RUN_AXE, list(rules) or None)
        return [
            f"{finding['id']}: {node['html'][:160]} {node['failureSummary']}"
            for finding in found
            if finding["impact"] in ("serious", "critical")
            for node in finding["nodes"]
        ]

    def drawn(self) -> None:
        """Waits until every chart of the page is drawn, and not wider than its place."""
        expect(self.page.locator(NOT_DRAWN)).to_have_count(0)
        wait_until_true(self.page, AS_WIDE_AS_ITS_PLACE)


Enter = Callable[..., Watched]


def watch(context: BrowserContext) -> Watched:
    """A new page of `context`, watched from its first byte."""
    watched = Watched(context.new_page())
    watched.page.add_init_script(WATCH)
    watched.page.on("console", lambda m: watched.errors.append(m.text) if m.type == "error" else None)
    watched.page.on("pageerror", lambda error: watched.errors.append(str(error)))
    return watched


class Windows:
    """Browser windows that are kept between tests, because a new one is slower than most pages.

    Each has a context of its own, so that two windows of a test are two people. What a test leaves in one
    (cookies, storage, routes, and how it looks) is undone when it is taken again.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.url: str | None = None
        self.free: list[Watched] = []
        self.taken: list[Watched] = []

    def take(self, url: str | None, width: int, scheme: Any, motion: Any) -> Watched:
        """Returns a window with an empty page; `url` is the base of relative URLs."""
        if url != self.url:
            self.close()
            self.url = url
        if not self.free:
            self.free.append(watch(self.browser.new_context(base_url=url)))
        window = self.free.pop()
        self.taken.append(window)
        window.page.set_viewport_size({"width": width, "height": 900})
        window.page.emulate_media(media="null", color_scheme=scheme, reduced_motion=motion)
        return window

    def give_back(self) -> None:
        """Empties the windows that were taken, and closes those that cannot be emptied."""
        for window in reversed(self.taken):
            try:
                window.page.unroute_all()
                window.page.evaluate("sessionStorage.clear(); localStorage.clear()")
                window.page.goto("about:blank")
                window.page.context.clear_cookies()
            except PlaywrightError:  # a page that was never opened has no storage, a closed one nothing
                window.page.context.close()
            else:
                window.errors.clear()
                self.free.append(window)
        self.taken.clear()

    def close(self) -> None:
        for window in self.free:
            window.page.context.close()
        self.free.clear()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The Playwright driver."""
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: the browser tests need Debian's chromium.")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A real Chromium."""
    program = SHELL if SHELL.exists() else CHROMIUM
    browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def touched_browser(playwright: Playwright) -> Iterator[Browser]:
    """A whole Chromium: the shell passes on few of the taps that a window does."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def processes(migrated_app: Flask, settings: Settings) -> Iterator[Processes]:
    """The web server and the worker of all sites."""
    processes = Processes(settings)
    yield processes
    processes.stop()


@pytest.fixture(scope="session")
def demo() -> Iterator[str]:
    """The URL of the running demo."""
    if not (ROOT / "webapp/static/app.css").exists() or not AXE.exists():
        pytest.fail("webapp/static is not built: run 'npm install' and 'npm run build' in webapp/assets.")
    server = make_server("127.0.0.1", 0, create_demo(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def kept_windows(browser: Browser) -> Iterator[Windows]:
    """The windows that all tests of this process share."""
    windows = Windows(browser)
    yield windows
    windows.close()


@pytest.fixture
def windows(kept_windows: Windows) -> Iterator[Windows]:
    """Windows for one test."""
    yield kept_windows
    kept_windows.give_back()


@pytest.fixture
def contexts(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., BrowserContext]]:
    """Opens contexts for one test, with options that a kept window cannot have, such as no JavaScript."""
    opened: list[BrowserContext] = []

    def open_one(width: int, **options: Any) -> BrowserContext:
        kind = request.getfixturevalue("touched_browser") if "has_touch" in options else browser
        opened.append(kind.new_context(viewport={"width": width, "height": 900}, **options))
        return opened[-1]

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def visit(windows: Windows, contexts: Callable[..., BrowserContext], demo: str) -> Callable[..., Watched]:
    """Opens a path of the demo: `visit("/tracks/", width=390, color_scheme="dark")`.

    Nothing moves by itself, unless `reduced_motion` says so.
    """

    def visit(
        path: str,
        *,
        width: int = 1440,
        color_scheme: str = "light",
        reduced_motion: str = "reduce",
        **options: Any,
    ) -> Watched:
        looks = {"color_scheme": color_scheme, "reduced_motion": reduced_motion}
        watched = (
            watch(contexts(width, **looks, **options))
            if options
            else windows.take(None, width, color_scheme, reduced_motion)
        )
        watched.page.goto(demo + path)
        watched.drawn()
        return watched

    return visit


@pytest.fixture
def enter(windows: Windows, contexts: Callable[..., BrowserContext], site: Site) -> Enter:
    """Opens a browser window, signed in with a role or not at all, without animations."""

    def enter(role: str | None = None, scheme: str = "light", width: int = 1440, **options: Any) -> Watched:
        looks = {"color_scheme": scheme, "reduced_motion": "reduce"}
        watched = (
            watch(contexts(width, base_url=site.url, **looks, **options))
            if options
            else windows.take(site.url, width, scheme, "reduce")
        )
        if role is not None:
            cookie = {"name": "session", "value": site.session(role), "url": site.url}
            watched.page.context.add_cookies([cookie])  # type: ignore[list-item]
        return watched

    return enter
