"""Wrong passwords: how many, from where, and whom they do not lock out."""

import re
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from redis import Redis
from werkzeug.test import TestResponse

from tests.webapp.views.conftest import EMAIL, PASSWORD, MakeSite, Visit, add_user, log_in
from webapp.access.throttle import DEVICE_COOKIE
from webapp.config import Settings

OTHER = "ben@example.com"


@pytest.fixture
def stranger(visit: Visit, database: psycopg.Connection) -> FlaskClient:
    """A browser that is not signed in; two users exist."""
    add_user(database, "admin", EMAIL)
    add_user(database, "viewer", OTHER)
    return visit(None)


def move(browser: FlaskClient, number: int) -> FlaskClient:
    """Returns the browser with another IP address."""
    browser.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
    return browser


def codes(answers: Iterator[TestResponse]) -> list[int]:
    return [answer.status_code for answer in answers]


def pass_minutes(redis: Redis, *windows: str) -> None:
    """Time for these windows to be over: their counts run out."""
    for window in windows:
        for key in redis.scan_iter(f"*/{window}"):
            redis.delete(key)


def test_five_a_minute_on_one_account_from_one_address(stranger: FlaskClient) -> None:
    found = codes(log_in(stranger, EMAIL, f"wrong {number}") for number in range(6))
    assert found == [401] * 5 + [429]
    assert log_in(stranger, EMAIL, PASSWORD).status_code == 429
    assert log_in(stranger, OTHER, "wrong").status_code == 401


def test_case_and_space_make_no_other_account(stranger: FlaskClient) -> None:
    spellings = [EMAIL, EMAIL.upper(), f" {EMAIL}", f"{EMAIL} ", EMAIL.title(), EMAIL]
    assert codes(log_in(stranger, typed, "wrong") for typed in spellings)[-1] == 429


def test_an_unknown_account_is_throttled_like_a_known_one(stranger: FlaskClient) -> None:
    answers = [
        [log_in(move(stranger, place), email, "wrong") for _ in range(6)]
        for place, email in enumerate((EMAIL, "nobody@example.com"))
    ]
    known, unknown = ([(answer.status_code, words(answer)) for answer in each] for each in answers)
    assert known == unknown


def words(answer: TestResponse) -> str:
    """The sentence on the form."""
    found = re.search(r'role="alert">.*?</svg>([^<]+)<', answer.text)
    assert found is not None, answer.text
    return re.sub(r"\d+", "N", found[1])


def test_ten_on_one_account_from_everywhere(stranger: FlaskClient) -> None:
    found = codes(log_in(move(stranger, number), EMAIL, "wrong") for number in range(11))
    assert found == [401] * 10 + [429]


def test_twenty_a_minute_from_one_address_whatever_the_account(stranger: FlaskClient) -> None:
    found = codes(log_in(stranger, f"{number}@example.com", "wrong") for number in range(21))
    assert found == [401] * 20 + [429]
    assert log_in(move(stranger, 9), EMAIL, PASSWORD).status_code == 302


def test_the_wait_grows(stranger: FlaskClient, redis: Redis) -> None:
    waits = []
    for _ in range(5):
        answers = [log_in(stranger, EMAIL, "wrong") for _ in range(6)]
        refused = next(answer for answer in answers if answer.status_code == 429)
        waits.append(int(refused.headers["Retry-After"]))
        pass_minutes(redis, "1/minute", "10/minute")
    assert waits[0] <= 60
    assert waits[1] <= 600
    assert 600 < waits[-1] <= 3600


def test_the_form_shows_when_to_try_again(stranger: FlaskClient) -> None:
    refused = [log_in(stranger, EMAIL, "wrong", following="/charts/") for _ in range(6)][-1]
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert re.search(r"Try again in 1 minute, at \d\d:\d\d UTC", refused.text)
    assert f'value="{EMAIL}"' in refused.text
    assert 'name="next" value="/charts/"' in refused.text


def test_right_passwords_do_not_count(stranger: FlaskClient, visit: Visit) -> None:
    assert codes(log_in(visit(None), EMAIL, PASSWORD) for _ in range(40)) == [302] * 40


def test_strangers_do_not_lock_the_owner_out(stranger: FlaskClient, visit: Visit, redis: Redis) -> None:
    owner = visit(None)
    log_in(owner)
    owner.delete_cookie("session")
    for round_ in range(4):
        for number in range(11):
            log_in(move(stranger, 20 * round_ + number), EMAIL, "wrong")
        pass_minutes(redis, "1/minute", "10/minute")
    assert log_in(move(stranger, 200), EMAIL, PASSWORD).status_code == 429
    assert log_in(owner).status_code == 302


def test_nor_does_a_colleague_at_the_same_address(stranger: FlaskClient, visit: Visit) -> None:
    owner = visit(None)
    log_in(owner)
    owner.delete_cookie("session")
    for number in range(21):
        log_in(stranger, f"{number}@example.com", "wrong")
    assert log_in(stranger, EMAIL, PASSWORD).status_code == 429
    assert log_in(owner).status_code == 302


def known_browser(visit: Visit) -> FlaskClient:
    """A browser in which EMAIL signed in, and is signed out."""
    browser = visit(None)
    log_in(browser)
    browser.delete_cookie("session")
    return browser


def test_a_known_browser_has_its_own_few_tries(stranger: FlaskClient, visit: Visit) -> None:
    thief = known_browser(visit)
    found = codes(log_in(move(thief, number), EMAIL, "wrong") for number in range(6))
    assert found == [401] * 5 + [429]


def test_a_known_browser_is_so_for_one_account(stranger: FlaskClient, visit: Visit) -> None:
    browser = known_browser(visit)
    for number in range(10):
        log_in(move(stranger, number), OTHER, "wrong")
    assert log_in(move(browser, 99), OTHER, PASSWORD).status_code == 429
    assert log_in(browser, EMAIL, PASSWORD).status_code == 302


@pytest.mark.parametrize("forged", ["", "x", "W10.aaaaaa.bbbb", "other key"])
def test_nobody_makes_their_browser_known_themselves(stranger: FlaskClient, forged: str) -> None:
    if forged == "other key":
        forged = str(URLSafeTimedSerializer("another", salt="device").dumps(["x", "y"]))
    stranger.set_cookie(DEVICE_COOKIE, forged, path="/login")
    found = codes(log_in(move(stranger, number), EMAIL, "wrong") for number in range(11))
    assert found == [401] * 10 + [429]


def test_the_cookie_that_makes_it_known_is_guarded(stranger: FlaskClient, site: Flask) -> None:
    cookies = log_in(stranger).headers.getlist("Set-Cookie")
    cookie = next(cookie for cookie in cookies if cookie.startswith(f"{DEVICE_COOKIE}="))
    for word in ("HttpOnly", "SameSite=Lax", "Path=/login", "Max-Age=7776000"):
        assert word in cookie
    assert EMAIL not in cookie


def test_limits_hold_without_redis(stranger: FlaskClient, make_site: MakeSite, settings: Settings) -> None:
    app = make_site(replace(settings, redis_url="redis://127.0.0.1:9/0"))
    browser = app.test_client()
    assert codes(log_in(browser, EMAIL, "wrong") for _ in range(6)) == [401] * 5 + [429]


@pytest.mark.parametrize(("other", "status"), [("2001:db8:0:2::ffff", 429), ("2001:db8:0:3::1", 401)])
def test_addresses_of_one_ipv6_network_count_as_one(stranger: FlaskClient, other: str, status: int) -> None:
    for number in range(20):
        stranger.environ_base["REMOTE_ADDR"] = f"2001:db8:0:2::{number:x}"
        assert log_in(stranger, f"{number}@example.com", "wrong").status_code == 401
    stranger.environ_base["REMOTE_ADDR"] = other
    assert log_in(stranger, "last@example.com", "wrong").status_code == status


def test_an_ipv4_address_counts_alone_however_it_is_written(stranger: FlaskClient) -> None:
    for number in range(20):
        stranger.environ_base["REMOTE_ADDR"] = ("::ffff:192.0.2.7", "192.0.2.7")[number % 2]
        assert log_in(stranger, f"{number}@example.com", "wrong").status_code == 401
    assert log_in(stranger, "last@example.com", "wrong").status_code == 429
    assert log_in(move(stranger, 8), "last@example.com", "wrong").status_code == 401
