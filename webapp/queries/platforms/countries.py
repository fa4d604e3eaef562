"""What countries are called."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from webapp.queries import rows


class _Country(NamedTuple):
    code: str
    name: str


def country_names() -> dict[str, str]:
    """Names by ISO 3166 code: as SoundCharts gives them if it does, else those of the time zone database."""
    return _known() | {country.code: country.name for country in rows(_Country, "country_names")}


@cache
def _known() -> dict[str, str]:
    lines = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text().splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))
