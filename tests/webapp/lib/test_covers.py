"""Covers of tracks: well-formed images with initials, in a URL of their own."""

from urllib.parse import unquote
from uuid import UUID
from xml.etree import ElementTree

import pytest

from webapp.lib.covers import cover_url


@pytest.mark.parametrize(
    ("name", "written"),
    [("bad guy", "BG"), ("<& é", "E"), ("", "?"), ("The End of it", "TE"), ("网易", "网")],
)
def test_a_cover_is_an_image_with_initials(name: str, written: str) -> None:
    kind, _, image = cover_url(UUID(int=1), name).partition(",")
    assert kind == "data:image/svg+xml"
    picture = ElementTree.fromstring(unquote(image))  # noqa: S314 (our own image)
    assert picture.findtext("{http://www.w3.org/2000/svg}text") == written


def test_tracks_of_one_title_differ() -> None:
    assert cover_url(UUID(int=1), "Home") != cover_url(UUID(int=2), "Home")
