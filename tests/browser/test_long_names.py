"""Names of 400 letters without a blank: wherever one is shown, the page does not scroll sideways."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.browser.catalogue import NEWEST, uuid_of
from tests.browser.conftest import Enter
from tests.browser.site import Processes, Site, opened
from tests.browser.steps import loaded
from tests.factories import (
    audience_rows,
    insert_series,
    make_artist,
    make_chart,
    make_list,
    make_ranking,
    make_track,
    platform_id,
)
from tests.sandbox_server import Sandbox

pytestmark = pytest.mark.browser

NAME = "Rindfleischetikettierung" * 17
TRACKS = [uuid_of(1), uuid_of(2)]
PAGES = [
    "/",
    "/tracks/",
    f"/tracks/{TRACKS[0]}/",
    f"/tracks/{TRACKS[0]}/data/spotify/",
    f"/tracks/{TRACKS[0]}/edit/",
    "/artists/",
    f"/artists/{uuid_of(9)}/",
    f"/compare/?tracks={','.join(TRACKS)}",
    "/charts/",
    "/charts/long/",
    "/charts/long/rankings/",
    f"/charts/long/{NEWEST}/",
    "/platforms/",
    "/platforms/spotify/",
    "/lists/",
    f"/search/?q={NAME[:30]}",
    "/ops/runs/",
    "/ops/batches/",
    "/ops/batches/{batch}/",
    "/ops/quota/",
    "/admin/audit/",
    "/admin/platforms/",
]

TOO_WIDE = """
    document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
        .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
        .map(each => [each.tagName, String(each.className)]).slice(0, 8)
"""

BROKEN = """
    [...document.querySelectorAll(".nav a, .segments label, .prose td")].flatMap(each => {
        const text = document.createTreeWalker(each, NodeFilter.SHOW_TEXT)
        const found = []
        while (text.nextNode())
            for (const word of text.currentNode.data.matchAll(/[A-Za-z]+/g)) {
                const range = document.createRange()
                range.setStart(text.currentNode, word.index)
                range.setEnd(text.currentNode, word.index + word[0].length)
                if (new Set([...range.getClientRects()].map(line => line.top)).size > 1) found.push(word[0])
            }
        return found
    })
"""


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    with opened(processes, sandbox_server, fill) as site:
        yield site


def fill(database: psycopg.Connection) -> None:
    """Two tracks, an artist, a chart, a list, a platform, a run and an import, all of the longest names."""
    days = [NEWEST - timedelta(days=place) for place in range(40)]
    database.execute("UPDATE platforms SET name = %s WHERE slug = 'spotify'", [NAME])
    chart = make_chart(database, "long", name=NAME)
    tracks = [make_track(database, uuid, f"{NAME}{place}") for place, uuid in enumerate(TRACKS)]
    database.execute(
        "UPDATE tracks SET credit_name = %s, labels = %s, genres = %s, metadata_due_at = '9999-01-01'",
        [NAME, Jsonb([{"name": NAME}]), Jsonb([{"root": NAME}])],
    )
    make_artist(database, uuid_of(9), NAME, tracks)
    make_list(database, tracks, name=NAME)
    for track in tracks:
        values = [(day, 10_000_000 + day.toordinal()) for day in days]
        insert_series(database, audience_rows(track, platform_id(database, "spotify"), values))
    for day in days[:3]:
        make_ranking(database, chart, day, tracks)
    database.execute(
        "INSERT INTO job_runs (task, args, queue, dedupe_key, state, error)"
        " VALUES ('find_song', jsonb_build_object('kind', 'link', 'term', %(n)s::text), 'default', 'x',"
        " 'failed', %(n)s)",
        {"n": NAME},
    )
    database.execute(
        "INSERT INTO batches (action, args, requested_by) SELECT 'import', %s, min(id) FROM users",
        [Jsonb({"rows": 1})],
    )
    database.execute(
        "INSERT INTO batch_items (batch_uuid, position, subject, run_uuid, outcome)"
        " SELECT batches.uuid, 1, %s, job_runs.uuid, 'requested' FROM batches, job_runs",
        [NAME],
    )
    database.execute("INSERT INTO audit_events (actor, action, subject) VALUES ('nobody', 'x', %s)", [NAME])


def test_no_page_scrolls_sideways(enter: Enter, site: Site) -> None:
    page = enter("admin", width=390).page
    batch = site.database.execute("SELECT uuid FROM batches").fetchone()
    assert batch is not None
    wide = []
    for address in PAGES:
        page.set_viewport_size({"width": 390, "height": 900})  # a drawing is late to shrink, not to grow
        answer = page.goto(address.replace("{batch}", str(batch[0])))
        assert answer is not None
        assert answer.ok, address
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            loaded(page)
            wide += [(address, width, *found) for found in page.evaluate(TOO_WIDE)]
    assert wide == []


@pytest.mark.parametrize("address", ["/help/figures/", f"/tracks/{TRACKS[0]}/"])
def test_words_of_ours_stay_whole_on_a_phone(enter: Enter, site: Site, address: str) -> None:
    page = enter("admin", width=390).page
    page.goto(address)
    loaded(page)
    assert page.evaluate(BROKEN) == []
