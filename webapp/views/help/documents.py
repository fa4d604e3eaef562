"""The documents that the site shows as pages."""

import re
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markupsafe import Markup

from webapp.lib.text import anchor
from webapp.resources import CHANGELOG, DOCS


@cache
def figures_document() -> Markup:
    """Returns the definitions of figures as HTML without titles; headings have anchors."""
    names = ("figures", "chart-figures")
    return Markup().join(
        _html((DOCS / f"{name}.md").read_text().split("\n", 1)[1], "h2", "h3") for name in names
    )


@cache
def changelog() -> Markup:
    """Returns the changes of all versions as HTML, newest first; versions have anchors."""
    versions = "## " + CHANGELOG.read_text().split("\n## ", 1)[1]
    return _html(re.sub(r"^## \[([^\]]+)\]", r"## \1", versions, flags=re.MULTILINE), "h2")


def _html(text: str, *anchored: str) -> Markup:
    """Returns our own Markdown as HTML without links to files; headings of these levels have anchors."""
    parser = MarkdownIt().enable("table")
    tokens = parser.parse(re.sub(r"\[([^\]]+)\]\([\w/-]+\.md\)", r"\1", text))
    for heading, title in pairwise(tokens):
        if heading.type == "heading_open" and heading.tag in anchored:
            heading.attrSet("id", anchor(title.content))
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704 (our own document)
