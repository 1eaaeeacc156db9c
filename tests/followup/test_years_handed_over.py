"""Whole years that another agency set count for an accelerated promotion, where this agency has none of its own."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from factories.staff import create_staff
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.followup.proposing_facts import YEARS, YEARS_SCHEMA

DAY = date(2026, 12, 31)
_RESULT = text(
    "INSERT INTO selaras.handed_over_result (tenant_id, handover_id, person_id, period_code, segment, starts, ends,"
    " regulation, title, outcome, label, source_agency, source_document)"
    " VALUES (:tenant, :handover, :person, :code, :segment, :starts, :ends, 'permenpan_6_2022', '{}', :outcome, '{}',"
    " 'PUPR', 'SK 1')"
)


def hand_over(session: Session, n: int, code: str, outcome: str, segment: int = 1, ends: str = "12-31") -> None:
    values = {"tenant": tenant_of(session), "person": person(session, n), "code": code, "outcome": outcome}
    handover = session.execute(
        text("INSERT INTO selaras.handover (tenant_id, results) VALUES (:tenant, 1) RETURNING id"), values
    ).scalar_one()
    days = {"starts": f"{code[:4]}-01-01", "ends": f"{code[:4]}-{ends}", "segment": segment, "handover": handover}
    session.execute(_RESULT, {**values, **days})


def person(session: Session, n: int) -> UUID:
    found = text("SELECT id FROM selaras.person WHERE tenant_id = :tenant AND source_id = :source")
    made: UUID = session.execute(found, {"tenant": tenant_of(session), "source": f"person-{n}"}).scalar_one()
    return made


def years(session: Session, n: int) -> list[tuple[int, str]]:
    frame = read_frame(session, YEARS, {"tenant": tenant_of(session), "day": DAY}, YEARS_SCHEMA)
    mine = frame.filter(frame["person"] == str(person(session, n))).sort("year_back")
    return [(back, outcome) for _, back, outcome in mine.iter_rows()]


def test_a_year_handed_over_counts_and_one_of_ours_goes_before_it(session: Session) -> None:
    create_staff(session, 8)
    hand_over(session, 2, "2025", "sangat_baik")
    hand_over(session, 2, "2024", "baik")
    hand_over(session, 2, "2016", "sangat_baik")
    hand_over(session, 2, "2023-S1", "kurang", ends="06-30")
    assert years(session, 2) == [(2, "sangat_baik"), (3, "baik")]
    own(session, 2, 2025, "kurang")
    assert years(session, 2) == [(2, "kurang"), (3, "baik")]


def test_of_a_year_in_parts_only_the_whole_counts(session: Session) -> None:
    create_staff(session, 8)
    for segment, outcome in ((1, "kurang"), (2, "baik")):
        hand_over(session, 3, "2025", outcome, segment)
    assert years(session, 3) == []
    hand_over(session, 3, "2025", "sangat_baik", 0)
    assert years(session, 3) == [(2, "sangat_baik")]


def own(session: Session, n: int, year: int, outcome: str) -> None:
    """A year that this agency closed."""
    values = {"tenant": tenant_of(session), "person": person(session, n), "year": str(year), "outcome": outcome}
    values |= {"starts": f"{year}-01-01", "ends": f"{year}-12-31"}
    session.execute(
        text(
            "WITH rule AS (INSERT INTO selaras.rule_text (hash, regulation, edition, description)"
            " VALUES (repeat('f', 64), 'permenpan_6_2022', '2023', '{}') RETURNING id),"
            " held AS (INSERT INTO selaras.period (tenant_id, code, kind, starts, ends)"
            " VALUES (:tenant, :year, 'year', :starts, :ends) RETURNING id),"
            " batch AS (INSERT INTO selaras.outcome_batch (tenant_id, period_id, rule_id, state)"
            " SELECT :tenant, held.id, rule.id, 'set' FROM held, rule RETURNING id, period_id)"
            " INSERT INTO selaras.outcome"
            " (tenant_id, person_id, period_id, segment, revision, batch_id, unit_id, outcome)"
            " SELECT :tenant, :person, period_id, 1, 1, id, uuidv7(), :outcome FROM batch"
        ),
        values,
    )
