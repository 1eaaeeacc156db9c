"""The API under /api/v1: the same reads and commands as the pages, as JSON; one file per capability."""

from __future__ import annotations

from flask import Flask

from selaras.api import (
    accounts,
    agenda,
    audits,
    channels,
    clients,
    closing,
    delegations,
    dialogue,
    evaluation,
    exchange,
    followup,
    goals,
    oauth,
    organisation,
    plan_changes,
    planning,
    providers,
    remuneration,
    roles,
    rule_choices,
    segments,
    sessions,
    superiors,
    tenancy,
    unit_ratings,
)
from selaras.api.documented import DocumentedApi
from selaras.api.encoding import problem_response
from selaras.api.scim import scim

__all__ = ["PREFIX", "install", "problem_response"]

PREFIX = "/api/"


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
    for module in (
        tenancy,
        agenda,
        organisation,
        planning,
        plan_changes,
        dialogue,
        goals,
        evaluation,
        unit_ratings,
        segments,
        superiors,
        closing,
        exchange,
        followup,
        remuneration,
        rule_choices,
        providers,
        clients,
        audits,
        delegations,
        roles,
        accounts,
        channels,
        sessions,
    ):
        documented.register_blueprint(module.endpoints)
    oauth.install(app)
    app.register_blueprint(scim)
