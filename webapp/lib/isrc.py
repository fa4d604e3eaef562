"""Normalises ISRCs for storage and lookup: twelve capital letters and digits."""

import re
import unicodedata

# Spaces and dashes of every width, and invisible characters such as a soft hyphen.
_BETWEEN = {"Zs", "Pd", "Cf"}
_BETWEEN_TOO = "\N{MINUS SIGN}\N{HYPHEN BULLET}\N{MIDDLE DOT}._/"
# An ISRC may be surrounded by brackets, quotes, a full stop or 'ISRC:', and may itself begin with 'ISRC'.
_ISRC = re.compile(
    r"[\W_]*(?:ISRC(?:CODE|NO|NUMBER)?[\W_]*)?([A-Z]{2}[A-Z0-9]{3}[0-9]{7})[\W_]*(?:ISRC[\W_]*)?"
)


def read_isrc(text: str) -> str | None:
    """The ISRC that `text` is, however Word, mails and sheets write it; None where it is something else."""
    letters = (letter for letter in unicodedata.normalize("NFKC", text) if not _is_between(letter))
    found = _ISRC.fullmatch("".join(letters).upper())
    return found[1] if found else None


def stored_isrc(text: str) -> str:
    """Returns `text` as stored: a normalised ISRC, or stripped text if it is not one."""
    return read_isrc(text) or text.strip()


def _is_between(letter: str) -> bool:
    return unicodedata.category(letter) in _BETWEEN or letter in _BETWEEN_TOO
