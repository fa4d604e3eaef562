"""Panels of the pages of one thing, such as an artist or a platform."""

from typing import Any

from flask import render_template, url_for

from webapp.access.requests import wants_fragment


def part(room: str, name: str, title: str, of: str, key: dict[str, Any], **shown: object) -> str:
    """The panel `name` of a page of `room`; to a browser without HTMX as a page of its own.

    `of` is what the page around it is about, and `key` what its address is made of.
    """
    template = f"{room}/_{name}.html"
    if wants_fragment():
        return render_template(template, **shown)
    return render_template(
        "partials/part.html",
        part=template,
        title=f"{title} of {of}",
        crumbs=[
            (room.capitalize(), url_for(f"{room}.index")),
            (of, url_for(f"{room}.page", **key)),
            (title, None),
        ],
        **shown,
    )
