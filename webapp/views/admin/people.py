"""People and their roles, for admins."""

from dataclasses import dataclass

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp import audit
from webapp.access import people, sessions
from webapp.access.limits import changes
from webapp.extensions import db
from webapp.models import ROLES, User
from webapp.queries.admin.people import PeopleFilter, Sort, people_page, sessions_of, tokens_of
from webapp.views.account.pages import also_revoked
from webapp.views.shared.listing import (
    A_TO_Z,
    BY_AGE,
    Column,
    list_response,
)
from webapp.views.shared.parameters import choice, chosen_ids, clean, flag, read_id
from webapp.views.shared.saving import saved
from webapp.views.shared.state import SortedState, cursor, one_of, text

STATES = {"": "Any", "active": "Active", "disabled": "Disabled"}
COLUMNS: tuple[Column[Sort], ...] = (
    Column("email", "Person", "asc", ways=A_TO_Z, called="email"),
    Column("role", "Role", "desc", ways=("fewest rights first", "most rights first")),
    Column("signed_in", "Last sign-in", "desc", ways=BY_AGE),
    Column("created", "Added", "desc", ways=BY_AGE, wide=True),
)

blueprint = Blueprint("admin_people", __name__, url_prefix="/admin/people")


@dataclass(frozen=True, kw_only=True)
class PeopleState(SortedState[Sort]):
    """The parameters of the list."""

    endpoint = "admin_people.index"
    columns = COLUMNS

    q: str = text("Search: {}")
    role: str = one_of(("", *ROLES), "Role: {}")
    state: str = one_of(tuple(STATES), "State: {}")
    after: int | None = cursor(read_id)

    @property
    def narrow(self) -> PeopleFilter:
        """The filter for queries."""
        return PeopleFilter(typed=self.q, role=self.role, state=self.state)


@blueprint.get("/")
def index() -> Response:
    """The list; the URL has sort order, filters and the last person of the previous page."""
    state = PeopleState.read(request.args)
    return list_response(
        "admin/people",
        state,
        found=people_page(state.narrow, state.sorting.sort, state.sorting.order, after=state.after),
        roles=ROLES,
        states=STATES,
    )


@blueprint.route("/new/", methods=["GET", "POST"])
@changes
def create() -> ResponseReturnValue:
    """The form for a new person; the response shows the link that sets their password."""
    if request.method == "GET":
        return render_template("admin/people/new.html", roles=ROLES, error="")
    try:
        user = people.create(clean(request.form.get("email", "")), read_role())
    except people.PeopleError as error:
        return render_template("admin/people/new.html", roles=ROLES, error=str(error)), 400
    return show_link(user)


@blueprint.get("/<int:user_id>/")
def page(user_id: int) -> str:
    """One person: rights, sessions and tokens."""
    return show(person_or_404(user_id))


@blueprint.post("/<int:user_id>/role/")
@changes
def set_role(user_id: int) -> ResponseReturnValue:
    """Changes a person's role, from their next request on."""
    user, role = person_or_404(user_id), read_role()
    if role == user.role:
        audit.unchanged()
        flash(f"{user.email} is already {role}.", "info")
        return redirect(page_of(user), 303)
    try:
        people.set_role(user, role)
    except people.PeopleError as error:
        return show(user, error=str(error)), 409
    after = page_of(user) if user.id != current_user.id else url_for("dashboard.page")
    return saved(f"{user.email} is now {role}.", after)


@blueprint.post("/<int:user_id>/sessions/end/")
@changes
def end_sessions(user_id: int) -> BaseResponse:
    """Signs a person out everywhere."""
    user = person_or_404(user_id)
    sessions.end_all(user)
    audit.record("user.end-sessions", people.subject(user))
    return saved(f"{user.email} is signed out everywhere.{also_revoked(user)}", page_of(user))


@blueprint.post("/<int:user_id>/reset/")
@changes
def reset_link(user_id: int) -> ResponseReturnValue:
    """Creates a link that sets a new password; earlier links stop working."""
    user = person_or_404(user_id)
    try:
        return show_link(user)
    except people.PeopleError as error:
        return show(user, error=str(error)), 409


@blueprint.post("/switch/")
@changes
def switch() -> BaseResponse:
    """Disables or enables all chosen people, or none if one of them is refused."""
    ids, enabled = chosen_ids(request.form), flag(request.form, "enabled")
    users = list(db.session.scalars(select(User).where(User.id.in_(ids)).order_by(User.id)))
    audit.unchanged()  # each change leaves its own event
    try:
        (people.enable if enabled else people.disable)(users)
    except people.PeopleError as error:
        flash(f"Nothing changed. {error}", "error")
        return redirect(url_for("admin_people.index"), 303)
    names = users[0].email if len(users) == 1 else f"{len(users)} people"
    after = page_of(users[0]) if len(users) == 1 else url_for("admin_people.index")
    return saved(f"{names} {'can sign in again' if enabled else 'can no longer sign in'}.", after)


def read_role() -> str:
    """Reads the role from the form."""
    return choice(request.form, "role", ROLES)


def show(user: User, *, error: str = "", link: str = "") -> str:
    """Renders the page of one person; `link` is a new reset link."""
    return render_template(
        "admin/people/page.html",
        person=user,
        roles=ROLES,
        sessions=sessions_of(user.id),
        tokens=tokens_of(user.id),
        error=error,
        link=link,
    )


def show_link(user: User) -> Response:
    """Creates a link and shows it once, on the page of the person."""
    secret = people.reset_link(user, current_user.id)
    db.session.commit()
    scheme = "https" if current_app.config["SESSION_COOKIE_SECURE"] else "http"
    link = url_for("auth.reset", secret=secret, _external=True, _scheme=scheme)
    response = make_response(show(user, link=link))
    response.headers["Cache-Control"] = "no-store"
    return response


def person_or_404(user_id: int) -> User:
    """The person with this id."""
    return db.session.get(User, user_id) or abort(404, f"Person {user_id} not found.")


def page_of(user: User) -> str:
    """Returns the URL of a person's page."""
    return url_for("admin_people.page", user_id=user.id)
