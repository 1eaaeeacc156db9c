"""A closed quarter, years beside it, and the officials who act on what follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from factories.site_fixtures import fresh_attempts, site
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.identity.actor import Actor
from selaras.identity.permissions import Role, permissions_of
from selaras.identity.service import ensure_account

__all__ = ["fresh_attempts", "site"]

OfficeOf = Callable[[Session, Role], Actor]


@pytest.fixture
def office() -> OfficeOf:
    """An official of one role who acts within a session."""

    def make(session: Session, role: Role) -> Actor:
        tenant = int(session.info["tenant"])
        account = ensure_account(session, f"{role.value}@tests", f"Akun {role.value}")
        return Actor(tenant, account, role.value, frozenset({role.value}), permissions_of([role.value]))

    return make


def add_year(session: Session, year: int) -> UUID:
    """A closed year in which everybody got what they got in the quarter."""
    values = {"tenant": int(session.info["tenant"]), "code": str(year)}
    period: UUID = session.execute(
        text(
            "INSERT INTO selaras.period (tenant_id, code, kind, starts, ends, state)"
            " VALUES (:tenant, :code, 'year', :starts, :ends, 'closed') RETURNING id"
        ),
        {**values, "starts": date(year, 1, 1), "ends": date(year, 12, 31)},
    ).scalar_one()
    values["period"] = period
    batch = session.execute(
        text(
            "INSERT INTO selaras.outcome_batch (tenant_id, period_id, rule_id, state, set_at, delivered_at)"
            " SELECT tenant_id, :period, rule_id, state, set_at, delivered_at FROM selaras.outcome_batch"
            " WHERE tenant_id = :tenant AND state = 'set' ORDER BY id LIMIT 1 RETURNING id"
        ),
        values,
    ).scalar_one()
    session.execute(
        text(
            "INSERT INTO selaras.outcome (tenant_id, period_id, person_id, segment, revision, batch_id, unit_id,"
            " appraiser_id, outcome, score, organisation_rating, group_key)"
            " SELECT o.tenant_id, :period, o.person_id, o.segment, 1, :batch, o.unit_id, o.appraiser_id, o.outcome,"
            " o.score, o.organisation_rating, o.group_key FROM selaras.outcome o"
            " JOIN selaras.period p ON p.tenant_id = o.tenant_id AND p.id = o.period_id AND p.code = '2026-TW3'"
            " WHERE o.tenant_id = :tenant AND o.revision = 1"
        ),
        {**values, "batch": batch},
    )
    return period
