"""Help pages: the definitions of figures, from docs/."""

import re
from functools import cache
from itertools import pairwise

from flask import Blueprint, render_template
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from webapp.resources import DOCS

blueprint = Blueprint("help", __name__, url_prefix="/help")


@blueprint.get("/figures/")
def figures() -> str:
    """The definitions of all figures; each heading has an anchor."""
    return render_template("help/figures.html", body=document("figures") + document("chart-figures"))


@cache
def document(name: str) -> Markup:
    """Returns docs/`name`.md as HTML without its title and its links to other files; trusted content.

    Headings have anchors.
    """
    parser = MarkdownIt().enable("table")
    text = (DOCS / f"{name}.md").read_text().split("\n", 1)[1]
    tokens = parser.parse(re.sub(r"\[([^\]]+)\]\([\w-]+\.md\)", r"\1", text))
    for heading, title in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", anchor(title))
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704 (our own document)


def anchor(heading: Token) -> str:
    """Returns 'change-of-a-gain' for 'Change of a gain'."""
    return re.sub(r"\W+", "-", heading.content.lower()).strip("-")
