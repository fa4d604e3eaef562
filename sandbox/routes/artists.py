"""Artists: metadata."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, jsonify

from sandbox.answers import collection
from sandbox.model import Artist
from sandbox.routes.songs import artist_brief, known_today

bp = Blueprint("artists", __name__)

# The fame from which an artist has this level.
STAGES = (
    (0.8, "superstar"),
    (0.6, "mainstream"),
    (0.4, "mid_level"),
    (0.2, "developing"),
    (0.0, "long_tail"),
)


@bp.get("/api/v2.9/artist/<uuids>")
def metadata(uuids: str) -> Response:
    """Returns one artist, or for uuids with commas a collection of the known ones."""
    if "," not in uuids:
        return _single(_known(uuids))
    known = known_today().artists
    return collection([known[uuid] for uuid in uuids.split(",") if uuid in known], _bodies)


def _known(uuid: str) -> Artist:
    return known_today().artists.get(uuid) or abort(404)


def _single(artist: Artist) -> Response:
    return jsonify(type="artist", object=_body(artist), errors=[])


def _bodies(artists: Sequence[Artist]) -> list[object]:
    return [_body(artist) for artist in artists]


def _body(artist: Artist) -> dict[str, object]:
    """Returns genres as plain texts, as in the API's documentation of artists."""
    return {
        **artist_brief(artist),
        "countryCode": artist.country,
        "webUrl": "",
        "genres": [root for root, _ in artist.genres],
        "biography": "",
        "isni": "",
        "ipi": "",
        "gender": "",
        "type": "",
        "birthDate": None,
        "careerStage": _stage(artist),
        "growthLevel": "",
        "cityName": "",
    }


def _stage(artist: Artist) -> str:
    """Returns the level by fame; unknown without fame, as for artists from files."""
    return next((stage for fame, stage in STAGES if artist.fame > fame), "")
