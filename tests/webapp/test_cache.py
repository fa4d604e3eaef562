"""The cache of fragments: one request makes what changed, however many want it."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from redis import Redis

from webapp.cache import latest_html

TABS = 50


def test_fifty_tabs_have_a_changed_fragment_made_once(app: Flask, redis: Redis) -> None:
    made: list[str] = []

    def request(version: str) -> str:
        def make() -> str:
            made.append(version)
            time.sleep(0.2)
            return version

        with app.test_request_context():
            return latest_html(["card"], [version], make, again=lambda: " again").get_data(as_text=True)

    assert request("first") == "first"
    with ThreadPoolExecutor(TABS) as tabs:
        shown = list(tabs.map(request, ["second"] * TABS))
    assert made == ["first", "second"]
    assert set(shown) <= {"first again", "second"}
    assert shown.count("second") >= 1
    assert request("second") == "second"
    assert made == ["first", "second"]


def test_a_fragment_that_cannot_be_made_is_left_to_the_next(app: Flask, redis: Redis) -> None:
    def fail() -> str:
        raise ZeroDivisionError

    with app.test_request_context():
        with pytest.raises(ZeroDivisionError):
            latest_html(["card"], ["1"], fail, again=str)
        assert latest_html(["card"], ["1"], lambda: "made", again=str).data == b"made"
