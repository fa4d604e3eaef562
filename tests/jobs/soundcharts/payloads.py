"""Answers in the API's shape, with every field that the contract names."""

from datetime import date, timedelta
from typing import Any

UUID = "7d534228-5165-11e9-9375-549f35161576"

ARTIST: dict[str, Any] = {
    "uuid": "11e81bcc-9c1c-ce38-b96b-a0369fe50396",
    "slug": "an-artist",
    "name": "An Artist",
    "appUrl": "https://example.org/artist",
    "imageUrl": "https://example.org/artist.jpg",
}

SONG: dict[str, Any] = {
    "uuid": UUID,
    "name": "A Song",
    "creditName": "An Artist",
    "isrc": {"value": "USUM71900764", "countryCode": "US", "countryName": "United States"},
    "artists": [ARTIST],
    "mainArtists": [dict(ARTIST)],
    "releaseDate": "2019-03-29T00:00:00+00:00",
    "copyright": "2019 A Label",
    "appUrl": "https://example.org/song",
    "imageUrl": "https://example.org/song.jpg",
    "previewUrl": "https://example.org/song.mp3",
    "duration": 194,
    "explicit": True,
    "genres": [{"root": "electronic", "sub": ["house"]}],
    "composers": ["A Composer"],
    "producers": ["A Producer"],
    "labels": [{"name": "A Label", "type": "Independent"}],
    "audio": {
        "acousticness": 0.33,
        "danceability": 0.7,
        "energy": 0.43,
        "instrumentalness": 0.13,
        "key": 7,
        "liveness": 0.1,
        "loudness": -10.97,
        "mode": 1,
        "speechiness": 0.38,
        "tempo": 135.13,
        "timeSignature": 4,
        "valence": 0.56,
    },
    "languageCode": "en",
    "distributor": "A Distributor",
    "iswcs": ["T-123.456.789-0"],
}

IDENTIFIER: dict[str, Any] = {
    "platformName": "Spotify",
    "platformCode": "spotify",
    "identifier": "5wC0vEMWEXbBCMsdcjV6nW",
    "url": "https://example.org/track",
    "default": True,
}

AUDIENCE: dict[str, Any] = {
    "date": "2025-08-28T00:00:00+00:00",
    "plots": [{"identifier": "2Fxmhks0bxGSBdJ92vM42m", "value": 2_783_193_386}],
}


def obj(content: object) -> dict[str, Any]:
    return {"type": "song", "object": content, "errors": []}


def page(items: list[Any], *, offset: int = 0, total: int | None = None, following: str | None = None) -> Any:
    """A collection of `items`, complete unless a larger `total` is given."""
    size = len(items) if total is None else total
    paging = {"offset": offset, "limit": 100, "next": following, "previous": None, "total": size}
    return {"items": items, "page": paging, "errors": []}


def error(code: int, message: str) -> dict[str, Any]:
    return {"errors": [{"key": "access", "code": code, "message": message}]}


def day(
    on: date, value: int | None = 1, identifier: str = "a", time: str = "T00:00:00+00:00"
) -> dict[str, Any]:
    return {"date": f"{on}{time}", "plots": [{"identifier": identifier, "value": value}]}


def days(first: date, count: int) -> list[dict[str, Any]]:
    """`count` days from `first` on, newest first as the API lists them."""
    return [day(first + timedelta(days=number), number) for number in reversed(range(count))]
