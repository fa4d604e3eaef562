"""`python -m benchmarks.tracks`: the list of tracks and a track's page at 300 and at 100,000 tracks.

Servers of its own in a temporary folder; rows made by SQL. A figure is the median of many requests through
the whole application, without the network.
"""

import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask.testing import FlaskClient
from flask_migrate import upgrade
from rich.console import Console
from rich.table import Table

from launcher.servers import embedded_servers
from webapp import create_app
from webapp.config import Settings
from webapp.engine import describe_engine
from webapp.extensions import db
from webapp.models import User, hash_password

SIZES = (300, 100_000)
REQUESTS = 30
SHOWN = "00000000-0000-4000-8000-000000000007"
ADDRESSES = {
    "list": "/tracks/",
    "list by gain": "/tracks/?sort=gain&order=desc",
    "list, a search": "/tracks/?q=abc",
    "track": f"/tracks/{SHOWN}/",
    "panel": f"/tracks/{SHOWN}/audience/",
}

TRACKS = """
INSERT INTO tracks (uuid, name, credit_name, search_text, labels, release_date, metadata_fetched_at)
SELECT
    ('00000000-0000-4000-8000-' || lpad(to_hex(number), 12, '0'))::uuid,
    md5(number::text),
    md5((number %% 5000)::text),
    md5(number::text),
    jsonb_build_array(jsonb_build_object('name', 'Label ' || number %% 300)),
    date '2010-01-01' + number %% 5000,
    now()
FROM generate_series(%s::int, %s::int) AS number
"""

STATES = """
INSERT INTO audience_states (
    track_id, platform_id, status, fetched_at, first_date, last_date, latest_value, gain_7_days,
    gain_7_days_covers, gain_7_days_before, version
)
SELECT
    tracks.id, platforms.id, 'ok', now(), current_date - 60, current_date, (random() * 1e9)::bigint,
    (random() * 1e6)::bigint, 7, (random() * 1e6)::bigint, 1
FROM tracks
CROSS JOIN (SELECT id FROM platforms WHERE has_song_audience ORDER BY id LIMIT 10) AS platforms
ON CONFLICT DO NOTHING
"""

# A series of 60 days for each of at most 5,000 tracks: 300,000 rows, and the pages read none but their own.
SERIES = """
INSERT INTO track_audience_time_series
SELECT
    tracks.id, platforms.id, current_date - day, 1000000 - 1000 * day, 'a', now(),
    jsonb_build_object('plots', jsonb_build_array(jsonb_build_object('identifier', 'a', 'value', 1)))
FROM (SELECT id FROM tracks ORDER BY id LIMIT 5000) AS tracks
CROSS JOIN (SELECT id FROM platforms WHERE slug = 'spotify') AS platforms
CROSS JOIN generate_series(0, 60) AS day
ON CONFLICT DO NOTHING
"""


@contextmanager
def signed_in_client(engine: str = "auto") -> Iterator[tuple[FlaskClient, psycopg.Connection]]:
    """The application over empty servers, and a viewer's browser; `engine` as `embedded_servers` takes it."""
    with tempfile.TemporaryDirectory(prefix="trackpulse-benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with embedded_servers(folder, engine=engine) as state:
            app = create_app(
                Settings(state.database_url, state.redis_url, state.secret_key, session_cookie_secure=False)
            )
            with psycopg.connect(state.database_url, autocommit=True) as connection:
                with app.app_context():
                    upgrade()
                    user = User(
                        email="a@example.com", role="viewer", password_hash=hash_password("benchmark")
                    )
                    db.session.add(user)
                    db.session.commit()
                client = app.test_client()
                token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
                answers = {
                    "email": "a@example.com",
                    "password": "benchmark",
                    "csrf_token": token and token[1],
                }
                client.post("/login", data=answers)
                yield client, connection
                with app.app_context():
                    db.engine.dispose()


def median_ms(client: FlaskClient, address: str) -> float:
    """Milliseconds of a request."""
    taken = []
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        answer = client.get(address)
        taken.append(time.perf_counter() - begun)
        if answer.status_code != 200:  # noqa: PLR2004 (a figure of a failed request means nothing)
            raise SystemExit(f"{address} answered {answer.status_code}.")
    return 1000 * statistics.median(taken)


def main() -> None:
    """Prints a table: a row an address, a column a size."""
    with signed_in_client() as (client, connection):
        table = Table("page", *(f"{size:,} tracks" for size in SIZES), title=describe_engine(connection).name)
        figures: dict[str, list[str]] = {name: [] for name in ADDRESSES}
        made = 0
        for size in SIZES:
            for statement in (TRACKS, STATES, SERIES):
                connection.execute(statement, [made + 1, size] if statement == TRACKS else None)
            connection.execute("VACUUM ANALYZE")
            made = size
            for name, address in ADDRESSES.items():
                figures[name].append(f"{median_ms(client, address):.1f} ms")
        for name, row in figures.items():
            table.add_row(name, *row)
        Console().print(table)


if __name__ == "__main__":
    main()
