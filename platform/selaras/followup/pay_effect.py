"""What the moves of a calibration meeting would mean in pay: seen by the performance manager, after the lock only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.calibration import queries
from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.followup.models import RemunerationTable
from selaras.followup.service import scheme_of
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission

_FACTS = """
    SELECT a.person_id, p.job_class::text, a.employment = 'cpns' AS candidate, (
        SELECT max(post.job_class)::text FROM selaras.appointment held
        JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = held.position_id
        WHERE held.tenant_id = %(tenant)s AND held.person_id = a.person_id AND held.kind IN ('plt', 'plh')
          AND held.during @> %(day)s::date
    )
    FROM selaras.appointment a
    JOIN selaras.position p ON p.tenant_id = %(tenant)s AND p.id = a.position_id
    WHERE a.tenant_id = %(tenant)s AND a.kind = 'definitive' AND a.during @> %(day)s::date
      AND a.person_id = ANY(%(people)s::uuid[])
"""
_SCHEMA: dict[str, type[pl.DataType]] = {
    "person_id": pl.String,
    "job_class": pl.String,
    "candidate": pl.String,
    "acting_class": pl.String,
}


@dataclass(frozen=True)
class PayEffect:
    """One person's full pay of a month by the outcome at the opening and by the meeting's; None: the scheme says none.

    Attendance and deductions are not known yet and not in it.
    """

    person_id: UUID
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """How much more (or less) it would be."""
        return None if self.before is None or self.after is None else self.after - self.before


def pay_effect(session: Session, actor: Actor, meeting_id: UUID, day: date) -> tuple[PayEffect, ...]:
    """Of everybody whom the meeting moved, in the order of the results; empty before the lock or where it is not shown.

    `day` says which scheme. `Refused` for whoever may not see remuneration of the whole agency.
    """
    actor.require_whole(Permission.SEE_REMUNERATION)
    meeting = queries.meeting(session, actor, meeting_id)
    table = session.scalar(select(RemunerationTable).where(RemunerationTable.during.contains(day)).limit(1))
    if not meeting.pay_shown or meeting.state not in ("locked", "closed") or table is None:
        return ()
    found = queries.results(session, meeting_id=meeting_id)
    before = _amounts(session, table, day, {one.person_id: one.from_outcome for one in found})
    after = _amounts(session, table, day, {one.person_id: one.to_outcome for one in found})
    return tuple(PayEffect(one.person_id, before.get(one.person_id), after.get(one.person_id)) for one in found)


def _amounts(session: Session, table: RemunerationTable, day: date, outcomes: dict[UUID, str]) -> dict[UUID, Decimal]:
    if not outcomes:
        return {}
    bases = {str(job_class): float(base) for job_class, base in table.bases.items()}
    codes, values = list(bases), list(bases.values())
    parameters = {"tenant": tenant_of(session), "day": day, "people": list(outcomes)}
    said = pl.DataFrame({"person_id": [str(one) for one in outcomes], "outcome": list(outcomes.values())})
    facts = read_frame(session, _FACTS, parameters, _SCHEMA).join(said, on="person_id", how="inner")
    priced = facts.with_columns(
        pl.col("job_class").replace_strict(codes, values, default=None, return_dtype=pl.Float64).alias("base"),
        pl.col("acting_class")
        .replace_strict(codes, values, default=None, return_dtype=pl.Float64)
        .alias("acting_base"),
        candidate=pl.col("candidate") == "t",
        attendance=pl.lit(None, dtype=pl.Float64),
    )
    paid = scheme_of(table).apply(priced).filter(pl.col("amount").is_not_null())
    return {UUID(person): Decimal(str(amount)) for person, amount in paid.select("person_id", "amount").iter_rows()}
