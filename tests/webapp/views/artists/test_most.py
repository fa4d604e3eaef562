"""The limits of lists, saved views and tokens per person, and their messages."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.webapp.views.conftest import Visit, csrf
from webapp.access import tokens
from webapp.desk import lists, saved_views

LIMITED = {
    "lists": (lists, "/lists/", {}),
    "saved views": (saved_views, "/views/", {"url": "/tracks/?q=a"}),
    "active tokens": (tokens, "/account/tokens/", {"days": "30", "role": "viewer"}),
}


def make(browser: FlaskClient, thing: str, name: str) -> TestResponse:
    _module, address, fields = LIMITED[thing]
    return browser.post(address, data={"name": name, **fields}, headers=csrf(browser))


@pytest.mark.parametrize("thing", LIMITED)
def test_one_more_than_the_most_is_refused_in_a_sentence(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, thing: str
) -> None:
    monkeypatch.setattr(LIMITED[thing][0], "MOST", 3)
    browser, other = visit("viewer"), visit("operator")
    assert all(make(browser, thing, f"number {count}").status_code < 400 for count in range(3))
    refused = make(browser, thing, "one more")
    assert refused.status_code == 400
    assert f"You have 3 {thing}, the maximum; " in refused.text
    assert make(other, thing, "one more").status_code < 400


def test_a_revoked_token_frees_a_place(viewer: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST", 1)
    assert make(viewer, "active tokens", "first").status_code == 200
    assert make(viewer, "active tokens", "second").status_code == 400
    revoke = re.search(r"/account/tokens/\d+/revoke/", viewer.get("/account/").text)
    assert revoke is not None
    assert viewer.post(revoke[0], data={"confirmed": 1}, headers=csrf(viewer)).status_code == 303
    assert make(viewer, "active tokens", "second").status_code == 200
