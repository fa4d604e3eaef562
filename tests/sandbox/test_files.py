"""`--data`: real figures are returned as in the files. The files of these tests are invented."""

import csv
import gzip
import os
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from sandbox import create_app
from sandbox.files import DataError
from tests import ROOT
from tests.sandbox.conftest import KEYS, Start

SPOTIFY = "spotify_streams_daily_test.csv.gz"
BILLBOARD = "billboard_hot100_weekly_test.csv.gz"
YOUTUBE = "youtube_top100_weekly_test.csv.gz"
FILES: dict[str, list[str]] = {
    SPOTIFY: [
        "date,track_id,track_name,total_stream,daily_stream",
        "2024-01-03,idA,Lantern,3000000000,",
        "2024-01-04,idA,Lantern,3000000500,500",
        "2024-01-06,idA,Lantern,2999999999,",
        "2024-01-07,idA,Lantern,2999999999,0",
        "2024-01-03,idB,Lantern,77,",
    ],
    BILLBOARD: [
        "chart_week,rank,title,performer,last_week,peak_pos,wks_on_chart",
        '2026-08-01,1,Café,"Ann, The First Featuring Bo",-,1,1',
        "2026-08-01,2,Old One,Cy,3,1,58",
        "2026-08-08,1,Old One,Cy,2,1,59",
        '2026-08-08,2,Café,"Ann, The First Featuring Bo",1,1,2',
    ],
    YOUTUBE: [
        "week_id,downloaded_at,rank,previous_rank,track_name,artist_names,periods_on_chart,views,youtube_url",
        "2026-W32,2026-08-03 10:00:00,1,,CAFE,Ann & Bo,4,57046376,https://www.youtube.com/watch?v=vidA",
        "2026-W32,2026-08-03 10:00:00,2,5,Old One,Somebody Else,7,500,",
        "2026-W33,2026-08-10 10:00:00,1,1,Cafe,Ann & Bo,5,600,https://www.youtube.com/watch?v=vidB",
    ],
}


def write(folder: Path, **changed: list[str]) -> Path:
    for name, lines in {**FILES, **changed}.items():
        with gzip.open(folder / name, "wt", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    return folder


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return create_app(data=write(tmp_path)).test_client()


def get(client: FlaskClient, path: str, **query: object) -> Any:
    answer = client.get(path, headers=KEYS, query_string=query or None)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def listed(client: FlaskClient) -> dict[tuple[str, str], str]:
    return {(song["name"], song["creditName"]): song["uuid"] for song in get(client, "/_sandbox/songs")}


def series(client: FlaskClient, uuid: str, platform: str = "spotify") -> list[tuple[str, list[Any]]]:
    """Returns all items of a series, oldest first."""
    path: str | None = f"/api/v2/song/{uuid}/audience/{platform}?startDate=2000-01-01"
    items: list[Any] = []
    while path:
        body = get(client, path)
        items, path = items + body["items"], body["page"]["next"]
    return [(item["date"], item["plots"]) for item in reversed(items)]


def test_songs_are_listed_with_those_that_have_an_audience_first(client: FlaskClient) -> None:
    names = [(song["name"], song["creditName"]) for song in get(client, "/_sandbox/songs")]
    assert names[:2] == [("Lantern", ""), ("Lantern", "")]
    assert sorted(names[2:]) == [
        ("Café", "Ann, The First Featuring Bo"),
        ("Old One", "Cy"),
        ("Old One", "Somebody Else"),
    ]


def test_uuids_are_the_same_in_every_process(client: FlaskClient, tmp_path: Path) -> None:
    again = create_app(data=tmp_path).test_client()
    uuids = [song["uuid"] for song in get(client, "/_sandbox/songs")]
    assert [song["uuid"] for song in get(again, "/_sandbox/songs")] == uuids
    assert len(set(uuids)) == 5


def test_audience_is_what_the_file_has(client: FlaskClient) -> None:
    first, second = (song["uuid"] for song in get(client, "/_sandbox/songs")[:2])
    assert series(client, first) == [
        (f"{day}T00:00:00+00:00", [{"identifier": "idA", "value": value}])
        for day, value in (
            ("2024-01-03", 3_000_000_000),
            ("2024-01-04", 3_000_000_500),
            ("2024-01-06", 2_999_999_999),
            ("2024-01-07", 2_999_999_999),
        )
    ]
    assert series(client, second) == [("2024-01-03T00:00:00+00:00", [{"identifier": "idB", "value": 77}])]
    assert series(client, first, "youtube") == []
    assert get(client, f"/api/v2/song/{first}/audience/spotify")["items"] == []
    assert get(client, "/api/v2.25/song/by-platform/spotify/idB")["object"]["uuid"] == second


def test_what_no_file_states_is_not_made_up(client: FlaskClient) -> None:
    uuid = get(client, "/_sandbox/songs")[0]["uuid"]
    song = get(client, f"/api/v2.25/song/{uuid}")["object"]
    for name in ("isrc", "releaseDate", "duration", "audio"):
        assert song[name] is None
    for name in ("artists", "genres", "labels", "composers", "producers", "iswcs"):
        assert song[name] == []


def test_songs_of_two_charts_are_one_by_title_and_first_artist(client: FlaskClient) -> None:
    uuid = listed(client)["Café", "Ann, The First Featuring Bo"]
    assert [artist["name"] for artist in get(client, f"/api/v2.25/song/{uuid}")["object"]["artists"]] == [
        "Ann",
        "Bo",
    ]
    identifiers = get(client, f"/api/v2/song/{uuid}/identifiers")["items"]
    assert [(row["identifier"], row["default"]) for row in identifiers] == [("vidA", True), ("vidB", False)]
    found = get(client, "/api/v2/song/search/cafe")["items"]
    assert [row["uuid"] for row in found] == [uuid]


def test_billboard_is_a_platform_of_its_own(client: FlaskClient) -> None:
    codes = [row["code"] for row in get(client, "/api/v2/chart/song/platforms")["items"]]
    assert "billboard" in codes
    (chart,) = get(client, "/api/v2/chart/song/by-platform/billboard")["items"]
    assert (chart["slug"], chart["frequency"], chart["countryCode"]) == ("billboard-hot-100", "weekly", "US")
    body = get(client, "/api/v2.14/chart/song/billboard-hot-100/ranking/latest")
    assert body["related"]["date"] == "2026-08-08T12:00:00+00:00"
    fields = ("position", "oldPosition", "positionEvolution", "timeOnChart", "entryDate")
    assert [[row["song"]["name"], *(row[name] for name in fields)] for row in body["items"]] == [
        ["Old One", 1, 2, 1, 59, None],
        ["Café", 2, 1, -1, 2, "2026-08-01T12:00:00+00:00"],
    ]
    assert all("metric" not in row and row["timeOnChartUnit"] == "WOC" for row in body["items"])


def test_youtube_has_views(client: FlaskClient) -> None:
    slug = "/api/v2.14/chart/song/youtube-top-songs/ranking"
    body = get(client, f"{slug}/2026-08-03T12:00:00%2B00:00")
    assert [(row["metric"], row["oldPosition"], row["timeOnChart"]) for row in body["items"]] == [
        (57_046_376, 0, 4),
        (500, 5, 7),
    ]
    assert body["related"]["chart"]["metric"]["description"] == "Views"
    dates = get(client, "/api/v2/chart/song/youtube-top-songs/available-rankings")["items"]
    assert dates == ["2026-08-10T12:00:00+00:00", "2026-08-03T12:00:00+00:00"]


@pytest.mark.parametrize(
    ("name", "lines", "said"),
    [
        (SPOTIFY, ["date,track_id,track_name"], "no column total_stream"),
        (SPOTIFY, [*FILES[SPOTIFY], "soon,idA,Lantern,1,"], "line 7: 'soon' is no date"),
        (SPOTIFY, [*FILES[SPOTIFY], "2024-01-08,idA,Lantern,1.5,"], "line 7: '1.5' is no whole number"),
        (BILLBOARD, [*FILES[BILLBOARD], "2024-01-06,1"], "line 6: not as many fields"),
        (YOUTUBE, [*FILES[YOUTUBE], "w,2026-08-10,x,,a,b,1,1,"], "line 5: 'x' is no whole number"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, name: str, lines: list[str], said: str) -> None:
    write(tmp_path, **{name: lines})
    with pytest.raises(DataError, match=said) as caught:
        create_app(data=tmp_path)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(b"a,b\n" * 9999)[:-20], gzip.compress(b"\xff")],
    ids=["not gzip", "cut short", "not text"],
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    (write(tmp_path) / YOUTUBE).write_bytes(content)
    with pytest.raises(DataError, match=YOUTUBE):
        create_app(data=tmp_path)


def test_a_missing_file_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    (write(tmp_path) / BILLBOARD).unlink()
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"{tmp_path} must hold one file billboard_hot100_weekly*.csv.gz, not 0.\n"


def test_it_is_served_with_todays_date(start: Start, tmp_path: Path) -> None:
    server = start("--data", str(write(tmp_path)))
    assert len(server.get("/_sandbox/songs").json()) == 5
    moved = server.post("/_sandbox/clock", json={"days": 0}).json()
    assert abs((date.fromisoformat(moved["today"]) - datetime.now(UTC).date()).days) <= 1


def rows_of(folder: Path, pattern: str) -> list[dict[str, str]]:
    with gzip.open(next(folder.glob(pattern)), "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_figure_of_the_real_files_is_answered() -> None:
    folder = Path(os.environ.get("SANDBOX_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"there is no folder of real figures at {folder}")
    client = create_app(data=folder, calls_per_minute=10**6).test_client()
    totals: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows_of(folder, "spotify_streams_daily*"):
        totals[row["track_id"]][row["date"]] = int(row["total_stream"])
    for track, expected in totals.items():
        uuid = get(client, f"/api/v2.25/song/by-platform/spotify/{track}")["object"]["uuid"]
        found = {day[:10]: plots for day, plots in series(client, uuid)}
        assert found == {day: [{"identifier": track, "value": value}] for day, value in expected.items()}
    weeks: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows_of(folder, "billboard_hot100_weekly*"):
        weeks[row["chart_week"]].append((int(row["rank"]), row["wks_on_chart"]))
    for week, rows in weeks.items():
        body = get(client, f"/api/v2.14/chart/song/billboard-hot-100/ranking/{week}T12:00:00%2B00:00")
        assert [(row["position"], str(row["timeOnChart"])) for row in body["items"]] == sorted(rows)
    views: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in rows_of(folder, "youtube_top100_weekly*"):
        views[row["downloaded_at"][:10]].append((int(row["rank"]), int(row["views"])))
    for day, ranked in views.items():
        body = get(client, f"/api/v2.14/chart/song/youtube-top-songs/ranking/{day}T12:00:00%2B00:00")
        assert [(row["position"], row["metric"]) for row in body["items"]] == sorted(ranked)
