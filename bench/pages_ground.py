"""An agency in the middle of a year, for walking its pages: a closed quarter, an open one, plans at every stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from bench.carry import DAY, PERIOD, carry
from bench.ground import Ground, settle, staffed_agency
from selaras.agenda.counting import count
from selaras.clock import today
from selaras.db.session import Database
from selaras.evaluation.queries import period_by_code
from selaras.evaluation.service import accept, open_period
from selaras.followup.proposing import propose
from selaras.identity import clients
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import PERMISSIONS, Role, ScopeKind, scopes_of
from selaras.identity.service import ensure_account, grant_role
from selaras.organisation.accounts import account_of, give_accounts
from selaras.planning.drafting import save_draft, submit
from selaras.planning.drafts import ExpectationDraft, ItemDraft, MeasureDraft, PlanDraft
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

SLUG, PEOPLE, OPEN = "bench-pages", 60, "2026-TW4"
WALKERS = ("employee", "appraiser", "manager", "administrator")


@dataclass(frozen=True)
class Walker:
    """Somebody who goes through the pages."""

    name: str
    account_id: UUID


@dataclass(frozen=True)
class Stage:
    """The agency, those who walk through it, and what fills an address that no link led to."""

    uuid: UUID
    walkers: tuple[Walker, ...]
    values: dict[str, object]

    @property
    def host(self) -> str:
        """Where the agency answers."""
        return f"{SLUG}.localhost"


def staged(place: Ground) -> Stage:
    """Everything that pages show most of."""
    tenant = staffed_agency(place, SLUG, PEOPLE)
    carry(place.app, tenant)
    database = Database(place.app)
    with database.tenant(tenant) as session:
        give_accounts(session, date(2026, 10, 1))
        offices = {role: _office(session, role) for role in Role}
    with database.tenant(tenant) as session:
        _lived(session, tenant)
    settle(place)
    with database.tenant(tenant) as session:
        people = {n: _person(session, tenant, n) for n in (1, 4)}
        found = _accounts(session, people, offices)
        values = {
            "person_id": people[4],
            "period": PERIOD,
            "year": DAY.year,
            "unit_id": _unit(session, tenant),
            "account_id": found["employee"],
        }
        whose = agency(session, tenant).uuid
    database.close()
    return Stage(whose, tuple(Walker(name, found[name]) for name in WALKERS), values)


def _accounts(session: Session, people: dict[int, UUID], offices: dict[Role, UUID]) -> dict[str, UUID]:
    employee, head = (account_of(session, people[n], date(2026, 10, 1)) for n in (4, 1))
    assert employee is not None
    assert head is not None
    manager, administrator = offices[Role.PERFORMANCE_MANAGER], offices[Role.AGENCY_ADMIN]
    return {"employee": employee, "appraiser": head, "manager": manager, "administrator": administrator}


def _office(session: Session, role: Role) -> UUID:
    account = ensure_account(session, f"{role.value}@{SLUG}", f"Akun {role.value}")
    if ScopeKind.AGENCY in scopes_of(role):
        grant_role(session, account, role, Range(date(2015, 1, 1), None))
    return account


def _lived(session: Session, tenant: int) -> None:
    """What people and offices have done by now."""
    here, whose, registry = system(tenant), agency(session, tenant), load_registry()
    day = today(whose.time_zone)
    rules = rules_on(session, whose, date(DAY.year, 12, 31), registry)
    open_period(session, here, OPEN, rules)
    session.execute(
        text(
            "INSERT INTO selaras.goal (tenant_id, code, unit_id, year, title, indicator)"
            " SELECT :t, 'S-' || row_number() OVER (ORDER BY id), id, :year, 'Meningkatnya mutu layanan', 'Indeks'"
            " FROM selaras.unit WHERE tenant_id = :t"
        ),
        {"t": tenant, "year": DAY.year},
    )
    head = _actor(session, tenant, 1, Role.APPRAISER)
    served = _planned(session, head, DAY.year, rules, None)
    for n in range(2, 12):
        own = _actor(session, tenant, n, Role.EMPLOYEE)
        _planned(session, own, DAY.year, rules, served)
        if n > 4 and own.person_id:
            submit(session, own, own.person_id, DAY.year, rules)
    accept(session, _actor(session, tenant, 6, Role.EMPLOYEE), PERIOD)
    propose(session, here, PERIOD, registry)
    clients.create(session, here, "Simpeg", "token", ["people:read"], days=9)
    for code in (PERIOD, OPEN):
        count(session, period_by_code(session, code), day)


def _planned(session: Session, who: Actor, year: int, rules: Any, served: UUID | None) -> UUID:
    assert who.person_id is not None
    measures = (
        MeasureDraft(aspect="quantity", indicator="Jumlah layanan selesai", target=Decimal(10), measure="layanan"),
    )
    items = tuple(
        ItemDraft(
            code=f"RHK-{n}",
            title=f"Meningkatnya kepuasan pengguna layanan bidang {n}",
            section="utama",
            measures=measures,
            parent_item_id=served,
        )
        for n in range(1, 5)
    )
    draft = PlanDraft("kuantitatif", None, items, (), (ExpectationDraft("loyal", "Menjaga rahasia jabatan"),))
    plan_id = save_draft(session, who, who.person_id, year, draft, rules)
    query = "SELECT id FROM selaras.plan_item WHERE tenant_id = :t AND plan_id = :p ORDER BY code LIMIT 1"
    found: UUID = session.execute(text(query), {"t": who.tenant_id, "p": plan_id}).scalar_one()
    return found


def _actor(session: Session, tenant: int, n: int, role: Role) -> Actor:
    person = _person(session, tenant, n)
    account = account_of(session, person, date(2026, 10, 1))
    return Actor(tenant, account, f"Orang {n}", frozenset({role}), PERMISSIONS[role], person)


def _person(session: Session, tenant: int, n: int) -> UUID:
    query = "SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = :s"
    found: UUID = session.execute(text(query), {"t": tenant, "s": f"person-{n}"}).scalar_one()
    return found


def _unit(session: Session, tenant: int) -> UUID:
    query = "SELECT id FROM selaras.unit WHERE tenant_id = :t AND source_id = 'unit-1'"
    found: UUID = session.execute(text(query), {"t": tenant}).scalar_one()
    return found
