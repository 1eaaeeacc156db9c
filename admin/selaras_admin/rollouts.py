"""Rollouts: which regulation or feature is on its way to which agencies, and how far."""

from __future__ import annotations

from flask import Response

from selaras.edge.access import needs
from selaras.edge.context import session
from selaras.tenancy import rollout_queries
from selaras.tenancy.regions import regions
from selaras.web.pages import render
from selaras_admin.operators import OperatorPermission
from selaras_admin.pages import console


@console.get("/rollouts")
@needs(OperatorPermission.SEE_ROLLOUTS)
def rollouts() -> Response:
    """Every rollout, the newest first."""
    return render(
        "console/rollouts.html",
        active="web.rollouts",
        rollouts=rollout_queries.rollouts(session()),
        names={code: one.name for code, one in regions().items()},
    )
