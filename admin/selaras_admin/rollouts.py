"""Rollouts: which regulation or feature is on its way to which agencies, how far; moving one on or back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import session
from selaras.errors import Conflict, DomainError, Invalid
from selaras.evaluation.rules import period_span
from selaras.identity.operators.queries import operators
from selaras.tenancy import rollout_queries
from selaras.tenancy import rollouts as service
from selaras.tenancy.regions import regions
from selaras.web.pages import render, see
from selaras_admin.operators import OperatorPermission, day, doer
from selaras_admin.pages import console

Mover = Callable[..., object]


@console.get("/rollouts")
@needs(OperatorPermission.SEE_ROLLOUTS)
def rollouts() -> Response:
    """Every rollout, the newest first."""
    return render(
        "console/rollouts.html",
        active="web.rollouts",
        rollouts=rollout_queries.rollouts(session()),
        names=_region_names(),
    )


@console.get("/rollouts/<uuid:rollout_id>")
@needs(OperatorPermission.SEE_ROLLOUTS)
def rollout(rollout_id: UUID) -> Response:
    """One rollout: each agency's stage, and who moved it when and why."""
    return _page(rollout_id)


@console.post("/rollouts/<uuid:rollout_id>/advance")
@needs(OperatorPermission.MOVE_ROLLOUTS)
def advance_rollout(rollout_id: UUID) -> BaseResponse:
    """Move the chosen agencies one stage on; at `live` they switch on the rollout's day."""
    return _move(rollout_id, service.advance)


@console.post("/rollouts/<uuid:rollout_id>/rollback")
@needs(OperatorPermission.MOVE_ROLLOUTS)
def roll_back(rollout_id: UUID) -> BaseResponse:
    """Take the rollout back for the chosen agencies; nothing that is closed is touched."""
    return _move(rollout_id, service.roll_back)


def _move(rollout_id: UUID, act: Mover) -> BaseResponse:
    slugs, reason = request.form.getlist("agency"), request.form.get("reason", "")
    try:
        if not slugs:
            raise Invalid("rollout_agencies", "Choose at least one agency of this rollout.")
        with session().begin_nested():
            act(session(), doer().reference, rollout_id, reason=reason, last_day=_last_day, slugs=slugs)
    except (Invalid, Conflict) as error:
        return _page(rollout_id, error)
    return see("web.rollout", "rollout-moved", rollout_id=rollout_id)


def _page(rollout_id: UUID, error: DomainError | None = None) -> Response:
    here = session()
    return render(
        "console/rollout.html",
        error.status if error else 200,
        active="web.rollouts",
        one=rollout_queries.rollout(here, rollout_id),
        moves=rollout_queries.moves(here, rollout_id),
        who={f"operator:{one.id}": one.name for one in operators(here, day())},
        names=_region_names(),
        form=request.form,
        error=error,
    )


def _region_names() -> dict[str, str]:
    return {code: one.name for code, one in regions().items()}


def _last_day(period_code: str) -> date:
    return period_span(period_code).ends
