"""The API under /api/v1: the same reads and commands as the pages, as JSON; one file per capability."""

from __future__ import annotations

from flask import Flask

from selaras.api import (
    accounts,
    acknowledgements,
    actions,
    agenda,
    audits,
    calendar,
    calibration,
    channels,
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
    goals,
    input_grants,
    invitations,
    letterheads,
    monitoring,
    national,
    oauth,
    objections,
    organisation,
    pay_simulations,
    pay_tables,
    plan_changes,
    plan_handing_out,
    planning,
    providers,
    ranking,
    ranking_rules,
    ratings,
    remuneration,
    roles,
    rule_choices,
    rule_packs,
    segments,
    sessions,
    superiors,
    survey_campaigns,
    surveys,
    talent,
    tenancy,
    tickets,
    unit_ratings,
    unlocks,
    what_follows,
)
from selaras.api.documented import DocumentedApi
from selaras.api.encoding import problem_response
from selaras.api.scim import scim

__all__ = ["PREFIX", "install", "problem_response"]

PREFIX = "/api/"

# In the order of the description.
MODULES = (
    tenancy,
    agenda,
    acknowledgements,
    organisation,
    planning,
    plan_changes,
    plan_handing_out,
    actions,
    dialogue,
    goals,
    input_grants,
    invitations,
    monitoring,
    national,
    feedback,
    coaching,
    evaluation,
    ranking,
    ranking_rules,
    ratings,
    unit_ratings,
    calibration,
    segments,
    superiors,
    closing,
    exchange,
    exports,
    followup,
    objections,
    what_follows,
    unlocks,
    remuneration,
    rule_choices,
    pay_tables,
    pay_simulations,
    rule_packs,
    letterheads,
    talent,
    calendar,
    providers,
    clients,
    audits,
    delegations,
    roles,
    accounts,
    channels,
    sessions,
    surveys,
    survey_campaigns,
    tickets,
)


def install(app: Flask) -> None:
    """Add every endpoint and its description, `/api/v1/openapi.json`."""
    app.config.update(
        API_TITLE="Selaras",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    documented = DocumentedApi(app)
    documented.describe_keys()
    for module in MODULES:
        documented.register_blueprint(module.endpoints)
    oauth.install(app)
    app.register_blueprint(scim)
