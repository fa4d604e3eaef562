"""Panels on the page of a row, such as an artist or a platform."""

from typing import Any

from flask import render_template, url_for

from webapp.access.requests import wants_fragment


def part(area: str, name: str, *, title: str, of: str, key: dict[str, Any], **shown: object) -> str:
    """Renders the panel `name` of a page of `area`; without HTMX as a full page.

    `of` is the name of the page's subject, `key` the parameters of its URL.
    """
    template = f"{area}/_{name}.html"
    if wants_fragment():
        return render_template(template, **shown)
    return render_template(
        "partials/part.html",
        part=template,
        title=f"{title} of {of}",
        crumbs=[
            (area.capitalize(), url_for(f"{area}.index")),
            (of, url_for(f"{area}.page", **key)),
            (title, None),
        ],
        **shown,
    )
