"""The overview of the administration, with numbers worked out by hand."""

import psycopg

from tests.webapp.views.conftest import Visit, add_user
from tests.webapp.views.reading import text_of

TOKEN = (
    "INSERT INTO api_tokens (user_id, name, token_hash, hint, role, expires_at, revoked_at)"
    " VALUES (%s, %s, %s, 'x', 'viewer', %s, %s)"
)

EVENT = (
    "INSERT INTO audit_events (actor, action, happened_at) VALUES ('x', 'x', now() - %s * interval '1 day')"
)


def test_each_page_has_a_figure_of_its_own(visit: Visit, database: psycopg.Connection) -> None:
    admin = visit("admin")
    user, gone = add_user(database, "viewer"), add_user(database, "viewer", "gone@example.com")
    database.execute("UPDATE users SET disabled_at = now() WHERE id = %s", [gone])
    for number, (owner, expires, revoked) in enumerate(
        [
            (user, None, None),
            (user, "2020-01-01", None),
            (user, None, "2026-01-01"),
            (gone, None, None),
        ]
    ):
        database.execute(TOKEN, [owner, f"token {number}", f"hash {number}", expires, revoked])
    database.execute("INSERT INTO app_settings (name, value) VALUES ('fresh_hours', 12)")
    for days in (1, 6, 8):
        database.execute(EVENT, [days])
    platforms = database.execute("SELECT count(*) FROM platforms").fetchone()
    assert platforms is not None
    html = admin.get("/admin/").text
    sentence = text_of(html.split('<div class="tiles">')[1])
    assert sentence.startswith(
        f"People 2 active Tokens 1 active Platforms {platforms[0]} no possible duplicates"
        " Settings 1 changed from the default Audit 2 events in 7 days"
    )
    for name in ("people", "tokens", "platforms", "settings", "audit"):
        assert f'class="link" href="/admin/{name}/"' in html
        assert '<a href="/admin/">Admin</a>' in admin.get(f"/admin/{name}/").text
