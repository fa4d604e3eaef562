"""Generated covers of tracks, as URLs that hold the image: a list of 50 tracks needs no 50 requests."""

from hashlib import sha256
from urllib.parse import quote
from uuid import UUID

from webapp.lib.text import fold_text

IMAGE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><linearGradient id="g" x2="1" y2="1">'
    '<stop stop-color="hsl({hue},62%,46%)"/><stop offset="1" stop-color="hsl({other},58%,28%)"/>'
    '</linearGradient><path fill="url(#g)" d="M0 0h96v96H0z"/><g fill="#fff" fill-opacity=".09">'
    '<circle cx="76" cy="80" r="46"/><circle cx="76" cy="80" r="26"/></g>'
    '<text x="48" y="50" fill="#fff" font-family="system-ui,sans-serif" font-size="36" font-weight="600"'
    ' text-anchor="middle" dominant-baseline="central">{initials}</text></svg>'
)


def cover_url(uuid: UUID, name: str) -> str:
    """Returns a `data:` URL of two colours derived from the uuid, and the title's initials."""
    hue = int.from_bytes(sha256(uuid.bytes).digest()[:2]) % 360
    image = IMAGE.format(hue=hue, other=(hue + 48) % 360, initials=initials(name))
    return f"data:image/svg+xml,{quote(image, safe=' ,:/=()')}"


def initials(name: str) -> str:
    """Returns the initials of the first two words of a title; '?' without a title."""
    return "".join(word[0] for word in fold_text(name).upper().split()[:2]) or "?"
