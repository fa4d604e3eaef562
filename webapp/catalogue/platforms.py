"""Creates, renames and distinguishes platforms; a conflict with an existing one is an error sentence."""

from collections.abc import Mapping

from flask_login import current_user
from sqlalchemy import delete, insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from webapp import audit
from webapp.extensions import db
from webapp.models import Platform, PlatformAlias, PlatformDistinction, fold


class PlatformError(ValueError):
    """A platform cannot have this name; the message names the platform it conflicts with."""


def create_platform(slug: str, name: str) -> Platform:
    """Creates a platform, in the current transaction."""
    _refuse_taken(slug, None)
    values = {"slug": slug, "name": name, "platform_identifier": slug.replace("_", "-")}
    try:
        with db.session.begin_nested():
            created = db.session.execute(insert(Platform).values(values).returning(Platform.id)).scalar_one()
    except IntegrityError as error:  # created by somebody else between the check and the write
        raise PlatformError(f"{slug!r} is a platform that was created just now.") from error
    audit.record("platform.create", f"platform {slug}", after={"name": name})
    return db.session.get_one(Platform, created)


def rename_platform(platform: Platform, slug: str) -> None:
    """Changes the slug of a platform, in the current transaction.

    The former slug becomes an alias, so that sources that still use it, such as the API, find this platform.
    """
    _refuse_taken(slug, platform)
    former, before = platform.fold, {"slug": platform.slug}
    try:
        with db.session.begin_nested():
            platform.slug = slug
    except IntegrityError as error:
        raise PlatformError(f"{slug!r} is a platform that was created just now.") from error
    db.session.execute(delete(PlatformAlias).where(PlatformAlias.fold == fold(slug)))
    if former != fold(slug):
        db.session.add(PlatformAlias(fold=former, platform_id=platform.id))
    audit.record("platform.rename", f"platform {slug}", before=before, after={"slug": slug})


def edit_platform(platform: Platform, values: Mapping[str, str]) -> bool:
    """Sets columns of a platform, in the current transaction; returns whether any changed.

    A new API code becomes an alias, so that the API's rows find this platform. Raises PlatformError if the
    code belongs to another platform.
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
    """Adds a spelling as an alias of a platform, in the current transaction; returns it folded."""
    _refuse_taken(spelling, None)
    added = fold(spelling)
    db.session.add(PlatformAlias(fold=added, platform_id=platform.id))
    audit.record("platform.alias", f"platform {platform.slug}", after={"alias": added})
    return added


def drop_alias(platform: Platform, spelling: str) -> bool:
    """Deletes an alias, in the current transaction; returns False if the platform does not have it."""
    alias = db.session.get(PlatformAlias, fold(spelling))
    if alias is None or alias.platform_id != platform.id:
        return False
    db.session.delete(alias)
    audit.record("platform.unalias", f"platform {platform.slug}", before={"alias": alias.fold})
    return True


def distinguish(platform: Platform, other: Platform) -> None:
    """Marks two platforms as distinct, in the current transaction; idempotent."""
    first, second = sorted((platform.id, other.id))
    pair = {"platform_id": first, "other_id": second, "decided_by": current_user.id}
    db.session.execute(upsert(PlatformDistinction).values(pair).on_conflict_do_nothing())
    audit.record("platform.distinct", f"platform {platform.slug}", after={"distinct_from": other.slug})


def _refuse_taken(slug: str, own: Platform | None) -> None:
    if not fold(slug):
        raise PlatformError(f"{slug!r} has no letter or digit of the Latin alphabet.")
    met = Platform.find(slug)
    if met is not None and met is not own:
        raise PlatformError(f"{slug!r} is already the platform {met.name} ({met.slug}).")
