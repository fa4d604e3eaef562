"""Where a sign-in may redirect: never off this site, for any parameter and any browser."""

import re
from urllib.parse import urljoin, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from webapp.access.requests import safe_next

PARTS = [
    "/",
    "\\",
    "//",
    "\t",
    "\n",
    "\r",
    "\0",
    " ",
    ".",
    "..",
    "@",
    ":",
    "?",
    "#",
    "http:",
    "evil.example",
    "%2f",
    "a",
]


def as_a_browser_reads(address: str) -> str:
    """Control characters fall away at the ends, tabs and line ends everywhere; a backslash is a slash."""
    trimmed = re.sub(r"^[\0- ]+|[\0- ]+$", "", address)
    return re.sub(r"[\t\r\n]", "", trimmed).replace("\\", "/")


@given(st.one_of(st.text(), st.lists(st.sampled_from(PARTS)).map("".join)))
def test_it_stays_on_this_site(requested: str) -> None:
    led = safe_next(requested)
    assert urlsplit(urljoin("http://ours.example/login", as_a_browser_reads(led))).netloc == "ours.example"
    assert led in (requested, "/")


@given(st.from_regex(r"/[a-z]+/(\?[a-z]+=[a-z0-9%+]*)?", fullmatch=True))
def test_pages_of_this_site_are_reached(requested: str) -> None:
    assert safe_next(requested) == requested
