"""Making, naming and telling apart platforms: meeting an existing one is a sentence and never a crash."""

from collections.abc import Mapping

from flask_login import current_user
from sqlalchemy import delete, insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from webapp import audit
from webapp.extensions import db
from webapp.models import Platform, PlatformAlias, PlatformDistinction, fold


class PlatformError(ValueError):
    """A platform cannot be called so; the message names the platform it would meet."""


def create_platform(slug: str, name: str) -> Platform:
    """A new platform, in the transaction under way."""
    _refuse_taken(slug, None)
    values = {"slug": slug, "name": name, "platform_identifier": slug.replace("_", "-")}
    try:
        with db.session.begin_nested():
            made = db.session.execute(insert(Platform).values(values).returning(Platform.id)).scalar_one()
    except IntegrityError as error:  # somebody made it between the look and the write
        raise PlatformError(f"{slug!r} is the platform that somebody made just now.") from error
    audit.record("platform.create", f"platform {slug}", after={"name": name})
    return db.session.get_one(Platform, made)


def rename_platform(platform: Platform, slug: str) -> None:
    """Another slug for a platform, in the transaction under way.

    The spelling it had becomes an alias, so that whoever still brings it, the API first, means this platform.
    """
    _refuse_taken(slug, platform)
    former, before = platform.fold, {"slug": platform.slug}
    try:
        with db.session.begin_nested():
            platform.slug = slug
    except IntegrityError as error:
        raise PlatformError(f"{slug!r} is the platform that somebody made just now.") from error
    db.session.execute(delete(PlatformAlias).where(PlatformAlias.fold == fold(slug)))
    if former != fold(slug):
        db.session.add(PlatformAlias(fold=former, platform_id=platform.id))
    audit.record("platform.rename", f"platform {slug}", before=before, after={"slug": slug})


def edit_platform(platform: Platform, values: Mapping[str, str]) -> bool:
    """Sets columns of a platform, in the transaction under way; says whether any differed.

    Raises PlatformError where the API's code means another platform. A new code becomes an alias, so that
    what the API names by it is this platform.
    """
    before = {name: getattr(platform, name) for name in values}
    changed = {name: value for name, value in values.items() if value != before[name]}
    if not changed:
        return False
    if code := changed.get("platform_identifier"):
        _refuse_taken(code, platform)
        if Platform.find(code) is None:
            db.session.add(PlatformAlias(fold=fold(code), platform_id=platform.id))
    for name, value in changed.items():
        setattr(platform, name, value)
    audit.record(
        "platform.edit",
        f"platform {platform.slug}",
        before={name: before[name] for name in changed},
        after=changed,
    )
    return True


def add_alias(platform: Platform, spelling: str) -> str:
    """Makes a spelling lead to a platform, in the transaction under way; returns it folded."""
    _refuse_taken(spelling, None)
    added = fold(spelling)
    db.session.add(PlatformAlias(fold=added, platform_id=platform.id))
    audit.record("platform.alias", f"platform {platform.slug}", after={"alias": added})
    return added


def drop_alias(platform: Platform, spelling: str) -> bool:
    """Makes an alias lead nowhere, in the transaction under way; False where the platform has none such."""
    alias = db.session.get(PlatformAlias, fold(spelling))
    if alias is None or alias.platform_id != platform.id:
        return False
    db.session.delete(alias)
    audit.record("platform.unalias", f"platform {platform.slug}", before={"alias": alias.fold})
    return True


def distinguish(platform: Platform, other: Platform) -> None:
    """Remembers that two platforms are two, in the transaction under way; that again changes nothing."""
    first, second = sorted((platform.id, other.id))
    pair = {"platform_id": first, "other_id": second, "decided_by": current_user.id}
    db.session.execute(upsert(PlatformDistinction).values(pair).on_conflict_do_nothing())
    audit.record("platform.distinct", f"platform {platform.slug}", after={"distinct_from": other.slug})


def _refuse_taken(slug: str, own: Platform | None) -> None:
    if not fold(slug):
        raise PlatformError(f"{slug!r} has no letter or digit of the Latin alphabet.")
    met = Platform.find(slug)
    if met is not None and met is not own:
        raise PlatformError(f"{slug!r} is the platform {met.name} ({met.slug}) already.")
