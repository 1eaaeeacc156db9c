"""Pages: server-rendered, readable without JavaScript; one file per capability."""

from __future__ import annotations

from flask import Flask

from selaras.web import (
    accounts,
    acknowledgements,
    actions,
    audits,
    board,
    briefing,
    calendar,
    calendar_feed,
    clients,
    closing,
    coaching,
    delegations,
    dialogue,
    evaluation,
    exchange,
    exports,
    feedback,
    followup,
    funnel,
    goals,
    home,
    identity,
    interface,
    invitations,
    log,
    matrix,
    messages,
    objection_desk,
    objections,
    organisation,
    plan_changes,
    plan_writing,
    planning,
    providers,
    rating,
    rating_reviews,
    receipts,
    roles,
    rule_choices,
    segments,
    sessions,
    sign_in,
    superiors,
    support,
    survey_campaigns,
    surveys,
    tickets,
    unit_ratings,
    unlocks,
    verifying,
)
from selaras.web.assets import ENDPOINT as ASSETS
from selaras.web.blueprint import pages
from selaras.web.pages import error_page

# Each adds its routes to `pages` when it is imported.
PAGES = (
    invitations,
    accounts,
    home,
    acknowledgements,
    funnel,
    organisation,
    planning,
    plan_writing,
    plan_changes,
    actions,
    dialogue,
    goals,
    matrix,
    evaluation,
    rating,
    board,
    briefing,
    rating_reviews,
    receipts,
    verifying,
    unit_ratings,
    unlocks,
    tickets,
    closing,
    exchange,
    exports,
    identity,
    interface,
    followup,
    objection_desk,
    objections,
    rule_choices,
    clients,
    messages,
    log,
    feedback,
    coaching,
    calendar_feed,
    sessions,
    support,
    audits,
    calendar,
    delegations,
    roles,
    sign_in,
    providers,
    segments,
    superiors,
    surveys,
    survey_campaigns,
)

WITHOUT_TRANSACTION = frozenset({ASSETS}) | sign_in.WAITING

__all__ = ["ASSETS", "WITHOUT_TRANSACTION", "error_page", "install"]


def install(app: Flask) -> None:
    """Add every page."""
    app.register_blueprint(pages)
