"""Accounts: the list, one account with what closing it would do, and what the directory's groups stand for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, agency, day, process, session
from selaras.errors import Conflict, Invalid, Refused
from selaras.identity import directory
from selaras.identity.permissions import Permission
from selaras.organisation.account_lists import SOURCES, STATES, account_detail, known_state
from selaras.organisation.account_lists import accounts as find_accounts
from selaras.organisation.administering import close_by_hand, open_by_hand
from selaras.web.blueprint import pages
from selaras.web.pages import fragment, render, see, wants_fragment

SIZE = 25


@pages.get("/accounts")
@needs(Permission.MANAGE_ACCOUNTS)
def accounts() -> Response:
    """Accounts by user name, narrowed by state and source."""
    asked = request.args
    search, source = asked.get("search", "").strip()[:80], asked.get("source", "")
    state = known_state(asked.get("state", ""))
    page = find_accounts(
        session(), search=search, state=state, source=source, after=asked.get("after"), limit=SIZE, day=day()
    )
    values: dict[str, Any] = {
        "page": page,
        "search": search,
        "state": state,
        "source": source if source in SOURCES else "",
        "first": not asked.get("after"),
    }
    if wants_fragment():
        return fragment("_accounts.html", **values)
    return render("accounts.html", active="web.accounts", states=STATES, sources=SOURCES, **values)


@pages.get("/accounts/<uuid:account_id>")
@needs(Permission.MANAGE_ACCOUNTS)
def account(account_id: UUID) -> Response:
    """One account: whose, since when, which roles from where; and what closing or opening it would do."""
    return _account(account_id)


@pages.post("/accounts/<uuid:account_id>/closing")
@needs(Permission.MANAGE_ACCOUNTS)
def close_account(account_id: UUID) -> BaseResponse:
    """Close it; whoever is signed in with it is out at once."""
    try:
        close_by_hand(session(), process().sessions, actor(), account_id, day())
    except (Refused, Conflict) as error:
        return _account(account_id, error)
    return see("web.account", "account-closed", account_id=account_id)


@pages.post("/accounts/<uuid:account_id>/opening")
@needs(Permission.MANAGE_ACCOUNTS)
def open_account(account_id: UUID) -> BaseResponse:
    """Let it in again."""
    try:
        open_by_hand(session(), actor(), account_id, day())
    except (Refused, Conflict) as error:
        return _account(account_id, error)
    return see("web.account", "account-opened", account_id=account_id)


@pages.get("/accounts/groups")
@needs(Permission.MANAGE_ACCOUNTS)
def directory_groups() -> Response:
    """The directory's groups, and the roles that the agency lets them stand for."""
    return _groups()


@pages.post("/accounts/groups/<uuid:group_id>")
@needs(Permission.GRANT_ROLES)
def set_group_roles(group_id: UUID) -> BaseResponse:
    """Say which roles a group stands for from today on."""
    try:
        directory.set_roles(session(), actor(), group_id, request.form.getlist("roles"), day())
    except Invalid as error:
        return _groups(error)
    return see("web.directory_groups", "group-roles")


def _account(account_id: UUID, error: Refused | Conflict | None = None) -> Response:
    return render(
        "account.html",
        error.status if error else 200,
        active="web.accounts",
        account=account_detail(session(), account_id, day()),
        sessions=len(process().sessions.of_account(agency().uuid, account_id)),
        error=error,
    )


def _groups(error: Invalid | None = None) -> Response:
    return render(
        "directory_groups.html",
        422 if error else 200,
        active="web.accounts",
        groups=directory.groups(session()),
        roles=directory.grantable_to_groups(),
        error=error,
    )
