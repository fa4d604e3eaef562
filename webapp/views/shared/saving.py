"""The answer to a change of the user."""

from flask import flash, redirect
from werkzeug.wrappers import Response

from webapp.extensions import db


def saved(words: str, url: str) -> Response:
    """Commits the change and redirects to `url`, with `words` as the message of success."""
    db.session.commit()
    flash(words, "success")
    return redirect(url, 303)
