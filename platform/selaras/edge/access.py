"""Every view declares who may use it: a permission (any of several), or that it is public."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import current_app, request

from selaras.clock import today
from selaras.edge import bearer, signing_in
from selaras.edge.context import actor, agency, has_agency, session
from selaras.errors import Refused
from selaras.identity.permissions import WITH_REASON, Permission
from selaras.organisation.delegation import expired, kinds_over

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "selaras_needs"


def needs(*permissions: StrEnum) -> Callable[[View], View]:
    """The view is for whoever holds at least one of the permissions."""
    if not permissions:
        raise ValueError("name at least one permission, or say public")

    def mark(view: View) -> View:
        setattr(view, _MARK, frozenset(permissions))
        return view

    return mark


def public(view: View) -> View:
    """The view is for everybody, signed in or not; it shows nothing that is behind the agency's wall."""
    setattr(view, _MARK, frozenset())
    return view


def declared(view: object) -> frozenset[StrEnum] | None:
    """The permissions of a view; empty for public, None where nothing was declared."""
    found: frozenset[StrEnum] | None = getattr(view, _MARK, None)
    return found


def is_public() -> bool:
    """Whether the view of this request is public."""
    return declared(_view()) == frozenset()


def guard() -> None:
    """Refuse whoever may not use the view of this request; a view that declares nothing is refused to everybody."""
    needed = declared(_view())
    if needed == frozenset():
        return
    held = actor().permissions
    if not needed or not (needed & held):
        if bearer.is_client():
            raise bearer.scope_missing(needed or ())
        if Permission.AUDIT in held and needed and needed & WITH_REASON:
            raise Refused(
                "audit_reason_missing",
                "Say first what you audit and why, on the page “Audits”; the agency reads it, and everybody you look "
                "at is recorded.",
            )
        if _carried_once(needed):
            raise expired()
        raise Refused(
            "permission_missing",
            "You may not do this: it needs the permission “{permission}”. Ask your agency's performance manager.",
            permission=", ".join(sorted(needed or ["?"])),
        )


def _carried_once(needed: frozenset[StrEnum] | None) -> bool:
    """Whether a delegation that is not in force today would let the actor use such a view."""
    if not needed or not has_agency():
        return False
    carried = signing_in.authority(session())
    kinds = kinds_over(session(), actor(), today(agency().time_zone))
    return any(needed & carried(kind) for kind in kinds)


def _view() -> object:
    return current_app.view_functions.get(request.endpoint or "")
