"""Text as search sees it: the same for what is stored and for what is typed."""

import re
import unicodedata

APOSTROPHES = "'`\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}"


def fold_text(*parts: str) -> str:
    """The words of `parts` in lower case, without accents and punctuation, one space apart.

    'Beyoncé: Don't Hurt Yourself' gives 'beyonce dont hurt yourself': this is what `search_text` holds.
    """
    apart = unicodedata.normalize("NFKD", " ".join(parts))
    plain = "".join(
        letter for letter in apart if not unicodedata.combining(letter) and letter not in APOSTROPHES
    )
    return " ".join(re.findall(r"[^\W_]+", plain.lower()))


def prefix_query(typed: str) -> str:
    """A tsquery that wants a word beginning with each word typed; empty where no word was typed."""
    return " & ".join(f"'{word}':*" for word in fold_text(typed).split())
