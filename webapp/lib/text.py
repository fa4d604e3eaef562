"""Text as search sees it: the same for what is stored and for what is typed.

A word of `search_text` is a folded word of a name, or begins with a capital letter, which no folded word
has: NAME before all letters of a name ('Nbadguy'), PAIR before two neighbouring letters of a script that is
written without spaces. `sql/schema/0004_search.sql` knows the two marks.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise, takewhile
from types import MappingProxyType
from typing import NamedTuple

NAME, PAIR = "N", "P"
LONGEST_WORD = 64
"""Letters of a word or a name that are kept; the database takes no words without end."""
COMPARED = 32
"""Letters of a word that are compared for typing errors."""
LONG = 8
"""Letters of a word from which on one letter may stand in another place, as in 'wethaer'."""
FEWEST_LETTERS = 4
"""Letters from which on typing errors are allowed for: under that nearly everything is near."""

_APOSTROPHES = "'`\u2018\u2019\u02b9\u02bb\u02bc\u2032"
# What Unicode makes of an accent that stands by itself, as in some spellings of Don't.
_LONE_ACCENT = re.compile("\x20[\u0300-\u036f]+")
# Letters that no rule of Unicode takes apart.
_LETTERS = {"æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "\u0131": "i", "ŋ": "n", "ə": "e", "ĸ": "k"}
_STROKED = re.compile(r"LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]{1,2}) WITH ")
# Thai, Lao, Burmese, Khmer, Chinese, Japanese and Korean.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+)"
)
_NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})


class _PerLetter(dict[int, str]):
    """A table for `str.translate` that asks `rule` for each letter once."""

    def __init__(self, rule: Callable[[str], str]) -> None:
        super().__init__()
        self.rule = rule

    def __missing__(self, code: int) -> str:
        found = self[code] = self.rule(chr(code))
        return found


def _plain(letter: str) -> str:
    """A letter without accent or stroke; empty for accents themselves and for what is not seen."""
    if letter.isspace():
        return letter
    kind, name = unicodedata.category(letter)[0], unicodedata.name(letter, "")
    if letter in _APOSTROPHES or kind == "C" or unicodedata.combining(letter) or "VARIATION" in name:
        return ""
    stroked = _STROKED.match(name)
    return stroked[1].lower() if stroked else _LETTERS.get(letter, letter)


def _letter_or_space(letter: str) -> str:
    """A letter, digit or vowel sign as it is, anything else as a space."""
    return letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " "


_PLAIN, _WORDS = _PerLetter(_plain), _PerLetter(_letter_or_space)


def fold_text(*parts: str) -> str:
    """The words of `parts` in lower case, without accents and punctuation, one space apart.

    'Beyoncé: Don't Hurt Yourself' gives 'beyonce dont hurt yourself'.
    """
    return " ".join(word for chunk in _chunks(" ".join(parts)) for word in _words(chunk))


def search_text(*names: str) -> str:
    """What a row with these names is found by: their words, then those words in their other spellings.

    'AC/DC' gives 'ac dc acdc Nacdc': R.E.M. is also found as rem, and bad guy as badguy.
    """
    others = [other for name in names for other in _other_spellings(name)]
    return " ".join([fold_text(*names), *dict.fromkeys(others)]).strip()


class Typed(NamedTuple):
    """What somebody typed: for each part of it, which spaces divide, its words."""

    chunks: list[list[str]]

    @property
    def whole(self) -> str:
        """All letters typed."""
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
        """Whether enough is typed to look for what is near."""
        return len(self.whole) >= FEWEST_LETTERS

    def name_query(self, near: Mapping[str, Sequence[str]] = _NOTHING) -> str:
        """A tsquery for names that are what was typed; with `near` (words by part) for names near it."""
        names = [self.whole, *near.get(self.whole, ())]
        return " | ".join(_quoted(NAME + name) for name in names) if self.chunks else ""

    def query(self, near: Mapping[str, Sequence[str]] = _NOTHING) -> str:
        """A tsquery that wants a word beginning with each word typed, or one that `near` has for it.

        Empty where nothing was typed.
        """
        if not self.chunks:
            return ""
        wanted = " & ".join(f"({_any_of(chunk, near)})" for chunk in self.chunks)
        return f"{wanted} | {_quoted(NAME + self.whole)}:* | {self.name_query(near)}"

    def is_in(self, *names: str) -> bool:
        """Whether `query` would find a row with these names."""
        words = search_text(*names).split()

        def has(spelling: list[str]) -> bool:
            return all(any(word.startswith(part) for word in words) for part in spelling)

        return all(any(map(has, _spellings(chunk))) for chunk in self.chunks) or has([NAME + self.whole])


def read_typed(text: str) -> Typed:
    """What `text` asks for; symbols count where there is nothing else."""
    chunks = _chunks(text)
    lettered = [words for chunk in chunks if (words := _words(chunk))]
    return Typed(lettered or [[chunk[:LONGEST_WORD]] for chunk in chunks])


def is_near(word: str, other: str) -> bool:
    """Whether one typing error lies between what is compared of two words.

    That is a letter too few, too many or wrong, two letters changed over, or in a long word a letter in
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
    """How many letters two words begin with alike."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False))))


def _chunks(text: str) -> list[str]:
    """The parts of a text between its spaces, folded, still with their symbols."""
    bare = _LONE_ACCENT.sub("", unicodedata.normalize("NFKD", text))
    lower = unicodedata.normalize("NFKD", bare.casefold()).translate(_PLAIN)
    # Put together again, so that a Korean syllable is one letter.
    return unicodedata.normalize("NFC", lower).split()


def _words(chunk: str) -> list[str]:
    """The words of a part; those of a script without spaces stand alone."""
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
    """The ways in which a part typed can stand in `search_text`: words that all have to begin one there."""
    paired = [part for word in chunk for part in (_pairs(word) or [word])]
    joined = _joined(chunk)
    return [chunk, [joined], [NAME + joined], *([paired] if paired != chunk else [])]


def _pairs(word: str) -> list[str]:
    """Each two neighbouring letters of a word of a script without spaces, and the last one; else none."""
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
