"""The words and shapes of the funnel, of a team's state and of what is next."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from selaras.agenda.rules import Urgency
from selaras.agenda.team import Stage

HANDED_IN = {"plan": _("Plan (SKP)"), "objection": _("Objection")}
FUNNEL = {
    "people": _("In service"),
    "planned": _("Plan begun"),
    "agreed": _("Plan agreed"),
    "logged": _("Progress entered"),
    "rated": _("Rated"),
    "delivered": _("Result delivered"),
    "accepted": _("Result accepted"),
}
TEAM = {
    Stage.NO_PLAN: _("no plan"),
    Stage.DRAFT: _("plan being written"),
    Stage.RETURNED: _("plan given back"),
    Stage.SUBMITTED: _("plan submitted"),
    Stage.AGREED: _("plan agreed, no progress"),
    Stage.LOGGED: _("progress entered"),
    Stage.RATED: _("rated"),
    Stage.DELIVERED: _("result delivered"),
    Stage.ACCEPTED: _("result accepted"),
    Stage.OBJECTED: _("objection under way"),
}
TEAM_SHAPES = {
    Stage.NO_PLAN: "○",
    Stage.DRAFT: "◌",
    Stage.RETURNED: "↩",
    Stage.SUBMITTED: "●",
    Stage.AGREED: "◔",
    Stage.LOGGED: "◑",
    Stage.RATED: "◕",
    Stage.DELIVERED: "□",
    Stage.ACCEPTED: "✓",
    Stage.OBJECTED: "▼",
}
URGENCY_SHAPES = {Urgency.LATE: "◆", Urgency.SOON: "▲", Urgency.AWAITED: "●", Urgency.OPEN: "○"}
