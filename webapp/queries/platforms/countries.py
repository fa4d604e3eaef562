"""The names of countries."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from webapp.queries import rows


class _Country(NamedTuple):
    code: str
    name: str


def country_names() -> dict[str, str]:
    """Returns names by ISO 3166 code, from SoundCharts or else from the time zone database."""
    return _known() | {country.code: country.name for country in rows(_Country, "country_names")}


@cache
def _known() -> dict[str, str]:
    lines = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text().splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))
