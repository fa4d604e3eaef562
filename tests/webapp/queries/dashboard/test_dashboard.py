"""Every number of the dashboard, computed a second time in Python from the raw rows."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

import psycopg
import pytest
from flask import Flask

from tests.figures import gain_before, has_note, last_day, period_gain
from tests.webapp.queries.dashboard.dashboard_data import PLATFORMS, World, filters, make_world, windows
from webapp.lib.clock import today
from webapp.queries.dashboard.cards import (
    ROWS_SHOWN,
    Narrow,
    Window,
    chart_health,
    latest_moves,
    ranking_days,
    source_answers,
    top_platforms,
    top_tracks,
    troubles,
)
from webapp.queries.dashboard.leaders import GainSums, audience_leaders, audience_platforms, leaders_window

SEEDS = range(6)


@pytest.fixture(params=SEEDS)
def world(app: Flask, database: psycopg.Connection, request: pytest.FixtureRequest) -> World:
    return make_world(database, request.param)


def inside(day: date, window: Window) -> bool:
    return window.start <= day <= window.end


def test_rankings_by_the_day_they_came_and_by_their_date(world: World) -> None:
    rankings = world.raw("SELECT * FROM chart_rankings")
    for narrow in filters(world):
        charts = world.charts_of(narrow)
        fetched = Counter(r.fetched_at.astimezone(UTC).date() for r in rankings if r.chart_id in charts)
        ranked = Counter(r.ranked_on for r in rankings if r.chart_id in charts)
        for window in windows(world.random):
            days = ranking_days(narrow, window)
            whole = [window.before.start + timedelta(days=n) for n in range(2 * window.days)]
            assert days == [(day, fetched[day], ranked[day]) for day in whole]


def test_platforms_by_rankings_of_30_days(world: World) -> None:
    slugs = {row.id: row.slug for row in world.raw("SELECT * FROM platforms")}
    since = today() - timedelta(days=29)
    for narrow in filters(world):
        charts = world.charts_of(narrow)
        rankings: Counter[int] = Counter()
        entries: Counter[int] = Counter()
        for row in world.raw("SELECT * FROM chart_rankings"):
            if row.chart_id in charts and row.ranked_on >= since:
                rankings[charts[row.chart_id].platform_id] += 1
        for row in world.raw("SELECT * FROM chart_ranking_entries"):
            if row.chart_id in charts and row.ranked_on >= since:
                entries[row.platform_id] += 1
        expected = [
            (slugs[platform], count, entries[platform])
            for platform, count in sorted(rankings.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
        assert [(found.slug, found.rankings, found.entries) for found in top_platforms(narrow)] == expected


def health_of(chart: Any) -> str:
    if not chart.sync_enabled:
        return "idle"
    if chart.sync_error:
        return "failing"
    allowed = {"daily": 3, "monthly": 33}.get(chart.frequency, 9)
    newest = chart.last_ranked_on
    return "healthy" if newest and (today() - newest).days <= allowed else "late"


def is_active(chart: Any, stored: list[datetime]) -> bool:
    days = 46.5 if chart.frequency == "monthly" else 10.5 if chart.frequency != "daily" else 7
    return bool(chart.sync_enabled and stored and max(stored) >= datetime.now(UTC) - timedelta(days=days))


def test_health_is_counted_among_enabled_charts(world: World) -> None:
    stored = defaultdict(list)
    for row in world.raw("SELECT * FROM chart_rankings"):
        stored[row.chart_id].append(row.fetched_at)
    for narrow in filters(world):
        charts = world.charts_of(narrow)
        counts = Counter(health_of(chart) for chart in charts.values())
        found = chart_health(narrow)
        assert found.active == sum(is_active(chart, stored[chart.id]) for chart in charts.values())
        assert found.enabled == sum(chart.sync_enabled for chart in charts.values())
        for name in ("healthy", "late", "failing", "idle"):
            assert getattr(found, name) == counts[name]
        assert found.share == (counts["healthy"] / found.enabled if found.enabled else None)
        bad = {
            (c.slug, health_of(c), c.sync_error)
            for c in charts.values()
            if health_of(c) in ("late", "failing")
        }
        assert {(row.slug, row.health, row.sync_error) for row in troubles(narrow)} == bad


def test_answers_of_the_source_over_a_day_and_a_week(world: World) -> None:
    now = datetime.now(UTC)
    calls = world.raw("SELECT * FROM api_calls")
    for slug in (*PLATFORMS, "deezer"):
        for found, hours in zip(source_answers(slug), (24, 168), strict=True):
            made = [c for c in calls if c.platform == slug and c.started_at >= now - timedelta(hours=hours)]
            answered = [c for c in made if c.status is not None and (c.status // 100 == 2 or c.status == 404)]
            assert (found.calls, found.answered) == (len(made), len(answered))
            assert found.rate == (len(answered) / len(made) if made else None)
            assert found.median_ms == (median(c.duration_ms for c in made) if made else None)


def placed(entries: list[Any]) -> list[tuple[int, int, int, int]]:
    """Track, rankings entered, charts, best position: most first."""
    entered, charts, best = defaultdict(set), defaultdict(set), defaultdict(list)
    for entry in entries:
        entered[entry.track_id].add((entry.chart_id, entry.ranked_on))
        charts[entry.track_id].add(entry.chart_id)
        best[entry.track_id].append(entry.position)
    found = [(track, len(entered[track]), len(charts[track]), min(best[track])) for track in entered]
    return sorted(found, key=lambda row: (-row[1], -row[2], row[3], row[0]))


def test_tracks_by_rankings_entered(world: World) -> None:
    for released_since in (None, today() - timedelta(days=400)):
        tracks_by_rankings_entered(world, released_since)


def tracks_by_rankings_entered(world: World, released_since: date | None) -> None:
    ids = {row.uuid: row.id for row in world.raw("SELECT * FROM tracks")}
    wanted = {
        row.id
        for row in world.raw("SELECT * FROM tracks")
        if released_since is None or (row.release_date and row.release_date >= released_since)
    }
    entries = [row for row in world.raw("SELECT * FROM chart_ranking_entries") if row.track_id in wanted]
    for narrow in filters(world):
        charts, tracks = world.charts_of(narrow._replace(list_id=None)), world.tracks_of(narrow)
        for window in windows(world.random):
            own = [e for e in entries if e.chart_id in charts and e.track_id in tracks]
            now = placed([e for e in own if inside(e.ranked_on, window)])
            before = placed([e for e in own if inside(e.ranked_on, window.before)])
            places = {track: place for place, (track, *_) in enumerate(before, start=1)}
            counts = {track: count for track, count, *_ in before}
            found = top_tracks(narrow, window, released_since)
            assert [(ids[t.uuid], t.rankings, t.charts, t.best_position) for t in found] == now[:ROWS_SHOWN]
            for place, track in enumerate(found, start=1):
                assert track.place == place
                assert track.place_before == places.get(ids[track.uuid])
                assert track.rankings_before == counts.get(ids[track.uuid], 0)
                assert track.is_compared == bool(before)


def moves_of(entries: list[Any], chart: Any, until: date) -> tuple[list[Any], list[Any]]:
    """New entries and moves of the chart's latest ranking; every known date is stored here."""
    by_date = defaultdict(list)
    for entry in entries:
        if entry.chart_id == chart.id and entry.ranked_on <= until:
            by_date[entry.ranked_on].append(entry)
    if not by_date:
        return [], []
    *before, latest = sorted(by_date)
    stood = {track: pos for track, _, _, pos in placed(by_date[before[-1]])} if before else {}
    new, moved = [], []
    for track, _, _, position in placed(by_date[latest]):
        first = min(e.position for e in by_date[latest] if e.track_id == track)
        entry = next(e for e in by_date[latest] if (e.track_id, e.position) == (track, first))
        # Without a ranking before it, the API's previous position counts.
        was = stood.get(track) if before else entry.previous_position
        if before and was is None and entry.entry_date == latest:
            new.append((position, chart.id, latest, track))
        elif was is not None and was != position:
            moved.append((-abs(was - position), position, chart.id, latest, was, track))
    return new, moved


def by_track(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The best row of each track, which ends every row, with how many it has; the best tracks first."""
    held = defaultdict(list)
    for row in sorted(rows):
        held[row[-1]].append(row)
    found = [(*its[0], len(its)) for its in held.values()]
    # Places and position come first, or the position alone; then the charts decide, then the track.
    ranks = 2 if found and len(found[0]) > 5 else 1
    return sorted(found, key=lambda row: (row[:ranks], -row[-1], row[-2]))


def test_new_entries_and_moves_of_the_latest_rankings(world: World) -> None:
    ids = {row.uuid: row.id for row in world.raw("SELECT * FROM tracks")}
    entries = world.raw("SELECT * FROM chart_ranking_entries")
    for narrow in filters(world):
        charts, tracks = world.charts_of(narrow._replace(list_id=None)), world.tracks_of(narrow)
        enabled = {chart.slug: chart for chart in charts.values() if chart.sync_enabled}
        for until in (today(), today() - timedelta(days=8)):
            pairs = [moves_of(entries, chart, until) for chart in enabled.values()]
            new = by_track([row for pair in pairs for row in pair[0] if row[-1] in tracks])
            moved = by_track([row for pair in pairs for row in pair[1] if row[-1] in tracks])
            found = latest_moves(narrow, until, None)
            for kind, expected in (("new", new), ("moved", moved)):
                of_kind = [m for m in found if m.kind == kind]
                assert [(m.tracks, len(m.moves)) for m in of_kind] == [
                    (len(expected), row[-1]) for row in expected[:ROWS_SHOWN]
                ]
            for m in found:
                own = sorted(
                    row for pair in pairs for row in pair[m.kind == "moved"] if row[-1] == ids[m.uuid]
                )
                assert [(enabled[move.chart_slug].id, move.ranked_on) for move in m.moves] == [
                    row[2:4] if m.kind == "moved" else row[1:3] for row in own
                ]
            assert [
                (m.best.position, enabled[m.best.chart_slug].id, m.best.ranked_on, ids[m.uuid])
                for m in found
                if m.kind == "new"
            ] == [row[:-1] for row in new[:ROWS_SHOWN]]
            assert [
                (
                    -abs((m.best.previous_position or 0) - m.best.position),
                    m.best.position,
                    enabled[m.best.chart_slug].id,
                    m.best.ranked_on,
                    m.best.previous_position,
                    ids[m.uuid],
                )
                for m in found
                if m.kind == "moved"
            ] == [row[:-1] for row in moved[:ROWS_SHOWN]]


def gains(
    series: dict[int, dict[date, int]], released: dict[int, date | None], window: Window
) -> dict[int, tuple[int | None, int | None]]:
    """By track with a value in the window: its gain, and the gain before it that it is compared with."""
    found = {}
    for track, values in series.items():
        if last_day(values, window.start, window.end):
            gained = period_gain(values, released[track], window.start, window.end)
            before = gain_before(values, released[track], window.start, window.end)
            found[track] = gained and gained.gain, before
    return found


def change(gain: int | None, before: int | None) -> float | None:
    return (gain - before) / before if gain is not None and before is not None and before >= 1000 else None


def test_leaders_by_gain_and_by_change(world: World) -> None:
    for country, list_id in ((None, None), ("FR", None), ("-", None), (None, world.list_id)):
        leaders_by_gain_and_by_change(world, country, Narrow(None, country, list_id))


def leaders_by_gain_and_by_change(world: World, country: str | None, narrow: Narrow) -> None:
    ids = {row.uuid: row.id for row in world.raw("SELECT * FROM tracks")}
    released = {row.id: row.release_date for row in world.raw("SELECT * FROM tracks")}
    charts = world.charts_of(Narrow(None, country))
    allowed = {e.track_id for e in world.raw("SELECT * FROM chart_ranking_entries") if e.chart_id in charts}
    values = world.raw("SELECT * FROM track_audience_time_series")
    for platform in audience_platforms(None):
        series: dict[int, dict[date, int]] = defaultdict(dict)
        for row in values:
            if row.track_id not in world.tracks_of(narrow):
                continue
            if row.platform_id == platform.id and (country is None or row.track_id in allowed):
                series[row.track_id][row.date] = row.audience_value
        assert platform.newest_date == max(r.date for r in values if r.platform_id == platform.id)
        for asked in windows(world.random):
            window = leaders_window(platform, asked)
            assert (window.days, window.end) == (asked.days, min(asked.end, platform.newest_date))
            expected = gains(series, released, window)
            known = {track: gain for track, (gain, _) in expected.items() if gain is not None}
            by_gain = sorted((-gain, track) for track, gain in known.items() if gain > 0)
            changes = {track: change(*both) for track, both in expected.items()}
            by_change = sorted((-share, track) for track, share in changes.items() if share and share > 0)
            found = audience_leaders(platform, window, narrow, released_since=None)
            assert [(-(f.gain or 0), ids[f.uuid]) for f in found.by_gain] == by_gain[:ROWS_SHOWN]
            assert [(-(f.change or 0), ids[f.uuid]) for f in found.by_change] == by_change[:ROWS_SHOWN]
            # The sums are of the same tracks as the rows.
            compared = [(gain, before) for gain, before in expected.values() if before is not None]
            assert found.sums == GainSums(
                known=len(known),
                unknown=len(expected) - len(known),
                noted=sum(
                    has_note(series[track], released[track], window.start, window.end) for track in known
                ),
                gain_of_all=sum(known.values()) if known else None,
                compared=len(compared),
                gain_of_compared=sum(gain or 0 for gain, _ in compared) if compared else None,
                gain_before_of_compared=sum(before for _, before in compared) if compared else None,
            )
            assert {ids[f.uuid] for f in found.unknown} == set(expected) - set(known)
