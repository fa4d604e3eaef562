"""Making and renaming platforms, so that meeting an existing one is a sentence and never a crash."""

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError

from webapp.extensions import db
from webapp.models import Platform, PlatformAlias, fold


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
    return db.session.get_one(Platform, made)


def rename_platform(platform: Platform, slug: str) -> None:
    """Another slug for a platform, in the transaction under way.

    The spelling it had becomes an alias, so that whoever still brings it, the API first, means this platform.
    """
    _refuse_taken(slug, platform)
    former = platform.fold
    try:
        with db.session.begin_nested():
            platform.slug = slug
    except IntegrityError as error:
        raise PlatformError(f"{slug!r} is the platform that somebody made just now.") from error
    db.session.execute(delete(PlatformAlias).where(PlatformAlias.fold == fold(slug)))
    if former != fold(slug):
        db.session.add(PlatformAlias(fold=former, platform_id=platform.id))


def _refuse_taken(slug: str, own: Platform | None) -> None:
    if not fold(slug):
        raise PlatformError(f"{slug!r} has no letter or digit of the Latin alphabet.")
    met = Platform.find(slug)
    if met is not None and met is not own:
        raise PlatformError(f"{slug!r} is the platform {met.name} ({met.slug}) already.")
