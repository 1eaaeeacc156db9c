"""Every view declares who may use it: a permission (any of several), or that it is public."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import current_app, request

from selaras.edge import bearer
from selaras.edge.context import actor
from selaras.errors import Refused
from selaras.identity.permissions import WITH_REASON, Permission

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
        raise Refused(
            "permission_missing",
            "You may not do this: it needs the permission “{permission}”. Ask your agency's performance manager.",
            permission=", ".join(sorted(needed or ["?"])),
        )


def _view() -> object:
    return current_app.view_functions.get(request.endpoint or "")
