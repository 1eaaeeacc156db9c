"""Isolation: what this console's role may read, and how an agency's walls are proved."""

from __future__ import annotations

from flask import Response

from selaras.edge.access import needs
from selaras.edge.context import session
from selaras.web.pages import render
from selaras_admin.operators import OperatorPermission
from selaras_admin.pages import console
from selaras_admin.queries import sight


@console.get("/isolation")
@needs(OperatorPermission.SEE_AGENCIES)
def isolation() -> Response:
    """What the database itself says that this role may read, and the command that proves the walls."""
    return render("console/isolation.html", active="web.isolation", sight=sight(session()))
