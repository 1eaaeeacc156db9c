"""Schemes of remuneration on real rows: every shape comes to what the kit says by itself, and explains it."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import pytest
from factories.staff import create_staff
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from selaras.errors import Invalid, NotFound
from selaras.followup import service
from selaras.followup.models import Remuneration, RemunerationTable
from selaras.followup.queries import remuneration
from selaras.identity.actor import system

DAY = date(2026, 9, 30)
PERCENTS = {"sangat_baik": "100", "baik": "100", "butuh_perbaikan": "82.5", "kurang": "66.6", "sangat_kurang": "0"}
BASES = {"12": 9500001, "8": 3700003, "6": 2500007}
COMPONENTS = {"load": "33.3", "achievement": "46.7", "place": "20"}

_OUTCOMES = """
    INSERT INTO selaras.outcome (tenant_id, period_id, person_id, segment, revision, batch_id, unit_id, outcome)
    SELECT a.tenant_id, :period, a.person_id, 1, 1, :batch, a.unit_id,
           (ARRAY['sangat_baik', 'baik', 'butuh_perbaikan', 'kurang', 'sangat_kurang'])
               [1 + (substr(p.source_id, 8)::int - 1) % 5]
    FROM selaras.appointment a JOIN selaras.person p ON p.tenant_id = a.tenant_id AND p.id = a.person_id
    WHERE a.tenant_id = :tenant AND a.kind = 'definitive'
"""
_CANDIDATES = """
    UPDATE selaras.appointment SET employment = 'cpns' WHERE tenant_id = :tenant AND person_id IN (
        SELECT id FROM selaras.person WHERE tenant_id = :tenant AND substr(source_id, 8)::int % 7 = 0)
"""
_ACTING = """
    INSERT INTO selaras.appointment (tenant_id, person_id, unit_id, position_id, employment, rank, kind, during)
    SELECT :tenant, p.id, post.unit_id, post.id, 'pns', 'III/b', 'plt', '[2026-01-01,)'
    FROM selaras.person p, LATERAL (
        SELECT id, unit_id FROM selaras.position WHERE tenant_id = :tenant AND job_class = 12 ORDER BY id LIMIT 1
    ) post
    WHERE p.tenant_id = :tenant AND substr(p.source_id, 8)::int % 11 = 0
"""


def prepare(session: Session, **scheme: Any) -> dict[str, Any]:
    """Sixty people with outcomes, some of them candidates and some acting, and a scheme in force."""
    create_staff(session, 60)
    values: dict[str, Any] = {"tenant": int(session.info["tenant"])}
    session.execute(text("DELETE FROM selaras.remuneration_table WHERE tenant_id = :tenant"), values)
    values["period"] = session.execute(
        text("SELECT id FROM selaras.period WHERE tenant_id = :tenant"), values
    ).scalar_one()
    values["batch"] = session.execute(text("SELECT uuidv7()")).scalar_one()
    for statement in (_OUTCOMES, _CANDIDATES, _ACTING):
        session.execute(text(statement), values)
    given = {"kind": "tpp", "shape": "quarter_to_next_quarter", "options": {}, "effect": "next_quarter", **scheme}
    common = {"name": "Uji", "percents": PERCENTS, "bases": BASES, "source": "Peraturan uji", "certainty": "sample"}
    table = RemunerationTable(**common, **given, during=Range(date(2020, 1, 1), None))
    session.add(table)
    session.flush()
    return values | {"table": table}


def paid(session: Session, values: dict[str, Any]) -> dict[int, Remuneration]:
    """Number of the person → what was written."""
    service.apply_table(session, values["period"], values["batch"], DAY)
    query = text("SELECT id, substr(source_id, 8)::int FROM selaras.person WHERE tenant_id = :tenant")
    numbers = {person: number for person, number in session.execute(query, values)}
    return {numbers[one.person_id]: one for one in session.scalars(select(Remuneration))}


def job_class(number: int) -> str:
    n = number - 1
    return "12" if n % 20 == 0 else ("8" if n % 2 == 0 else "6")


def outcome(number: int) -> str:
    return list(PERCENTS)[(number - 1) % 5]


def whole(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("shape", "effect"),
    [
        ("quarter_to_next_quarter", "next_quarter"),
        ("year_to_next_year", "next_year"),
        ("monthly_deduction", "next_month"),
    ],
)
def test_one_statement_pays_what_the_kit_says(database, tenant, shape: str, effect: str) -> None:
    with database.tenant(tenant.tenant_id) as session:
        values = prepare(session, shape=shape, effect=effect, options={"candidate_percent": "80"})
        found = paid(session, values)
        assert len(found) == 60
        scheme = service.scheme_of(values["table"])
        assert scheme.is_plain
        for number, one in found.items():
            percent = Decimal(PERCENTS[outcome(number)])
            percent = 100 - percent if shape == "monthly_deduction" else percent
            base = Decimal(BASES[job_class(number)]) * (Decimal("0.8") if number % 7 == 0 else 1)
            assert (one.percent, one.amount) == (percent, whole(base * percent / 100))
            facts = {"outcome": outcome(number), "base": BASES[job_class(number)], "candidate": number % 7 == 0}
            assert scheme.explain(facts)[-1].value == float(one.amount)


def test_weights_and_components_are_rounded_one_by_one(database, tenant) -> None:
    options = {
        "performance_weight": 60,
        "candidate_percent": 80,
        "acting": "own_and_share",
        "acting_percent": 20,
        "components": COMPONENTS,
    }
    with database.tenant(tenant.tenant_id) as session:
        values = prepare(session, shape="components", effect="next_month", options=options)
        found = paid(session, values)
        assert len(found) == 60
        for number, one in found.items():
            base = Decimal(BASES[job_class(number)]) * (Decimal("0.8") if number % 7 == 0 else 1)
            base += Decimal(BASES["12"]) * Decimal("0.2") if number % 11 == 0 else 0
            percent = Decimal(PERCENTS[outcome(number)]) * Decimal("0.6") + 40
            parts = [whole(base * Decimal(share) / 100 * percent / 100) for share in COMPONENTS.values()]
            assert one.amount == sum(parts), number
            assert (one.facts is None) == (number % 7 != 0 and number % 11 != 0)


def test_an_amount_opens_into_its_steps(database, tenant) -> None:
    with database.tenant(tenant.tenant_id) as session:
        options = {"performance_weight": 60, "candidate_percent": 80, "components": COMPONENTS}
        options["sources"] = {"candidate_base": ["Pasal 9", "regulation"]}
        values = prepare(session, shape="components", effect="next_month", options=options)
        people = {number: one.person_id for number, one in paid(session, values).items()}
        view = remuneration(session, people[7], values["period"], DAY)
        assert view is not None
        steps = {line.step: line for line in view.lines}
        assert (view.kind, view.shape, view.version, view.pays_from) == ("tpp", "components", 1, date(2026, 10, 1))
        assert steps["own_base"].value == BASES[job_class(7)]
        assert steps["candidate_base"].value == pytest.approx(BASES[job_class(7)] * 0.8)
        assert (steps["candidate_base"].source, steps["candidate_base"].certainty) == ("Pasal 9", "regulation")
        assert steps["amount"].value == float(view.amount)
        assert steps["amount"].source == "Peraturan uji"
        # Nobody has told how this person attended: the line says so, and says that it is before any deduction.
        assert "kehadiran" in steps["no_attendance"].label["id"]
        other = remuneration(session, people[1], values["period"], DAY)
        assert other is not None
        assert "candidate_base" not in {line.step for line in other.lines}


def test_a_changed_scheme_is_a_new_version(database, tenant) -> None:
    actor = system(tenant.tenant_id)
    with database.tenant(tenant.tenant_id) as session:
        values = prepare(session)
        before = paid(session, values)[4]
        start = date(2027, 1, 1)
        new = service.revise(session, actor, values["table"].id, start, {"percents": {"baik": "90"}})
        assert isinstance(new, UUID)
        versions = session.scalars(select(RemunerationTable).order_by(RemunerationTable.version)).all()
        assert [(one.version, one.during.lower, one.during.upper) for one in versions] == [
            (1, date(2020, 1, 1), start),
            (2, start, None),
        ]
        view = remuneration(session, before.person_id, values["period"], DAY)
        assert view is not None
        assert (view.version, view.lines[-1].value) == (1, float(before.amount))
        for day in (date(2020, 1, 1), date(2019, 1, 1)):
            with pytest.raises(Invalid, match="begins within the time"):
                service.revise(session, actor, new, day, {})
        with pytest.raises(Invalid, match="is for tukin, not for tpp"):
            service.revise(session, actor, new, date(2028, 1, 1), {"shape": "weighted"})
        with pytest.raises(Invalid, match="no part colour"):
            service.revise(session, actor, new, date(2028, 1, 1), {"colour": "blue"})
        with pytest.raises(NotFound):
            service.revise(session, actor, values["batch"], start, {})


@pytest.mark.parametrize(("kind", "shape"), [("tukin", "components"), ("tpp", "weighted"), ("tpp", "score_engine")])
def test_the_database_keeps_the_kinds_apart(database, tenant, kind: str, shape: str) -> None:
    with database.tenant(tenant.tenant_id) as session, pytest.raises(IntegrityError):
        prepare(session, kind=kind, shape=shape)
