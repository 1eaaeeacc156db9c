"""Tests here go through HTTP against the console, as its own database role."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from factories.browsing import browser, serve
from factories.operators import make_operator
from factories.providers import nanoidp
from factories.site import ENCRYPTION_KEY, Visitor
from flask import Flask
from sqlalchemy import event, text

from selaras.clock import fixed
from selaras.config import Settings
from selaras.db.session import Database
from selaras.edge.context import Process
from selaras.identity.support.asking import Asker
from selaras.regulation import load_registry
from selaras.tenancy.regions import regions
from selaras_admin.app import create_console, process_of
from selaras_admin.operators import REALM

__all__ = ["browser", "nanoidp", "serve"]

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
HOST = "console.localhost"
_numbers = itertools.count(1)


class Operator(Visitor):
    """Somebody with a browser at the console; `who` is the operator they are signed in as."""

    who: Asker

    def sign_in(self, who: Asker) -> Operator:
        """As if the operators' provider had just said who this is; the real flow has tests of its own."""
        self.who = who
        self.sign_in_as(REALM, who.id)
        return self


@dataclass(frozen=True)
class Planted:
    """An agency that was made for a test."""

    tenant_id: int
    uuid: UUID
    slug: str
    name: str
    values: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with fixed(NOW):
        yield


@pytest.fixture(scope="session")
def console_settings(urls: Any, redis_url: str) -> Settings:
    """What the console's process is given: no other role's database."""
    return Settings(
        console_database_url=urls.console,
        redis_url=redis_url,
        secret_key="k" * 40,
        encryption_keys=ENCRYPTION_KEY,
    )


@pytest.fixture(scope="session")
def app(console_settings: Settings) -> Iterator[Flask]:
    made = create_console(console_settings)
    yield made
    process_of(made).database.close()


@pytest.fixture
def process(app: Flask) -> Process:
    return process_of(app)


@pytest.fixture
def stranger(app: Flask) -> Operator:
    return Operator(app, HOST)


@pytest.fixture(scope="session")
def everything(console_database: Database) -> Asker:
    """An operator who holds every role."""
    return make_operator(console_database, name="Operator Utama")


@pytest.fixture
def operator(stranger: Operator, everything: Asker) -> Operator:
    return stranger.sign_in(everything)


@pytest.fixture
def sign_in(app: Flask, console_database: Database) -> Callable[..., Operator]:
    """A new operator with some roles (none given: all), signed in."""
    return lambda *roles, **more: Operator(app, HOST).sign_in(make_operator(console_database, *roles, **more))


@pytest.fixture
def statements(process: Process) -> Iterator[list[str]]:
    """Every statement that the console sends to the database during the test."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(process.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(process.database.engine, "before_cursor_execute", note)


@pytest.fixture
def plant(console_database: Database) -> Iterator[Callable[..., Planted]]:
    """Make an agency; what was made is taken away after the test, so that lists hold what a test put there."""
    made: list[Planted] = []

    def create(name: str = "", *, region: str | None = None, **values: Any) -> Planted:
        number = next(_numbers)
        one = _agency(console_database, f"konsol-{number}", name or f"Instansi {number:03d}", region, values)
        made.append(one)
        return one

    yield create
    ids = [one.tenant_id for one in made]
    with console_database.platform() as session:
        session.execute(text("UPDATE selaras.agency SET status = 'ended' WHERE tenant_id = ANY (:ids)"), {"ids": ids})


def _agency(console_database: Database, slug: str, name: str, region: str | None, values: dict[str, Any]) -> Planted:
    row = {"kind": "agency", "zone": "Asia/Jakarta", "status": "active", **values}
    with console_database.platform() as session:
        if region:
            _region(session, region)
        made = session.execute(
            text(
                "INSERT INTO selaras.agency (slug, name, short_name, kind, region_code, time_zone, status)"
                " VALUES (:slug, :name, :slug, :kind, :region, :zone, :status) RETURNING tenant_id, uuid"
            ),
            {"slug": slug, "name": name, "region": region, **row},
        ).one()
        session.execute(
            text("INSERT INTO selaras.agency_host (host, tenant_id) VALUES (:host, :tenant)"),
            {"host": f"{slug}.localhost", "tenant": made.tenant_id},
        )
        session.execute(
            text(
                "INSERT INTO selaras.regulation_assignment (tenant_id, regulation, during, reason_text) VALUES"
                " (:tenant, 'pp46_2011', '[2014-01-01,2021-07-01)', 'PP 46/2011'),"
                " (:tenant, 'permenpan_6_2022', '[2022-01-01,)', 'mulai 2022')"
            ),
            {"tenant": made.tenant_id},
        )
    return Planted(made.tenant_id, made.uuid, slug, name, values)


def _region(session: Any, code: str) -> None:
    for one in (regions()[code[:2]], regions()[code]):
        session.execute(
            text(
                "INSERT INTO selaras.region (code, name, kind, parent_code) VALUES"
                " (:code, :name, :kind, :parent) ON CONFLICT DO NOTHING"
            ),
            {"code": one.code, "name": one.name, "kind": one.kind, "parent": one.parent_code},
        )


@pytest.fixture
def close_period(database: Database) -> Callable[..., None]:
    """Write the summaries of a close, as the agency's own process does."""

    def write(one: Planted, code: str = "2026-TW3", outcomes: dict[str, int] | None = None, **figures: Any) -> None:
        counts = outcomes or {"sangat_baik": 40, "baik": 240, "butuh_perbaikan": 15, "kurang": 5, "sangat_kurang": 0}
        total = sum(counts.values())
        values = {
            "tenant": one.tenant_id,
            "code": code,
            "regulation": "permenpan_6_2022",
            "people": total,
            "evaluated": total,
            "units": 14,
            "breaches": 1,
            "overrides": 1,
            "base": 1_200_000_000,
            "amount": 1_150_000_000,
            "seconds": 2.5,
            "at": datetime(2026, 10, 7, 4, 0, tzinfo=UTC),
            **figures,
        }
        with database.tenant(one.tenant_id) as session:
            session.execute(
                text(
                    "INSERT INTO selaras.close_summary (tenant_id, period_code, regulation, people, evaluated, units,"
                    " breaches, overrides, pay_base, pay_amount, seconds, set_at) VALUES (:tenant, :code, :regulation,"
                    " :people, :evaluated, :units, :breaches, :overrides, :base, :amount, :seconds, :at)"
                ),
                values,
            )
            for outcome, people in counts.items():
                session.execute(
                    text(
                        "INSERT INTO selaras.outcome_summary (tenant_id, period_code, employment, outcome, people)"
                        " VALUES (:tenant, :code, 'pns', :outcome, :people)"
                    ),
                    {"tenant": one.tenant_id, "code": code, "outcome": outcome, "people": people},
                )

    return write


@pytest.fixture
def rule_text(database: Database) -> None:
    """The words of the rule in force, as the first close keeps them."""
    rules = load_registry().rules("permenpan_6_2022", on=date(2026, 9, 30))
    with database.platform() as session:
        session.execute(
            text(
                "INSERT INTO selaras.rule_text (hash, regulation, edition, description) VALUES"
                " (:hash, 'permenpan_6_2022', 'e1', CAST(:description AS jsonb)) ON CONFLICT DO NOTHING"
            ),
            {"hash": "console-test", "description": json.dumps(rules.describe(), default=str)},
        )
