"""The lists of a user as a file."""

from flask import Blueprint

from webapp.queries.lists.lists import lists_counted
from webapp.views.shared.list_filter import known_lists
from webapp.views.shared.tables import FILE, Fields, Sheet, sheet, table_file

blueprint = Blueprint("list_files", __name__, url_prefix="/lists")


@blueprint.get(f"/lists.{FILE}")
@table_file
def listed() -> Sheet:
    """The lists that the user may see, their own first."""
    found = known_lists()
    counts = lists_counted(found)
    fields: Fields = {
        "List": lambda row: row.name,
        "Owner": lambda row: row.owner,
        "Visibility": lambda row: "shared" if row.is_shared else "private",
        "Artists": lambda row: counts[row.id].artists,
        "Tracks": lambda row: counts[row.id].tracks,
        "Kept fresh": lambda row: "yes" if row.keep_fresh else "no",
    }
    return sheet("lists", fields, found, order="own ones first")
