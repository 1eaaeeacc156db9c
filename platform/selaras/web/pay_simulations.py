"""What a draft of the table of pay would have paid: ordering a simulation, its figures, who would change."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge import pay_words
from selaras.edge.access import needs
from selaras.edge.context import actor, instance, session
from selaras.edge.downloads import attachment
from selaras.errors import Conflict, NotFound
from selaras.exchange.pay_changes import changes_file, forms_of
from selaras.followup.pay import drafting, simulating
from selaras.followup.pay.queries import draft
from selaras.followup.pay.simulation_queries import changed, simulation
from selaras.identity.permissions import Permission
from selaras.web.blueprint import pages
from selaras.web.pages import render, see
from selaras.web.pay_tables import READERS, draft_page, outcomes_on

SIZE = 50


@pages.post("/pay-tables/drafts/<uuid:draft_id>/simulations")
@needs(*drafting.APPROVERS)
def simulate_pay_draft(draft_id: UUID) -> BaseResponse:
    """Put the draft to the results of a closed period."""
    try:
        period = request.form.get("period", "").strip()
        made = simulating.order(session(), actor(), instance().registry, draft_id, period)
    except (Conflict, NotFound) as error:
        return draft_page(draft_id, error)
    return see("web.pay_simulation", simulation_id=made)


@pages.get("/pay-tables/simulations/<uuid:simulation_id>")
@needs(*READERS)
def pay_simulation(simulation_id: UUID) -> Response:
    """The figures of a simulation; who would change only for those who may see everybody's pay."""
    found = simulation(session(), simulation_id)
    page = max(1, min(100_000, request.args.get("page", 1, int)))
    sees = actor().holds_whole(Permission.SEE_REMUNERATION)
    lines = changed(session(), simulation_id, page, SIZE) if sees and found.state == "done" else []
    figures = found.figures or {}
    return render(
        "pay_simulation.html",
        active="web.periods_page",
        one=found,
        figures=figures,
        most=max([1, *(line["people"] for line in figures.get("spread", []))]),
        dearest=max([1, *(max(line["before"], line["after"]) for line in figures.get("months", []))]),
        sees=sees,
        lines=lines,
        forms=forms_of(found),
        page=page,
        older=url_for("web.pay_simulation", simulation_id=simulation_id, page=page + 1) if len(lines) == SIZE else None,
        pay_words=pay_words,
        outcomes=outcomes_on(draft(session(), actor().account_id, found.draft_id).starts),
    )


@pages.get("/pay-tables/simulations/<uuid:simulation_id>/people.<form>")
@needs(Permission.SEE_REMUNERATION)
def pay_changes_file(simulation_id: UUID, form: str) -> Response:
    """Everybody who would be paid differently, as a file."""
    made = changes_file(session(), actor(), simulation_id, form)
    return attachment(made.data, made.name, made.media_type)
