"""The definitions of figures, from docs/: where each is explained, and its first sentences."""

import re
from functools import cache

from webapp.lib.text import anchor
from webapp.resources import DOCS

DEFINITIONS = {
    "Total": "total",
    "Gain": "gain",
    "7 days": "7-days",
    "Change": "change-of-a-gain",
    "Share": "share",
    "Best day": "best-day",
    "Index": "index",
    "Days with data": "coverage",
    "Days with values": "coverage",
    "Missing days": "coverage",
    "Longest gap": "coverage",
    "Movement": "movement",
    "Peak": "peak-and-times-on-chart",
    "Time on chart": "peak-and-times-on-chart",
    "Peak date": "peak-and-times-on-chart",
    "Streak": "streak",
    "First entry": "first-entry",
    "Health": "chart-health",
    "Newest date": "freshness",
    "Fetched": "freshness",
    "Usual delay": "freshness",
}
"""The headings of columns that are figures, and the anchor of each in /help/figures/."""


def definition(label: str) -> str:
    """Returns the first paragraph of the definition of a column; empty if it is no figure.

    Columns of files have names such as `times_on_chart`.
    """
    words = label.replace("_", " ").capitalize()
    return _paragraphs().get(DEFINITIONS.get(words, ""), "")


@cache
def _paragraphs() -> dict[str, str]:
    """Returns the first paragraph below each heading, without marks, by anchor."""
    found: dict[str, str] = {}
    for name in ("figures", "chart-figures"):
        text = (DOCS / f"{name}.md").read_text()
        for heading, paragraph in re.findall(r"^##+ (.+)\n\n((?:.+\n)+)", text, re.MULTILINE):
            plain = re.sub(r"\[([^\]]+)\]\([^)]+\)|[*`]", r"\1", paragraph)
            found[anchor(heading)] = " ".join(plain.split())
    return found
