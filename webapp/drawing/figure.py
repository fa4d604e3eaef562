"""The element of a page that `drawings.js` draws a chart into."""

from hashlib import sha256
from typing import Any

from flask import Flask
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup


class ApexCharts:
    """The Flask extension: gives templates `drawing_figure()`."""

    def init_app(self, app: Flask) -> None:
        """Binds to `app`."""
        app.jinja_env.globals["drawing_figure"] = figure


def figure(
    url: str, label: str, summary: str = "", *, data: dict[str, Any] | None = None, small: bool = False
) -> Markup:
    """Returns the element in which `drawings.js` draws `data`, or else the JSON of `url`, first.

    `summary` describes it in words.
    """
    return Markup(
        '<figure class="drawing{small}" data-drawing-url="{url}" data-state="loading">'
        '<div class="drawing-plot" role="application" aria-roledescription="chart" tabindex="0"'
        ' aria-label="{label}. The arrow keys read its points." aria-describedby="{caption}">'
        '<div class="skeleton"></div></div>'
        '<div class="drawing-foot"><p class="drawing-reading" aria-live="polite"></p>'
        '<button type="button" class="button button-quiet button-small" data-reset-zoom hidden>'
        'Reset zoom</button><p class="zoom-note">Text and files cover the whole range.</p></div>'
        '<figcaption id="{caption}" class="sr-only">{summary}</figcaption>'
        "{data}</figure>"
    ).format(
        small=" drawing-small" if small else "",
        url=url,
        label=label,
        caption=f"about-{sha256(url.encode()).hexdigest()[:8]}",
        summary=summary or label,
        data="" if data is None else Markup("<template>{}</template>").format(htmlsafe_json_dumps(data)),
    )
