"""The ways to sign in, and the language; the demonstration sign-in is a blueprint of its own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask_limiter import Limiter
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge import demonstration, forms, limits, signing_in
from selaras.edge.access import public
from selaras.edge.context import day, session, visitor
from selaras.errors import Invalid, NotFound
from selaras.identity.permissions import Role
from selaras.identity.provider_queries import ways
from selaras.identity.queries import account, account_by_subject, accounts_with_role
from selaras.identity.sessions import Proof
from selaras.organisation.accounts import account_of
from selaras.organisation.offered import Offered, offered
from selaras.organisation.queries import person_by_number
from selaras.translations import LANGUAGES
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Choice:
    """Somebody whom the demonstration offers to be: how they sign in, their name, and as what."""

    value: str
    name: str
    role: str
    post: str


@pages.get("/sign-in")
@public
def sign_in() -> BaseResponse:
    """The ways to sign in at this agency."""
    if visitor() is not None:
        return see("web.home")
    return _sign_in_page()


def _sign_in_page(error: NotFound | Invalid | None = None, number: str = "") -> Response:
    shown = demonstration.asked_here()
    return render(
        "sign_in.html",
        422 if error else 200,
        ways=ways(session()),
        development=shown,
        choices=_choices() if shown else [],
        next=forms.own_address(request.values.get("next", "")),
        error=error,
        number=number,
    )


def development(limiter: Limiter) -> Blueprint:
    """The demonstration sign-in, for a process in which it may exist at all."""
    made = Blueprint("development", __name__)
    made.post("/sign-in/demonstration", endpoint="demonstrate")(public(limits.sign_in(limiter, demonstrate)))
    return made


def demonstrate() -> BaseResponse:
    """Be somebody of this agency, on this very machine only."""
    if not demonstration.asked_here():
        raise NoSuchPage
    number = request.form.get("number", "").strip()
    try:
        found = _account(request.form.get("account", ""), number)
    except (NotFound, Invalid) as error:
        return _sign_in_page(error, number)
    response = redirect(forms.own_address(request.form.get("next", "")) or url_for("web.home"), 303)
    assert isinstance(response, Response)
    signing_in.start(response, found, Proof(method="demonstration"))
    return response


@pages.post("/language")
@public
def language() -> BaseResponse:
    """Read on in another language; kept for a year in this browser."""
    wanted = request.form.get("language", "")
    if wanted not in LANGUAGES:
        raise Invalid("language_unknown", "There is no language {language} here.", language=wanted[:20])
    response = redirect(forms.own_address(request.form.get("next", "")) or url_for("web.home"), 303)
    assert isinstance(response, Response)
    signing_in.set_cookie(response, "language", wanted, seconds=YEAR)
    return response


def _choices() -> list[Choice]:
    today = day()
    found = [
        Choice(str(one.id), one.name, role.value, "")
        for role in (Role.PERFORMANCE_MANAGER, Role.AUTHORISED_OFFICIAL, Role.APPOINTING_OFFICIAL)
        for one in accounts_with_role(session(), role, today, limit=1)
    ]
    return found + [_choice(one) for one in offered(session(), today)]


def _choice(person: Offered) -> Choice:
    role = Role.APPRAISER if person.has_team else Role.EMPLOYEE
    return Choice(f"person:{person.person_id}", person.name, role.value, person.post)


def _account(chosen: str, number: str) -> UUID:
    today = day()
    if number:
        return _by_number(number)
    kind, _, identifier = chosen.rpartition(":")
    try:
        wanted = UUID(identifier)
    except ValueError:
        raise Invalid("choice_missing", "Choose somebody from the list, or enter a number.") from None
    if kind == "person":
        return account_of(session(), wanted, today)
    found = account(session(), wanted, today)
    if found is None or not found.active:
        raise NotFound("account_unknown", "There is no such account here.")
    return found.id


def _by_number(number: str) -> UUID:
    known = account_by_subject(session(), number, day())
    if known and known.active:
        return known.id
    person = person_by_number(session(), number, day())
    if person is None:
        raise NotFound("number_unknown", "Nobody here has the number {number} today.", number=number[:40])
    return account_of(session(), person, day())
