"""Masks secrets in texts: the values of this process's settings, and everything that looks like a secret."""

import re
from urllib.parse import quote, unquote, urlsplit

MASK = "***"
SHORTEST = 6
"""Characters; masking shorter values would hide ordinary words. In a URL the position identifies them."""
PUBLISHED = frozenset({"soundcharts"})
"""The key pair in the vendor's public documentation."""

SHAPES = (
    re.compile(r"(?<=://)(?P<kept>[^\s:/@]*:)[^\s/@]+(?=@)"),  # a password in a URL
    re.compile(r"(?P<kept>\b(?:Bearer|Basic)\s+)[\w.~+/=-]{8,}", re.IGNORECASE),
    re.compile(r"(?P<kept>\bx-(?:api-key|app-id)\W{1,4})[^\s'\",}]+", re.IGNORECASE),
    re.compile(r"(?P<kept>password\W{0,3}[=:]\W{0,2})[^\s'\",&}]+", re.IGNORECASE),
    re.compile(r"(?P<kept>\b(?:session|remember_token)=)[^\s;'\"]+"),
    re.compile(r"(?P<kept>)\btp_[\w-]{20,}"),  # an API token
    # A signed cookie or form token.
    re.compile(r"(?P<kept>)(?<![\w-])\.?[\w-]{10,}\.[\w-]{6}\.[\w-]{27}(?![\w-])"),
    # A form token behind its mask: random letters and digits.
    re.compile(r"(?P<kept>)(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{200,}={0,2}"),
    # 32 random bytes, as in sessions and reset links.
    re.compile(r"(?P<kept>)(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{43}(?![\w-])"),
)

_known: set[str] = set()


def remember(*secrets: str) -> None:
    """Makes `mask` hide these values in this process, also in their URL-encoded spellings."""
    for secret in secrets:
        spellings = {secret, quote(secret, safe=""), unquote(secret)} - PUBLISHED
        _known.update(spelling for spelling in spellings if len(spelling) >= SHORTEST)


def remember_url(url: str) -> None:
    """Makes `mask` hide the password in a server's URL, if there is one."""
    remember(urlsplit(url).password or "")


def mask(text: str) -> str:
    """Returns `text` without secrets; for the text of an exception, a log line or a path."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, MASK)
    for shape in SHAPES:
        text = shape.sub(rf"\g<kept>{MASK}", text)
    return text
