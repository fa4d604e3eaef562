"""Figures: the definition of gains, ties and gaps of rankings, songs with several uuids, search."""

from alembic import op

from webapp.catalogue.search_index import rewrite_search_texts
from webapp.engine import SCHEMA

revision = "0004"
down_revision = "0003"

FILES = (
    "audience",
    "gains",
    "gains_stored",
    "access",
    "rankings",
    "movements",
    "search",
    "track_aliases",
    "chart_aliases",
)


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    for name in FILES:
        driver.execute((SCHEMA / f"0004_{name}.sql").read_bytes())
    # The application folds text, and the indexes are built on the result.
    rewrite_search_texts(op.get_bind())
    driver.execute((SCHEMA / "0004_search_index.sql").read_bytes())


def downgrade() -> None:
    op.get_bind().connection.driver_connection.execute((SCHEMA / "0004_drop.sql").read_bytes())
