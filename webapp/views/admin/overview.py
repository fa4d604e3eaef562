"""The overview of the administration."""

from flask import Blueprint, render_template

from webapp.queries.admin.overview import admin_overview

blueprint = Blueprint("admin_overview", __name__, url_prefix="/admin")


@blueprint.get("/")
def page() -> str:
    """The pages of the administration, with a figure of each."""
    return render_template("admin/overview.html", found=admin_overview())
