"""Administration of platforms: the list, possible duplicates, aliases and merging."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp import audit
from webapp.access import limits
from webapp.access.requests import wants_fragment
from webapp.catalogue.platform_merge import (
    PlatformMergeError,
    live_runs,
    merge,
    merge_parts,
    merge_samples,
    merge_warnings,
)
from webapp.catalogue.platforms import PlatformError, add_alias, distinguish, drop_alias
from webapp.catalogue.suspicions import SpeltPlatform, open_suspicions, spelt_platforms
from webapp.extensions import db
from webapp.lib.text import read_typed
from webapp.models import Platform, fold
from webapp.queries.platforms.pages import ListedPlatform, all_platforms
from webapp.views.platforms.edit import PLOT_RULES, TYPES
from webapp.views.shared.finding import platform_or_404
from webapp.views.shared.listing import (
    A_TO_Z,
    BY_AGE,
    BY_SIZE,
    Column,
    Sorting,
)
from webapp.views.shared.parameters import clean
from webapp.views.shared.saving import saved
from webapp.views.shared.state import SortedState, one_of, text

blueprint = Blueprint("admin_platforms", __name__, url_prefix="/admin/platforms")

COLUMNS: tuple[Column[str], ...] = (
    Column("name", "Platform", "asc", ways=A_TO_Z, called="name"),
    Column("platform_type", "Type", "asc", ways=A_TO_Z),
    Column("metric_name", "Metric", "asc", ways=A_TO_Z, wide=True),
    Column("tracks", "Tracks", "desc", ways=BY_SIZE, number=True),
    Column("last_date", "Newest date", "desc", ways=BY_AGE, called="date"),
    Column("charts", "Charts", "desc", ways=BY_SIZE, number=True),
)


@dataclass(frozen=True, kw_only=True)
class PlatformListState(SortedState[str]):
    """The parameters of the list."""

    endpoint = "admin_platforms.index"
    columns = COLUMNS

    q: str = text("Search: {}")
    kind: str = one_of(("", *TYPES), lambda state: f"Type: {TYPES[state.kind]}", name="type")

    def matches(self, platform: ListedPlatform, spelt: SpeltPlatform) -> bool:
        """Whether a platform matches the filters, by any of its spellings."""
        if self.kind not in ("", platform.platform_type):
            return False
        typed = fold(self.q)
        return read_typed(self.q).is_in(platform.name) or any(typed and typed in each for each in spelt.folds)


@blueprint.get("/")
def index() -> str:
    """All platforms, after the possible duplicates."""
    state = PlatformListState.read(request.args)
    spelt = {each.slug: each for each in spelt_platforms()}
    found = [each for each in all_platforms() if each.slug in spelt and state.matches(each, spelt[each.slug])]
    template = "admin/platforms/_list.html" if wants_fragment() else "admin/platforms/index.html"
    return render_template(
        template,
        state=state,
        platforms=ordered(found, state.sorting),
        spelt=spelt,
        suspicions=open_suspicions(),
        types=TYPES,
    )


def ordered(platforms: list[ListedPlatform], sorting: Sorting[str]) -> list[ListedPlatform]:
    """Returns the platforms in the requested order; those without a value come last."""

    def key(platform: ListedPlatform) -> Any:
        value = getattr(platform, sorting.sort)
        return value.lower() if isinstance(value, str) else value

    held = [each for each in platforms if getattr(each, sorting.sort) is not None]
    without = [each for each in platforms if getattr(each, sorting.sort) is None]
    return sorted(held, key=key, reverse=sorting.order == "desc") + without


@blueprint.get("/<slug>/")
def page(slug: str) -> ResponseReturnValue:
    """A platform's spellings, possible duplicates and the form to merge it."""
    platform = platform_or_404(slug)
    if platform.slug != slug:
        return redirect(url_for("admin_platforms.page", slug=platform.slug), 301)
    spelt = next((each for each in spelt_platforms() if each.id == platform.id), None)
    return render_template(
        "admin/platforms/page.html",
        platform=platform,
        aliases=spelt.aliases if spelt else [],
        others=[each for each in spelt_platforms() if each.id != platform.id],
        suspicions=[each for each in open_suspicions() if platform.id in (each.one.id, each.other.id)],
        types=TYPES,
    )


@blueprint.post("/<slug>/aliases/")
@limits.changes
def alias(slug: str) -> ResponseReturnValue:
    """Adds an alias to the platform."""
    platform = platform_or_404(slug)
    try:
        added = add_alias(platform, clean(request.form.get("spelling", "")))
    except PlatformError as error:
        audit.unchanged()
        flash(str(error), "error")
        return back(platform)
    return done(platform, f"{added!r} is now an alias of {platform.name}.")


@blueprint.post("/<slug>/aliases/drop/")
@limits.changes
def unalias(slug: str) -> ResponseReturnValue:
    """Removes an alias."""
    platform, spelling = platform_or_404(slug), clean(request.form.get("spelling", ""))
    if not drop_alias(platform, spelling):
        abort(404, f"{spelling!r} is not an alias of {platform.name}.")
    return done(platform, f"{spelling!r} is no longer an alias of {platform.name}.")


@blueprint.post("/<slug>/distinct/")
@limits.changes
def distinct(slug: str) -> ResponseReturnValue:
    """Records that two platforms are not duplicates."""
    platform, other = platform_or_404(slug), platform_or_404(clean(request.form.get("other", "")))
    if platform is other:
        abort(409, f"{slug!r} and {request.form['other']!r} are both {platform.name}.")
    distinguish(platform, other)
    return saved(
        f"{platform.name} and {other.name} are marked as different platforms.",
        url_for("admin_platforms.index"),
    )


@blueprint.get("/<slug>/merge/")
def preview(slug: str) -> ResponseReturnValue:
    """A preview of merging the platform into the one named `into`, by row and table."""
    lost, kept = platform_or_404(slug), platform_or_404(clean(request.args.get("into", "")))
    if lost is kept:
        return already_merged(slug, kept)
    return render_template(
        "admin/platforms/merge.html",
        lost=lost,
        kept=kept,
        parts=merge_parts(kept.id, lost.id),
        samples=merge_samples(kept.id, lost.id),
        runs=live_runs(lost.id),
        warnings=merge_warnings(kept, lost),
        types=TYPES,
        plot_rules=PLOT_RULES,
    )


@blueprint.post("/<slug>/merge/")
@limits.changes
def join(slug: str) -> ResponseReturnValue:
    """Merges the platform into the one named `into`, in one transaction."""
    lost, kept = platform_or_404(slug), platform_or_404(clean(request.form.get("into", "")))
    if lost is kept:
        return already_merged(slug, kept)
    names = (lost.name, kept.name)
    try:
        parts = merge(kept.id, lost.id)
    except PlatformMergeError as error:
        db.session.rollback()
        flash(str(error), "error")
        return redirect(url_for("admin_platforms.page", slug=fold(slug)), 303)
    return done(kept, "{} is now {}: {:,} rows moved.".format(*names, sum(part.moved for part in parts)))


def already_merged(slug: str, kept: Platform) -> ResponseReturnValue:
    """Reports that a spelling already belongs to the platform."""
    audit.unchanged()
    flash(f"{slug[:80]!r} is already {kept.name}; nothing to merge.", "info")
    return back(kept)


def done(platform: Platform, words: str) -> ResponseReturnValue:
    """Commits the change and redirects to the platform's page with a message."""
    return saved(words, page_of(platform))


def back(platform: Platform) -> ResponseReturnValue:
    """Redirects to the platform's page."""
    return redirect(page_of(platform), 303)


def page_of(platform: Platform) -> str:
    """Returns the URL of the platform's page."""
    return url_for("admin_platforms.page", slug=platform.slug)
