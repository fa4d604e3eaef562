"""Queries of users: the list, the sessions of a user, and API tokens."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Literal, NamedTuple

from sqlalchemy import TextClause

from webapp.access.sessions import IDLE, LONGEST, current_hash
from webapp.extensions import db
from webapp.queries import Order, filled, rows

PAGE_SIZE = 50
TOKENS_SHOWN = 200

Sort = Literal["email", "role", "signed_in", "created"]
KEYS: dict[Sort, str] = {
    "email": "lower(users.email)",
    "role": "array_position(ARRAY['viewer', 'operator', 'admin'], users.role)",
    "signed_in": "coalesce(users.signed_in_at, '-infinity')",
    "created": "users.created_at",
}

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


class PeopleFilter(NamedTuple):
    """A filter of the list; empty means all. `state` is active or disabled."""

    typed: str = ""
    role: str = ""
    state: str = ""


class ListedPerson(NamedTuple):
    """A user with the numbers of active sessions and tokens; `total` counts the whole list."""

    id: int
    email: str
    role: str
    created_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None
    sessions: int
    tokens: int
    total: int

    @property
    def state(self) -> str:
        """The label of the badge."""
        return "active" if self.disabled_at is None else "disabled"


class PeoplePage(NamedTuple):
    """A page; `after` is the key of the next one, None on the last."""

    people: Sequence[ListedPerson]
    after: int | None
    total: int


class SessionRow(NamedTuple):
    """A session that has not ended."""

    token_hash: bytes
    created_at: datetime
    seen_at: datetime
    address: str
    agent: str

    @property
    def name(self) -> str:
        """The session's id in URLs, which only its owner can use."""
        return bytes(self.token_hash).hex()

    @property
    def is_current(self) -> bool:
        """Whether it is the session of the current request."""
        return bytes(self.token_hash) == current_hash()

    @property
    def browser(self) -> str:
        """The browser: 'Firefox on Linux', or the program's own user agent."""
        name = next((name for mark, name in BROWSERS if mark in self.agent), "")
        system = next((name for mark, name in SYSTEMS if mark in self.agent), "")
        return " on ".join(part for part in (name, system) if part) if name else self.agent[:40] or "unknown"


class TokenRow(NamedTuple):
    """An API token; its state is active, expired, revoked, or disabled like its owner."""

    id: int
    user_id: int
    name: str
    hint: str
    role: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str
    owner: str
    owner_role: str
    state: str
    total: int


class TokenPage(NamedTuple):
    """A page; `before` is the key of the next one, None on the last."""

    tokens: Sequence[TokenRow]
    before: int | None
    total: int


def people_page(narrow: PeopleFilter, sort: Sort, order: Order, after: int | None) -> PeoplePage:
    """Returns a page of the list."""
    parameters = {
        "typed": narrow.typed or None,
        "role": narrow.role or None,
        "state": narrow.state or None,
        "after": after,
        "now": datetime.now(UTC),
        "idle": IDLE,
        "longest": LONGEST,
        "size": PAGE_SIZE + 1,
    }
    found = [ListedPerson(**row) for row in db.session.execute(_listed(sort, order), parameters).mappings()]
    page = found[:PAGE_SIZE]
    total = page[0].total if page else 0
    return PeoplePage(page, page[-1].id if len(found) > PAGE_SIZE else None, total)


def sessions_of(user_id: int) -> list[SessionRow]:
    """Returns the active sessions of a user, the last used first."""
    now = datetime.now(UTC)
    return rows(SessionRow, "sessions_of_user", user_id=user_id, now=now, idle=IDLE, longest=LONGEST)


def tokens_of(user_id: int) -> Sequence[TokenRow]:
    """Returns the newest tokens of a user, newest first."""
    return _tokens(TOKENS_SHOWN, user_id=user_id)


def token_page(typed: str, state: str, before: int | None) -> TokenPage:
    """Returns a page of all tokens, newest first; `typed` is searched in owners and names."""
    found = _tokens(PAGE_SIZE + 1, typed=typed or None, state=state or None, before=before)
    page = found[:PAGE_SIZE]
    total = page[0].total if page else 0
    return TokenPage(page, page[-1].id if len(found) > PAGE_SIZE else None, total)


def _tokens(
    size: int,
    *,
    user_id: int | None = None,
    typed: str | None = None,
    state: str | None = None,
    before: int | None = None,
) -> Sequence[TokenRow]:
    narrow = {"user_id": user_id, "typed": typed, "state": state, "before": before}
    return rows(TokenRow, "tokens_listed", **narrow, now=datetime.now(UTC), size=size)


@cache
def _listed(sort: Sort, order: Order) -> TextClause:
    """Returns the statement for a column and direction."""
    return filled("people_listed", key=KEYS[sort], order=order, sign=">" if order == "asc" else "<")
