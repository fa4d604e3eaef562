"""Texts without secrets: known values in every spelling, shapes of tokens, and nothing else taken away."""

import logging
from secrets import token_urlsafe
from urllib.parse import quote

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox_server import SEED_TRACK
from webapp.lib import masking
from webapp.lib.masking import mask, remember, remember_url
from webapp.logs import masked_record


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but what the test plants is known."""
    monkeypatch.setattr(masking, "_known", set())


@pytest.mark.parametrize(
    "secret", ["pass word/1", "p@ss:w%rd", "f\N{LATIN SMALL LETTER U WITH DIAERESIS}nf zig"]
)
def test_a_known_secret_is_hidden_however_it_is_written(known: None, secret: str) -> None:
    remember_url(f"postgresql://me:{quote(secret, safe='')}@host:5432/d")
    assert mask(f"a {secret} b {quote(secret, safe='')} c") == "a *** b *** c"


@pytest.mark.parametrize("value", ["", "short", "soundcharts"])
def test_what_is_no_secret_or_too_short_to_distinguish_from_a_word_stays(known: None, value: str) -> None:
    remember(value)
    assert mask("a short word of soundcharts") == "a short word of soundcharts"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("at postgresql://me:x@h:1/d", "at postgresql://me:***@h:1/d"),
        ("redis://:x@h/0 and so on", "redis://:***@h/0 and so on"),
        ("Authorization: Bearer abcdefgh.ijk", "Authorization: Bearer ***"),
        ("{'authorization': 'Basic YTpiYmJiYg=='}", "{'authorization': 'Basic ***'}"),
        (
            "{'x-api-key': 'k', 'X-App-Id': 'i', 'a': 'b'}",
            "{'x-api-key': '***', 'X-App-Id': '***', 'a': 'b'}",
        ),
        ("x-api-key: k", "x-api-key: ***"),
        ("password=hunter2&a=b", "password=***&a=b"),
        ("{'new_password': 'hunter2'}", "{'new_password': '***'}"),
        ("Cookie: session=eyJh.b.c; theme=dark", "Cookie: session=***; theme=dark"),
        ("token tp_abcdefghijklmnopqrstuvw.", "token ***."),
    ],
)
def test_what_looks_like_a_secret_is_hidden(known: None, text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("_time", range(50))
def test_random_tokens_and_signed_cookies_are_hidden(known: None, _time: int) -> None:
    token = token_urlsafe(32)
    app = Flask(__name__)
    app.secret_key = token_urlsafe()
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    cookie = signer.dumps({"token": token, "_user_id": "1"})
    said = mask(f"/reset/{token} tp_{token} {cookie} '{cookie}'")
    assert not any(part in said for part in (token, *cookie.strip(".").split(".")[:1]))


@pytest.mark.parametrize(
    "text",
    [
        f"There is no track {SEED_TRACK}.",
        "run 00000000-0000-4000-8000-000000000001: 400, a date or a platform's code is wrong",
        "https://open.spotify.com/track/2Fxmhks0bxGSBdJ92vM42m?si=x",
        "Email or password is wrong.",
        "The password must be at least 12 characters long.",
        "tp_abcde...",
        "apple-music-top-100-songs-of-the-united-states-x",
        "webapp.views.api.audience.refresh",
    ],
)
def test_nothing_else_is_taken_away(known: None, text: str) -> None:
    assert mask(text) == text


@given(before=st.text(max_size=40), after=st.text(max_size=40), secret=st.text(min_size=8, max_size=40))
def test_no_text_around_a_secret_brings_it_back(before: str, after: str, secret: str) -> None:
    masking._known.clear()
    remember(secret)
    said = mask(before + secret + after)
    masking._known.clear()
    assert secret not in said or secret in masking.MASK * 20


def record(message: object, *args: object) -> logging.LogRecord:
    return masked_record("a.logger", logging.INFO, "a.py", 1, message, args, None)


def test_a_line_is_masked_where_it_is_made(known: None) -> None:
    remember("planted secret")
    assert record("%s and %r", "a planted secret", 5).getMessage() == "a *** and 5"
    assert record("%(a)s", {"a": "planted secret"}).getMessage() == "***"
    assert record("100%").getMessage() == "100%"


def test_a_wrong_line_ends_nothing_and_reports_nothing(known: None) -> None:
    remember("planted secret")
    assert record("%d of %s", "planted secret").getMessage() == "%d of %s ('***',)"


@pytest.mark.parametrize("unit", ["x", "aB1-", "a.", "Bearer ", "password ", "://", "tp_"])
def test_a_long_text_takes_no_longer_than_its_length_needs(known: None, unit: str) -> None:
    """A pattern that starts again at every character would take hours."""
    text = unit * (1_000_000 // len(unit))
    assert mask(text) in (text, "***")
