"""What a saved view shows, in words: its page, and the parameters of its URL as labels."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote
from uuid import UUID

from flask import current_app
from werkzeug.exceptions import HTTPException

from webapp.lib.formats import on_platform
from webapp.queries.lists.saved_views import ViewSubject, view_subjects
from webapp.queries.platforms.combined import NAMES, SIGN
from webapp.queries.platforms.countries import country_names
from webapp.views.shared.list_filter import known_lists

PAGES = {
    "artists.index": "Artists",
    "artists.page": "Artist",
    "charts.index": "Charts",
    "charts.page": "Chart",
    "charts.ranking": "Ranking",
    "compare.artists": "Compare artists",
    "compare.page": "Compare tracks",
    "dashboard.page": "Dashboard",
    "entered.page": "Entered charts",
    "lists.page": "List",
    "ops.runs": "Runs",
    "platforms.index": "Platforms",
    "platforms.page": "Platform",
    "search.results": "Search",
    "tracks.index": "Tracks",
    "tracks.page": "Track",
}
"""The pages that can be saved, with their names: full pages that their URL reproduces."""
SUBJECTS = {
    "tracks.page": "track",
    "artists.page": "artist",
    "charts.page": "chart",
    "charts.ranking": "chart",
    "platforms.page": "platform",
    "lists.page": "list",
}
"""What the path of a page names."""
KINDS = {
    **dict.fromkeys(("tracks", "track"), "track"),
    **dict.fromkeys(("artists", "artist"), "artist"),
    **dict.fromkeys(("platforms", "platform", "charts_platform", "top", "leaders"), "platform"),
    **dict.fromkeys(("country", "charts_country"), "country"),
    "chart": "chart",
    "list": "list",
}
"""What parameters name, one or several separated by commas."""
LABELS = {
    "q": "Search",
    "sort": "Sorted by",
    "window": "Range",
    "start_date": "From",
    "end_date": "To",
    "metric": "Show",
    "gain_min": "7 days at least",
    "change_min": "Change at least, %",
    "total_min": "Total at least",
    "age_max": "Age at most, days",
    "position_max": "Position at most",
    "top": "Top platforms",
    "find": "Search",
    "with": "Compared with",
    "first": "From position",
    "last": "To position",
}
"""The labels of parameters that their own names do not give."""
DAYS = ("range", "window", "charts_range")
SWITCHES = ("active", "errors", "from_zero")
HIDDEN = ("order", "after", "before", "rows")
Names = Mapping[tuple[str, str], str]


class ViewWords(NamedTuple):
    """The endpoint of a page, empty if it no longer exists, its name, and the labels of its parameters."""

    endpoint: str
    page: str
    labels: list[str]


class _Part(NamedTuple):
    """A part of a URL: `kind` is what the keys name, empty for words."""

    name: str
    kind: str
    keys: list[str]


def page_of(url: str) -> tuple[str, dict[str, object]] | None:
    """Returns the endpoint of a page that can be saved with the values of its path; None for another URL."""
    path = unquote(url.partition("?")[0])
    try:
        endpoint, values = current_app.url_map.bind("localhost").match(path, method="GET")
    except HTTPException:  # no route has it, or only after a redirect
        return None
    return (endpoint, dict(values)) if endpoint in PAGES else None


def words_of(urls: Sequence[str]) -> dict[str, ViewWords]:
    """Returns what each URL shows; a page that no longer exists has only a name."""
    pages = {url: page_of(url) for url in urls}
    found = {url: (page, _parts(url, *page) if page else []) for url, page in pages.items()}
    names = _names([part for _, parts in found.values() for part in parts])
    return {
        url: ViewWords(
            endpoint=page[0] if page else "",
            page=PAGES[page[0]] if page else "Page that no longer exists",
            labels=[_label(part, names) for part in parts],
        )
        for url, (page, parts) in found.items()
    }


def _parts(url: str, endpoint: str, values: Mapping[str, object]) -> list[_Part]:
    """Returns what the path names, then the parameters."""
    subject = SUBJECTS.get(endpoint, "")
    own = [_Part("", "" if name == "ranked_on" else subject, [str(value)]) for name, value in values.items()]
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(url.partition("?")[2]):
        if name not in HIDDEN and value != "dates":
            given.setdefault(name, []).extend(value.split(",") if name in KINDS else [value])
    return own + [_Part(name, KINDS.get(name, ""), keys) for name, keys in given.items()]


def _names(parts: Iterable[_Part]) -> Names:
    """Returns the names of everything that the parts name, by kind and key."""
    keys: dict[str, set[str]] = {}
    for part in parts:
        keys.setdefault(part.kind, set()).update(part.keys)
    names: dict[tuple[str, str], str] = {("platform", SIGN + kind): name for kind, name in NAMES.items()}
    if keys.get("country"):
        countries = country_names() | {"-": "Worldwide"}
        names |= {("country", code): name for code, name in countries.items()}
    if keys.get("list"):
        names |= {("list", str(known.uuid)): known.title for known in known_lists()}
    uuids = {UUID(key) for kind in ("track", "artist") for key in keys.get(kind, ()) if _is_uuid(key)}
    slugs = keys.get("chart", set()) | keys.get("platform", set())
    if uuids or slugs:
        names |= {(found.kind, found.key): _name(found) for found in view_subjects(uuids, slugs)}
    return names


def _name(found: ViewSubject) -> str:
    return f"{on_platform(found.name, found.platform_name)}, {found.place}" if found.place else found.name


def _label(part: _Part, names: Names) -> str:
    """Returns 'Platform: Spotify', and for what the path names only the name."""
    unknown = "not available" if part.kind in ("track", "artist", "list") else ""
    value = ", ".join(names.get((part.kind, key), unknown or key.replace("_", " ")) for key in part.keys)
    if part.name in DAYS and value.isdigit():
        value += " days"
    label = LABELS.get(part.name, part.name.replace("_", " ").capitalize())
    if not label:
        return value
    return label if part.name in SWITCHES else f"{label}: {value}"


def _is_uuid(key: str) -> bool:
    try:
        return bool(UUID(key))
    except ValueError:
        return False
