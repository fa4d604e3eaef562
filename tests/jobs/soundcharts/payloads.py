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
    """Returns a collection of `items`, complete unless a larger `total` is given."""
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


CHART: dict[str, Any] = {
    "name": "Top Songs",
    "type": "song",
    "slug": "a-chart",
    "platform": "spotify",
    "frequency": "daily",
    "countryCode": "SE",
    "countryName": "Sweden",
    "cityName": "Malmo",
    "maxResultsCount": 200,
    "webUrl": "https://example.org/chart",
    "metric": {"type": "streamcount", "description": "Streams"},
}

RANKED: dict[str, Any] = {
    "song": {
        "uuid": UUID,
        "name": "A Song",
        "creditName": "An Artist",
        "imageUrl": "https://example.org/song.jpg",
    },
    "position": 3,
    "metric": 8_287_561_000,
    "positionEvolution": -2,
    "entryState": "",
    "entryDate": "2025-06-22T12:00:00+00:00",
    "rankDate": "2025-08-23T12:00:00+00:00",
    "oldPosition": 1,
    "timeOnChart": 55,
    "timeOnChartUnit": "DOC",
}

FULL_ARTIST: dict[str, Any] = {
    **ARTIST,
    "webUrl": "https://example.org/web",
    "countryCode": "SE",
    "cityName": "Malmo",
    "genres": ["pop", {"root": "electronic", "sub": ["house"]}],
    "biography": "Born and sang.",
    "gender": "female",
    "type": "person",
    "birthDate": "2001-12-18T00:00:00+00:00",
    "careerStage": "superstar",
    "growthLevel": "steady",
}

FOUND: dict[str, Any] = {**RANKED["song"], "releaseDate": "2015-11-13T00:00:00+01:00"}


def ranking(items: list[Any], date_time: str = "2025-08-23T12:00:00+00:00", **paging: Any) -> dict[str, Any]:
    """Returns one page of a ranking."""
    return {"related": {"chart": CHART, "date": date_time}, **page(items, **paging)}
