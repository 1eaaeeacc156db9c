"""Remuneration: the agency's dated tables, and what a batch of outcomes comes to in rupiah."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.followup.models import RemunerationTable
from selaras.tenancy.packs import Pack

# One statement for any number of people: the table is worked out once (outcome → percent, job class → base, whole
# rupiah, half away from zero), and every outcome looks its line up. In the order of the key, so that its index grows
# at the end only and stays an eighth smaller.
_APPLY = text(
    """
    WITH line AS MATERIALIZED (
        SELECT t.id AS table_id, percent.key AS outcome, base.key AS job_class,
               percent.value::numeric AS percent, base.value::numeric AS base,
               round(base.value::numeric * percent.value::numeric / 100) AS amount
        FROM selaras.remuneration_table t, jsonb_each_text(t.percents) percent, jsonb_each_text(t.bases) base
        WHERE t.tenant_id = :tenant AND t.id = :table
    )
    INSERT INTO selaras.remuneration
        (tenant_id, period_id, person_id, segment, revision, table_id, percent, base, amount)
    SELECT o.tenant_id, o.period_id, o.person_id, o.segment, o.revision, line.table_id, line.percent, line.base,
           line.amount
    FROM selaras.outcome o
    JOIN selaras.appointment a
      ON a.tenant_id = :tenant AND a.person_id = o.person_id AND a.kind = 'definitive' AND a.during @> :day
    JOIN selaras.position p ON p.tenant_id = :tenant AND p.id = a.position_id
    JOIN line ON line.outcome = o.outcome AND line.job_class = p.job_class::text
    WHERE o.tenant_id = :tenant AND o.period_id = :period AND o.batch_id = :batch
      AND line.percent IS NOT NULL AND line.base IS NOT NULL
    ORDER BY o.person_id, o.segment
    """
)


def seed(session: Session, pack: Pack, start: date) -> None:
    """Take the pack's remuneration table over as the agency's own from `start`; afterwards the database rules."""
    table = pack.remuneration
    if table is None or session.scalar(select(RemunerationTable.id).limit(1)) is not None:
        return
    session.add(
        RemunerationTable(
            name=table.name,
            kind=table.kind,
            percents={code: str(percent) for code, percent in table.percents.items()},
            bases={str(job_class): base for job_class, base in table.bases.items()},
            effect=table.effect,
            source=table.source,
            certainty=table.certainty.value,
            during=Range(start, None),
        )
    )


def apply_table(session: Session, period_id: UUID, batch_id: UUID, day: date) -> int:
    """Work out the remuneration of every outcome of a batch by the table in force on `day`; returns the people paid.

    People whose outcome or job class the table does not name get no row; without a table nobody does.
    """
    table = session.scalar(select(RemunerationTable.id).where(RemunerationTable.during.contains(day)).limit(1))
    if table is None:
        return 0
    parameters = {"tenant": tenant_of(session), "period": period_id, "batch": batch_id, "day": day, "table": table}
    return session.execute(_APPLY, parameters).rowcount  # type: ignore[attr-defined,no-any-return]  # a cursor result
