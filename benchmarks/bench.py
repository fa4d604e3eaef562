"""`make bench`: writes, pages and storage at the planned size, each beside its target; exits 1 on a miss.

BENCH_SCALE=1 generates 10 million ranking entries and 10 million points on servers of its own. A page is
cold with an empty cache in Redis, and warm when it was shown before; both go through the whole application,
without the network.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple
from uuid import UUID

import psycopg
from flask.testing import FlaskClient
from rich.console import Console
from rich.table import Table

from benchmarks.data import Size, fill
from benchmarks.tracks import signed_in_client
from benchmarks.workers import series_a_minute
from webapp.engine import describe_engine
from webapp.extensions import limiter
from webapp.views.dashboard.cards import CARDS

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
HTMX = {"HX-Request": "true"}
REPEATS = 5
TRACK = f"/tracks/{UUID(int=7)}/"
ARTIST = "/artists/00000000-0000-4000-9000-000000000002/"
PAGES = (
    "/tracks/", "/tracks/?sort=gain&order=desc", "/tracks/?q=song+77", "/tracks/?q=s", TRACK,
    f"{TRACK}audience/", f"{TRACK}positions/", f"{TRACK}coverage/", "/artists/", ARTIST, f"{ARTIST}tracks/",
    f"{ARTIST}charts/", "/charts/", "/charts/?health=late", "/charts/chart-3/", "/charts/chart-3/rankings/",
    "/platforms/", "/platforms/spotify/", "/platforms/spotify/coverage/", "/platforms/spotify/source/",
    "/search/?q=song", "/lists/", "/dashboard/entered/", "/ops/", "/ops/runs/", "/ops/runs/?platform=tidal",
    "/ops/runs/?state=failed", "/ops/runs/causes/", "/ops/quota/", "/admin/audit/", "/admin/audit/?q=nowhere",
)  # fmt: skip


class Figure(NamedTuple):
    """A measured figure, and the target that it has to reach: at most, or with `more` at least."""

    what: str
    measured: float
    unit: str
    limit: float
    more: bool = False

    @property
    def is_held(self) -> bool:
        """Whether the figure reaches its target."""
        return self.measured >= self.limit if self.more else self.measured <= self.limit


def main() -> None:
    """Prints the table of figures and the slowest pages."""
    with signed_in_client() as (client, connection):
        limiter.enabled = False
        connection.execute("UPDATE users SET role = 'admin'")
        begun = time.perf_counter()
        with client.application.app_context():
            fill(connection, Size.at(SCALE))
        figures = [Figure("loading", (time.perf_counter() - begun) / 60, unit="min", limit=15 * SCALE)]
        compress(connection)
        figures += dashboard(client)
        slowest = pages(client)
        figures += [
            Figure(
                "pages, cold, 95th percentile", p95([cold for _, cold, _ in slowest]), unit="ms", limit=300
            ),
            Figure(
                "pages, warm, 95th percentile", p95([warm for _, _, warm in slowest]), unit="ms", limit=50
            ),
            Figure(
                "bytes a ranking entry", bytes_of(connection, "chart_ranking_entries"), unit="bytes", limit=15
            ),
            Figure(
                "bytes a point", bytes_of(connection, "track_audience_time_series"), unit="bytes", limit=30
            ),
        ]
        with client.application.app_context():
            fetched = series_a_minute(connection, series=2000)
        figures.append(Figure("series a minute, 2 workers", fetched, unit="", limit=3000, more=True))
        show(describe_engine(connection).name, figures, slowest)
    sys.exit(0 if all(figure.is_held for figure in figures) else 1)


def compress(connection: psycopg.Connection) -> None:
    """Compresses the chunks that are old enough, as the policies do twice a day."""
    if describe_engine(connection).has_aggregates:
        query = "SELECT job_id FROM timescaledb_information.jobs WHERE proc_name = 'policy_compression'"
        for (job,) in connection.execute(query).fetchall():
            connection.execute("CALL run_job(%s)", [job])


def show(engine: str, figures: Sequence[Figure], slowest: Sequence[tuple[str, float, float]]) -> None:
    """Prints both tables."""
    table = Table("what", "measured", "target", "held", title=f"{engine}, scale {SCALE:g}")
    for figure in figures:
        measured = f"{figure.measured:.1f} {figure.unit}"
        limit = f"{'at least' if figure.more else 'at most'} {figure.limit:g}"
        table.add_row(figure.what, measured, limit, "yes" if figure.is_held else "no")
    Console().print(table)
    table = Table("page", "cold, ms", "warm, ms")
    for url, cold, warm in sorted(slowest, key=lambda row: row[1], reverse=True):
        table.add_row(url, f"{cold:.1f}", f"{warm:.1f}")
    Console().print(table)


def dashboard(client: FlaskClient) -> list[Figure]:
    """Measures the page and all cards one after another, cold and warm, and the slowest card over 90 days."""

    def everything() -> None:
        get(client, "/")
        for name in CARDS:
            get(client, f"/dashboard/{name}/", HTMX)

    def long() -> None:
        get(client, "/dashboard/tracks/?window=90", HTMX)

    return [
        Figure("dashboard and all cards, cold", cold_ms(client, everything), unit="ms", limit=600),
        Figure("dashboard and all cards, warm", median_ms(everything), unit="ms", limit=60),
        Figure("top tracks of 90 days, cold", cold_ms(client, long), unit="ms", limit=300),
    ]


def pages(client: FlaskClient) -> list[tuple[str, float, float]]:
    """Measures every page, cold and warm."""
    found = []
    for url in PAGES:
        get(client, url)  # prepares its statements and compiles its templates
        show_page = partial(get, client, url)
        found.append((url, cold_ms(client, show_page), median_ms(show_page)))
    return found


def get(client: FlaskClient, url: str, headers: dict[str, str] | None = None) -> None:
    """Requests a page. Raises SystemExit if it fails, as a figure of a failed request means nothing."""
    answer = client.get(url, headers=headers or {})
    if answer.status_code != 200:  # noqa: PLR2004 (HTTP status)
        raise SystemExit(f"{url} returned {answer.status_code}.")


def cold_ms(client: FlaskClient, action: Callable[[], None]) -> float:
    """Returns the median milliseconds with an empty cache."""
    cache, taken = client.application.extensions["redis"], []
    for _ in range(REPEATS):
        for kind in ("html:*", "json:*"):
            for key in cache.scan_iter(kind):
                cache.delete(key)
        taken.append(timed(action))
    return statistics.median(taken)


def median_ms(action: Callable[[], None]) -> float:
    """Returns the median milliseconds of an action that was done before."""
    return statistics.median(timed(action) for _ in range(REPEATS))


def timed(action: Callable[[], None]) -> float:
    """Returns the milliseconds of an action."""
    begun = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - begun)


def p95(values: Sequence[float]) -> float:
    """Returns the 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def bytes_of(connection: psycopg.Connection, table: str) -> float:
    """Returns the bytes of a row of a table with its chunks and indexes."""
    size = "hypertable_size" if describe_engine(connection).extension else "pg_total_relation_size"
    query = f"SELECT {size}('{table}'), (SELECT count(*) FROM {table})"  # noqa: S608 (names of this module)
    row = connection.execute(query).fetchone()
    return row[0] / row[1] if row and row[1] else 0.0


if __name__ == "__main__":
    main()
