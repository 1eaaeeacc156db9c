"""Endpoints: accounts, closing and opening one, and what the directory's groups stand for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_accounts as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, process, session
from selaras.identity import directory
from selaras.identity.permissions import Permission
from selaras.organisation.account_lists import AccountLine, account_detail, accounts, known_state
from selaras.organisation.administering import close_by_hand, open_by_hand

endpoints = endpoints_of("accounts", "Accounts and the directory's groups")


@endpoints.route("/accounts")
@needs(Permission.MANAGE_ACCOUNTS)
@endpoints.arguments(schema_of(shapes.AccountsQuery), location="query")
@endpoints.response(200, schema_of(shapes.Accounts))
def list_accounts(query: dict[str, Any]) -> Response:
    """Accounts by user name; `search` is the beginning of a user name or of a part of the name."""
    page = accounts(
        session(),
        search=query["search"] or "",
        state=known_state(query["state"] or ""),
        source=query["source"] or "",
        after=query["after"],
        limit=query["limit"],
        day=day(),
    )
    return encoded(shapes.Accounts([_shown(one) for one in page.items], page.next))


@endpoints.route("/accounts/<uuid:account_id>")
@needs(Permission.MANAGE_ACCOUNTS)
@endpoints.response(200, schema_of(shapes.AccountShown))
def show_account(account_id: UUID) -> Response:
    """One account."""
    return _one(account_id)


@endpoints.route("/accounts/<uuid:account_id>/closing", methods=["POST"])
@needs(Permission.MANAGE_ACCOUNTS)
@endpoints.response(200, schema_of(shapes.AccountShown))
def close_account(account_id: UUID) -> Response:
    """Close an account; its sessions end at once. Closing it twice changes nothing."""
    close_by_hand(session(), process().sessions, actor(), account_id, day())
    return _one(account_id)


@endpoints.route("/accounts/<uuid:account_id>/opening", methods=["POST"])
@needs(Permission.MANAGE_ACCOUNTS)
@endpoints.response(200, schema_of(shapes.AccountShown))
def open_account(account_id: UUID) -> Response:
    """Let an account in again; refused while its holder does not serve here."""
    open_by_hand(session(), actor(), account_id, day())
    return _one(account_id)


@endpoints.route("/directory-groups")
@needs(Permission.MANAGE_ACCOUNTS)
@endpoints.response(200, schema_of(shapes.DirectoryGroups))
def list_directory_groups() -> Response:
    """The groups that the directory brought by SCIM, and the roles that they stand for."""
    return _groups()


@endpoints.route("/directory-groups/<uuid:group_id>/roles", methods=["PUT"])
@needs(Permission.GRANT_ROLES)
@endpoints.arguments(schema_of(shapes.GroupRoles))
@endpoints.response(200, schema_of(shapes.DirectoryGroups))
def put_group_roles(body: dict[str, Any], group_id: UUID) -> Response:
    """Say which roles a group's members hold from today on."""
    directory.set_roles(session(), actor(), group_id, body["roles"], day())
    return _groups()


def _one(account_id: UUID) -> Response:
    return encoded(_shown(account_detail(session(), account_id, day()).line))


def _groups() -> Response:
    shown = [
        shapes.DirectoryGroupShown(one.id, one.display_name, one.external_id, one.members, list(one.roles))
        for one in directory.groups(session())
    ]
    return encoded(shapes.DirectoryGroups(shown))


def _shown(one: AccountLine) -> shapes.AccountShown:
    return shapes.AccountShown(
        one.id,
        one.subject,
        one.name,
        one.active,
        one.source,
        one.inactive_cause,
        one.inactive_at,
        one.last_sign_in_at,
        one.created_at,
        one.person_id,
        one.person_name,
        one.left_on,
        [shapes.RoleHeld(held.role, held.origin) for held in one.roles],
    )
