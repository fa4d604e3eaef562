"""A site with more tracks than fit on a page of the list, with generated figures."""

from datetime import date, timedelta

import psycopg

from tests.factories import audience_rows, insert_series, make_track, platform_id

NEWEST = date(2026, 11, 20)
SONGS = 55
TWINS = (SONGS + 1, SONGS + 2)
"""Two tracks called Salt, by Billie Eilish and by Mira Vale."""
# A track's number, its days since the release, and its platforms.
SERIES: dict[int, tuple[int, list[str]]] = {
    3: (100, ["spotify", "youtube", "tiktok"]),
    53: (60, ["spotify"]),
    TWINS[0]: (45, ["spotify", "youtube", "tiktok"]),
    TWINS[1]: (40, ["spotify"]),
}


def uuid_of(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def fill(database: psycopg.Connection) -> None:
    """'Song 01' to 'Song 55' and the twins, some with a value for every day since their release."""
    for number in range(1, SONGS + 1):
        make_track(database, uuid_of(number), f"Song {number:02}")
    for twin in TWINS:
        make_track(database, uuid_of(twin), "Salt")
    database.execute("UPDATE tracks SET credit_name = 'Mira Vale' WHERE uuid = %s", [uuid_of(TWINS[1])])
    for number, (days, slugs) in SERIES.items():
        released = NEWEST - timedelta(days=days - 1)
        row = database.execute(
            "UPDATE tracks SET release_date = %s WHERE uuid = %s RETURNING id", [released, uuid_of(number)]
        ).fetchone()
        assert row is not None
        for place, slug in enumerate(slugs):
            values = [
                (released + timedelta(days=day), 1000 * number * (place + 1) + day * day * (place + 1))
                for day in range(days)
            ]
            insert_series(database, audience_rows(row[0], platform_id(database, slug), values))
