"""Folds text for search, equally for stored and typed text.

A word of `search_text` is a folded word of a name, or begins with a capital letter, which no folded word
has: NAME before all letters of a name ('Nbadguy'), PAIR before two neighbouring letters of a script without
spaces. `sql/schema/0004_search.sql` uses the same two marks.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise, takewhile
from types import MappingProxyType
from typing import NamedTuple

NAME, PAIR = "N", "P"
LONGEST_WORD = 64
"""The most letters kept of a word or a name, since the database limits the length of words."""
COMPARED = 32
"""The most letters of a word that are compared for typing errors."""
LONG = 8
"""The fewest letters of a word in which one letter may be in another place, as in 'wethaer'."""
FEWEST_LETTERS = 4
"""The fewest letters for which typing errors are allowed; below that almost everything is similar."""

_APOSTROPHES = "'`\u2018\u2019\u02b9\u02bb\u02bc\u2032"
# Unicode's decomposition of a separate accent, as in some spellings of Don't.
_LONE_ACCENT = re.compile("\x20[\u0300-\u036f]+")
# Letters that Unicode does not decompose.
_LETTERS = {"æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "\u0131": "i", "ŋ": "n", "ə": "e", "ĸ": "k"}
_STROKED = re.compile(r"LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]{1,2}) WITH ")
# Thai, Lao, Burmese, Khmer, Chinese, Japanese and Korean.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+)"
)
_NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})


class _PerLetter(dict[int, str]):
    """A table for `str.translate` that calls `rule` once per letter."""

    def __init__(self, rule: Callable[[str], str]) -> None:
        super().__init__()
        self.rule = rule

    def __missing__(self, code: int) -> str:
        found = self[code] = self.rule(chr(code))
        return found


def _plain(letter: str) -> str:
    """Returns a letter without accent or stroke; empty for accents and invisible characters."""
    if letter.isspace():
        return letter
    kind, name = unicodedata.category(letter)[0], unicodedata.name(letter, "")
    if letter in _APOSTROPHES or kind == "C" or unicodedata.combining(letter) or "VARIATION" in name:
        return ""
    stroked = _STROKED.match(name)
    return stroked[1].lower() if stroked else _LETTERS.get(letter, letter)


def _letter_or_space(letter: str) -> str:
    """Returns letters, digits and vowel signs unchanged, anything else as a space."""
    return letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " "


_PLAIN, _WORDS = _PerLetter(_plain), _PerLetter(_letter_or_space)


def anchor(heading: str) -> str:
    """Returns 'change-of-a-gain' for 'Change of a gain'."""
    return re.sub(r"\W+", "-", heading.lower()).strip("-")


def fold_text(*parts: str) -> str:
    """Returns the words of `parts` in lower case, without accents and punctuation, separated by spaces.

    'Beyoncé: Don't Hurt Yourself' becomes 'beyonce dont hurt yourself'.
    """
    return " ".join(word for chunk in _chunks(" ".join(parts)) for word in _words(chunk))


def search_text(*names: str) -> str:
    """Returns the search text of a row with these names: their words, then other spellings of them.

    'AC/DC' becomes 'ac dc acdc Nacdc', so that R.E.M. is also found as rem, and bad guy as badguy.
    """
    others = [other for name in names for other in _other_spellings(name)]
    return " ".join([fold_text(*names), *dict.fromkeys(others)]).strip()


class Typed(NamedTuple):
    """A typed query: the words of each of its parts, which are separated by spaces."""

    chunks: list[list[str]]

    @property
    def whole(self) -> str:
        """All typed letters."""
        return _joined(word for chunk in self.chunks for word in chunk)

    @property
    def parts(self) -> list[str]:
        """The letters of each part, and all letters."""
        return list(dict.fromkeys([*(_joined(chunk) for chunk in self.chunks), self.whole]))

    @property
    def words(self) -> list[str]:
        """The parts that are one word of a script with spaces."""
        return [chunk[0] for chunk in self.chunks if len(chunk) == 1 and not _pairs(chunk[0])]

    @property
    def allows_errors(self) -> bool:
        """Whether the query is long enough to search for similar words."""
        return len(self.whole) >= FEWEST_LETTERS

    def name_query(self, near: Mapping[str, Sequence[str]] = _NOTHING) -> str:
        """Returns a tsquery for names equal to the query; with `near` (words by part) also similar ones."""
        names = [self.whole, *near.get(self.whole, ())]
        return " | ".join(_quoted(NAME + name) for name in names) if self.chunks else ""

    def query(self, near: Mapping[str, Sequence[str]] = _NOTHING) -> str:
        """Returns a tsquery for rows with a word that begins with each typed word, or a `near` word for it.

        It is empty if nothing was typed.
        """
        if not self.chunks:
            return ""
        wanted = " & ".join(f"({_any_of(chunk, near)})" for chunk in self.chunks)
        return f"{wanted} | {_quoted(NAME + self.whole)}:* | {self.name_query(near)}"

    def is_in(self, *names: str) -> bool:
        """Returns whether `query` would find a row with these names."""
        words = search_text(*names).split()

        def has(spelling: list[str]) -> bool:
            return all(any(word.startswith(part) for word in words) for part in spelling)

        return all(any(map(has, _spellings(chunk))) for chunk in self.chunks) or has([NAME + self.whole])


def read_typed(text: str) -> Typed:
    """Returns `text` as a query; symbols count only if there are no letters."""
    chunks = _chunks(text)
    lettered = [words for chunk in chunks if (words := _words(chunk))]
    return Typed(lettered or [[chunk[:LONGEST_WORD]] for chunk in chunks])


def is_near(word: str, other: str) -> bool:
    """Returns whether two words differ by one typing error within their first COMPARED letters.

    A typing error is a missing, extra or wrong letter, two swapped letters, or in a long word a letter in
    another place.
    """
    word, other = word[:COMPARED], other[:COMPARED]
    before = _shared(word, other)
    rest, others = word[before:], other[before:]
    after = _shared(rest[::-1], others[::-1])
    rest, others = rest[: len(rest) - after], others[: len(others) - after]
    if len(word) >= LONG:
        return rest[1:] == others[:-1] or rest[:-1] == others[1:]
    return max(len(rest), len(others)) <= 1 or (len(rest) == 2 and rest == others[::-1])  # noqa: PLR2004 (a pair)


def _shared(word: str, other: str) -> int:
    """Returns the number of equal letters at the beginning of two words."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False))))


def _chunks(text: str) -> list[str]:
    """Returns the folded parts of a text between its spaces, including symbols."""
    bare = _LONE_ACCENT.sub("", unicodedata.normalize("NFKD", text))
    lower = unicodedata.normalize("NFKD", bare.casefold()).translate(_PLAIN)
    # Composed again, so that a Korean syllable is one letter.
    return unicodedata.normalize("NFC", lower).split()


def _words(chunk: str) -> list[str]:
    """Returns the words of a part; runs of a script without spaces are separate words."""
    return [
        run[:LONGEST_WORD] for word in chunk.translate(_WORDS).split() for run in _UNSPACED.split(word) if run
    ]


def _other_spellings(name: str) -> Iterable[str]:
    chunks = _chunks(name)
    for chunk in chunks:
        words = _words(chunk)
        if len(words) != 1:
            yield _joined(words) or chunk[:LONGEST_WORD]
        for word in words:
            yield from _pairs(word)
    if chunks:
        yield NAME + (_joined(word for chunk in chunks for word in _words(chunk)) or _joined(chunks))


def _spellings(chunk: list[str]) -> list[list[str]]:
    """Returns the forms of a typed part in `search_text`, each a list of words that must all match."""
    paired = [part for word in chunk for part in (_pairs(word) or [word])]
    joined = _joined(chunk)
    return [chunk, [joined], [NAME + joined], *([paired] if paired != chunk else [])]


def _pairs(word: str) -> list[str]:
    """Returns the pairs of neighbouring letters and the last letter of a word of a script without spaces."""
    if not _UNSPACED.match(word):
        return []
    return [PAIR + left + right for left, right in pairwise(word)] + [PAIR + word[-1]]


def _any_of(chunk: list[str], near: Mapping[str, Sequence[str]]) -> str:
    spellings = [" & ".join(f"{_quoted(word)}:*" for word in spelling) for spelling in _spellings(chunk)]
    others = [_quoted(mark + word) for word in near.get(_joined(chunk), ()) for mark in ("", NAME)]
    return " | ".join(dict.fromkeys([*spellings, *others]))


def _joined(words: Iterable[str]) -> str:
    return "".join(words)[:LONGEST_WORD]


def _quoted(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"
