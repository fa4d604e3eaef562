import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sandbox.routes.control import FAULTS
from tests.sandbox.conftest import KEYS, SEED_SONG, Ask, Switch

AUDIENCE = f"/api/v2/song/{SEED_SONG}/audience/youtube"
PLATFORMS = "/api/v2/chart/song/platforms"
REPLACED = {
    "bad_gateway": 502,
    "server_error": 500,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "gone": 410,
    "bad_request": 400,
    "rate_limited": 429,
    "quota_spent": 429,
}
# `drop` and `slow` need a connection: see test_transport.
ELSEWHERE = {"drop", "slow"}
# See test_charts.
OF_RANKINGS = {
    "empty_ranking",
    "short_page",
    "shorter_ranking",
    "song_twice",
    "position_twice",
    "bad_row",
    "other_time",
}
STRUCK = "2026-11-10"


def get(client: FlaskClient, path: str = AUDIENCE) -> TestResponse:
    return client.get(path, headers=KEYS)


def struck(ask: Ask, switch: Switch, fault: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Items by day, before and with a fault on the 10th."""
    before = ask(AUDIENCE)[1]
    switch(fault, "audience", date=STRUCK)
    after = ask(AUDIENCE)[1]
    assert ask(AUDIENCE)[1] == before, "it strikes once"
    return tuple({item["date"][:10]: item for item in body["items"]} for body in (before, after))  # type: ignore[return-value]


def values(item: dict[str, Any]) -> list[int | None]:
    return [plot["value"] for plot in item["plots"]]


def test_every_fault_is_tested_here_or_over_a_connection() -> None:
    here = {*REPLACED, "lost_page", "broken_json", "errors_in_200", "no_quota_header", "wrong_type"}
    content = {
        "missing_day",
        "repeated_value",
        "halved_total",
        "extra_identifier",
        "null_value",
        "empty_plots",
    }
    assert here | content | ELSEWHERE | {"old_offset", *OF_RANKINGS} == FAULTS


@pytest.mark.parametrize(("fault", "status"), REPLACED.items())
@pytest.mark.parametrize("path", [AUDIENCE, PLATFORMS])
def test_a_fault_replaces_the_next_answers_and_costs_nothing(
    client: FlaskClient, switch: Switch, fault: str, status: int, path: str
) -> None:
    switch(fault, times=2)
    answers = [get(client, path) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert [answer.headers["x-quota-remaining"] for answer in answers] == ["1000000", "1000000", "999999"]
    if status < 500:
        assert answers[0].get_json()["errors"][0]["code"] == status
    else:
        assert answers[0].get_json(silent=True) is None


def test_the_two_meanings_of_429(client: FlaskClient, switch: Switch) -> None:
    switch("rate_limited", reset=7)
    switch("quota_spent")
    limited, spent = get(client), get(client)
    assert "maximum request count" in limited.get_json()["errors"][0]["message"]
    assert limited.headers["x-ratelimit-reset"] == "7"
    assert "maximum request count" not in spent.get_json()["errors"][0]["message"]
    assert "x-ratelimit-reset" not in spent.headers


def test_a_fault_strikes_its_own_paths_alone(client: FlaskClient, switch: Switch) -> None:
    switch("not_found", r"/audience/you")
    assert get(client, PLATFORMS).status_code == 200
    assert get(client).status_code == 404


def test_the_token_path_has_faults_too(client: FlaskClient, switch: Switch) -> None:
    switch("bad_gateway", "/oauth/token")
    assert client.post("/oauth/token").status_code == 502


def test_faults_that_replace_the_answer_wait_for_each_other(client: FlaskClient, switch: Switch) -> None:
    switch("bad_gateway")
    switch("no_quota_header", times=3)
    switch("forbidden")
    answers = [get(client) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [502, 403, 200, 200]
    assert ["x-quota-remaining" in answer.headers for answer in answers] == [False, False, False, True]


def test_a_lost_page_is_never_the_first(client: FlaskClient, switch: Switch) -> None:
    switch("lost_page")
    paths = [AUDIENCE, f"{AUDIENCE}?offset=0", f"{AUDIENCE}?offset=10", f"{AUDIENCE}?offset=10"]
    assert [get(client, path).status_code for path in paths] == [200, 200, 502, 200]


def test_broken_json_is_the_beginning_of_the_real_answer(client: FlaskClient, switch: Switch) -> None:
    whole = get(client).get_data()
    switch("broken_json")
    answer = get(client)
    assert answer.status_code == 200
    assert whole.startswith(answer.get_data())
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.get_data())


@pytest.mark.parametrize("path", [AUDIENCE, PLATFORMS, f"/api/v2.25/song/{SEED_SONG}"])
def test_errors_can_come_with_a_200(client: FlaskClient, switch: Switch, path: str) -> None:
    whole = get(client, path).get_json()
    switch("errors_in_200")
    body = get(client, path).get_json()
    assert body["errors"] != []
    assert {**body, "errors": []} == whole


def test_a_wrong_type(ask: Ask, switch: Switch) -> None:
    switch("wrong_type", times=3)
    assert ask(AUDIENCE)[1]["items"][0]["plots"][0]["value"] == "many"
    assert ask(PLATFORMS)[1]["items"] == "many"
    assert ask(f"/api/v2.25/song/{SEED_SONG}")[1]["object"] == "many"


def test_a_missing_day(ask: Ask, switch: Switch) -> None:
    before, after = struck(ask, switch, "missing_day")
    assert set(before) - set(after) == {STRUCK}
    switch("missing_day")
    assert ask(AUDIENCE)[1]["page"]["total"] == len(before) - 1


def test_a_repeated_value(ask: Ask, switch: Switch) -> None:
    before, after = struck(ask, switch, "repeated_value")
    assert values(after[STRUCK]) == values(before["2026-11-09"])
    assert {day for day in before if before[day] != after[day]} == {STRUCK}


def test_a_halved_total(ask: Ask, switch: Switch) -> None:
    before, after = struck(ask, switch, "halved_total")
    for day, item in before.items():
        halves = [value // 2 if day >= STRUCK and value else value for value in values(item)]
        assert values(after[day]) == halves


def test_an_extra_identifier(ask: Ask, switch: Switch) -> None:
    before, after = struck(ask, switch, "extra_identifier")
    for day, item in before.items():
        assert len(after[day]["plots"]) == len(item["plots"]) + (day >= STRUCK)
        assert after[day]["plots"][: len(item["plots"])] == item["plots"]


def test_null_values_and_empty_plots(ask: Ask, switch: Switch) -> None:
    before, after = struck(ask, switch, "null_value")
    assert values(after[STRUCK]) == [None] * len(before[STRUCK]["plots"])
    before, after = struck(ask, switch, "empty_plots")
    assert after[STRUCK]["plots"] == []
    assert {day for day in before if before[day] != after[day]} == {STRUCK}


def test_the_old_offset_keeps_the_calendar_date(ask: Ask, switch: Switch) -> None:
    query = {"startDate": "2026-06-01", "endDate": "2026-12-31", "limit": 100}
    before = ask(AUDIENCE, **query)[1]["items"]
    switch("old_offset")
    after = ask(AUDIENCE, **query)[1]["items"]
    assert [item["date"][:19] for item in after] == [item["date"][:19] for item in before]
    assert {item["date"][10:] for item in after} == {"T00:00:00+01:00", "T00:00:00+02:00"}


def test_without_a_date_the_middle_item_is_struck(ask: Ask, switch: Switch) -> None:
    switch("empty_plots")
    assert [len(item["plots"]) for item in ask(AUDIENCE)[1]["items"]].index(0) == 15


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"path": "x", "fault": "flood"}, "'flood'"),
        ({"path": "(", "fault": "gone"}, "'('"),
        ({"path": "x"}, "fault"),
        ({"fault": "gone"}, "path"),
        ({"path": "x", "fault": "gone", "times": 0}, "times"),
        ({"path": "x", "fault": "gone", "times": True}, "times"),
        ({"path": "x", "fault": "gone", "time": 1}, "'time'"),
        ({"path": "x", "fault": "slow", "seconds": "1"}, "seconds"),
        ({"path": "x", "fault": "null_value", "date": "today"}, "date"),
        ([], "JSON object"),
    ],
)
def test_a_wrong_fault_is_named(client: FlaskClient, body: object, named: str) -> None:
    answer = client.post("/_sandbox/faults", json=body)
    assert answer.status_code == 400
    assert named in answer.get_json()["errors"][0]["message"]
    assert get(client).status_code == 200


def test_faults_can_be_cleared(client: FlaskClient, switch: Switch) -> None:
    switch("gone", times=9)
    assert client.delete("/_sandbox/faults").status_code == 200
    assert get(client).status_code == 200
