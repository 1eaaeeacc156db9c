"""Regions: how many agencies each province has here, and how many of them closed a period."""

from __future__ import annotations

from flask import Response, request

from selaras.edge.access import needs
from selaras.edge.context import session
from selaras.evaluation.rules import period_span
from selaras.web.pages import render
from selaras_admin.agencies import NATIONAL
from selaras_admin.operators import OperatorPermission
from selaras_admin.pages import console, day
from selaras_admin.queries import by_region, closed_periods
from selaras_admin.rules import last_quarter


@console.get("/regions")
@needs(OperatorPermission.SEE_AGENCIES)
def regions() -> Response:
    """All provinces with the quarter that is due now, or any other period."""
    here, due = session(), last_quarter(day())
    period = period_span(request.args.get("period", due)).code
    lines = by_region(here, period)
    return render(
        "console/regions.html",
        active="web.regions",
        period=period,
        periods=sorted({due, period, *closed_periods(here)}, reverse=True),
        lines=lines,
        agencies=sum(one.agencies for one in lines),
        closed=sum(one.closed for one in lines),
        national=NATIONAL,
    )
