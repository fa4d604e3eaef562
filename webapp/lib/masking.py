"""Secrets out of texts: the values of this process's settings, and whatever looks like what opens a door."""

import re
from urllib.parse import quote, unquote, urlsplit

MASK = "***"
SHORTEST = 6
"""Characters; a shorter value would blot out ordinary words. In an address it is known by its place."""
PUBLISHED = frozenset({"soundcharts"})
"""The key pair that the vendor prints in its documentation."""

SHAPES = (
    re.compile(r"(?<=://)(?P<kept>[^\s:/@]*:)[^\s/@]+(?=@)"),  # a password in an address
    re.compile(r"(?P<kept>\b(?:Bearer|Basic)\s+)[\w.~+/=-]{8,}", re.IGNORECASE),
    re.compile(r"(?P<kept>\bx-(?:api-key|app-id)\W{1,4})[^\s'\",}]+", re.IGNORECASE),
    re.compile(r"(?P<kept>password\W{0,3}[=:]\W{0,2})[^\s'\",&}]+", re.IGNORECASE),
    re.compile(r"(?P<kept>\b(?:session|remember_token)=)[^\s;'\"]+"),
    re.compile(r"(?P<kept>)\btp_[\w-]{20,}"),  # an API token
    re.compile(r"(?P<kept>)\.?[\w-]{10,}\.[\w-]{6}\.[\w-]{27}(?![\w-])"),  # a signed cookie or form token
    # 32 random bytes, as sessions and reset links have them.
    re.compile(r"(?P<kept>)(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{43}(?![\w-])"),
)

_known: set[str] = set()


def remember(*secrets: str) -> None:
    """Has `mask` hide these values from now on, in this process, in whatever way an address writes them."""
    for secret in secrets:
        spellings = {secret, quote(secret, safe=""), unquote(secret)} - PUBLISHED
        _known.update(spelling for spelling in spellings if len(spelling) >= SHORTEST)


def remember_address(url: str) -> None:
    """The same for the password in the address of a server, if there is one."""
    remember(urlsplit(url).password or "")


def mask(text: str) -> str:
    """`text` without any secret; a lone text of an exception, a log line or a path is meant."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, MASK)
    for shape in SHAPES:
        text = shape.sub(rf"\g<kept>{MASK}", text)
    return text
