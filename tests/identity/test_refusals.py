"""Refused sign-ins are in the asked agency's ledger, by reason, without a name, and a flood of them is one entry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Tenant
from factories.site import site_settings
from flask import Flask, g
from sqlalchemy import text

from selaras.app import create_app
from selaras.db.session import Database
from selaras.edge.refusing import record_refusal
from selaras.errors import Unauthenticated
from selaras.identity.refusals import Reason, SignInRefused, action_of


@pytest.fixture
def app(urls: Any, redis_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = create_app(site_settings(urls, redis_url, tmp_path))
    yield made
    made.extensions["selaras"].database.close()


def entries(database: Database, tenant: Tenant) -> list[Any]:
    with database.tenant(tenant.tenant_id) as session:
        query = "SELECT actor, action, subject, payload FROM selaras.ledger_entry WHERE tenant_id = :t ORDER BY at"
        return list(session.execute(text(query), {"t": tenant.tenant_id}))


def refuse(app: Flask, tenant: Tenant, reason: Reason, address: str = "192.0.2.1") -> None:
    host = f"http://{tenant.slug}.localhost"
    with app.test_request_context("/sign-in", base_url=host, environ_base={"REMOTE_ADDR": address}):
        g.agency = app.extensions["selaras"].hosts.agency(f"{tenant.slug}.localhost")
        record_refusal(reason, "provider:1", {"algorithm": "none"})


def test_a_flood_is_one_entry_and_the_next_tells_how_many(
    app: Flask, database: Database, two_tenants: tuple[Tenant, Tenant]
) -> None:
    here, other = two_tenants
    for _ in range(5):
        refuse(app, here, Reason.ALGORITHM_REFUSED)
    (first,) = entries(database, here)
    assert (first.actor, first.action, first.subject) == ("system", "sign_in.refused", "provider:1")
    assert first.payload["reason"] == "algorithm_refused"
    assert "more" not in first.payload
    assert "192.0.2.1" not in str(first.payload)
    assert entries(database, other) == []
    refuse(app, here, Reason.ALGORITHM_REFUSED, "192.0.2.2")
    refuse(app, here, Reason.TOKEN_EXPIRED)
    assert len(entries(database, here)) == 3, "another address and another reason are entries of their own"
    redis = app.extensions["selaras"].redis
    for key in redis.scan_iter(f"selaras:{here.uuid}:refused:algorithm_refused:*"):
        if not key.endswith(b":more"):
            redis.delete(key)
    refuse(app, here, Reason.ALGORITHM_REFUSED)
    assert entries(database, here)[-1].payload["more"] == 4


def test_a_refusal_in_a_view_is_recorded_though_the_request_rolls_back(
    app: Flask, database: Database, tenant: Tenant
) -> None:
    refused = SignInRefused(Reason.ACCOUNT_INACTIVE, subject="account:1")
    with app.test_request_context("/sign-in", base_url=f"http://{tenant.slug}.localhost"):
        g.agency = app.extensions["selaras"].hosts.agency(f"{tenant.slug}.localhost")
        answer = app.make_response(app.handle_user_exception(refused))
    assert answer.status_code in (303, 401)
    assert [one.payload["reason"] for one in entries(database, tenant)] == ["account_inactive"]


def test_what_is_told_does_not_tell_accounts_apart() -> None:
    unknown, inactive = SignInRefused(Reason.ACCOUNT_UNKNOWN), SignInRefused(Reason.ACCOUNT_INACTIVE)
    assert (unknown.code, str(unknown), unknown.params) == (inactive.code, str(inactive), inactive.params)
    for reason in Reason:
        refused = SignInRefused(reason, subject="x", account="secret-account")
        assert isinstance(refused, Unauthenticated)
        assert "secret-account" not in str(refused)
        assert action_of(reason) in ("sign_in.refused", "token.refused", "right.refused")


def test_redis_away_leaves_the_refusal_a_refusal(urls: Any, tmp_path: Path, database: Database, tenant: Tenant) -> None:
    gone = create_app(site_settings(urls, f"unix://{tmp_path}/gone.sock", tmp_path))
    refuse(gone, tenant, Reason.TOKEN_EXPIRED)
    assert entries(database, tenant) == []
    gone.extensions["selaras"].database.close()
