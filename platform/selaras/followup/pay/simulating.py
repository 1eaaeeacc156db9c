"""What a draft would have paid for a past period: for everybody at once, as figures and as who would change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.bulk import insert_frame, read_frame, set_based
from selaras.db.session import tenant_of
from selaras.errors import Conflict, DomainError, NotFound
from selaras.evaluation.models import Outcome, Period
from selaras.followup.pay.content import PayContent, read_content
from selaras.followup.pay.drafting import APPROVERS, law_on, locked
from selaras.followup.pay.figures import figures_of
from selaras.followup.pay.models import PaySimulation, PaySimulationLine
from selaras.followup.service import worked_out
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.jobs.context import JobContext
from selaras.jobs.service import enqueue
from selaras.regulation import Registry, load_registry
from selaras.regulation.kit import read_scheme

JOB = "pay_simulation"
SMALL = 5_000
"""Results up to which a simulation is made within the request that asks for it."""

# Everybody's newest set result of a period, the post of its last day, and what was worked out for it.
_FACTS = """
    SELECT o.person_id, o.unit_id, o.outcome, p.job_class::text, a.employment = 'cpns', acting.job_class,
           r.amount, t.effect
    FROM (
        SELECT DISTINCT ON (one.person_id) one.person_id, one.unit_id, one.outcome, one.segment, one.revision
        FROM selaras.outcome one
        JOIN selaras.outcome_batch b ON b.tenant_id = %(tenant)s AND b.id = one.batch_id AND b.state = 'set'
        WHERE one.tenant_id = %(tenant)s AND one.period_id = %(period)s
        ORDER BY one.person_id, one.segment DESC, one.revision DESC
    ) o
    LEFT JOIN selaras.appointment a
      ON a.tenant_id = %(tenant)s AND a.person_id = o.person_id AND a.kind = 'definitive' AND a.during @> %(day)s::date
    LEFT JOIN selaras.position p ON p.tenant_id = %(tenant)s AND p.id = a.position_id
    LEFT JOIN (
        SELECT held.person_id, max(post.job_class)::text AS job_class
        FROM selaras.appointment held
        JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = held.position_id
        WHERE held.tenant_id = %(tenant)s AND held.kind IN ('plt', 'plh') AND held.during @> %(day)s::date
        GROUP BY held.person_id
    ) acting ON acting.person_id = o.person_id
    LEFT JOIN selaras.remuneration r ON r.tenant_id = %(tenant)s AND r.period_id = %(period)s
      AND r.person_id = o.person_id AND r.segment = o.segment AND r.revision = o.revision
    LEFT JOIN selaras.remuneration_table t ON t.tenant_id = %(tenant)s AND t.id = r.table_id
    ORDER BY o.person_id
"""
_SCHEMA: dict[str, type[pl.DataType]] = {
    "person_id": pl.String,
    "unit_id": pl.String,
    "outcome": pl.String,
    "job_class": pl.String,
    "candidate": pl.String,
    "acting_class": pl.String,
    "before": pl.Float64,
    "before_effect": pl.String,
}


@dataclass(frozen=True)
class Simulated:
    """Everybody of a period with `before` and `after` (rupiah a month; null: nothing), and the figures of it."""

    people: pl.DataFrame
    figures: dict[str, Any]
    fingerprint: str


def order(session: Session, actor: Actor, registry: Registry, draft_id: UUID, period: str) -> UUID:
    """Simulate a draft on a past period at once, or order it where the period has many results; returns its id."""
    if not any(actor.holds_whole(one) for one in APPROVERS):
        actor.require_whole(Permission.CHOOSE_RULES)
    draft = locked(session, draft_id)
    if draft.state not in ("draft", "submitted"):
        raise Conflict("remuneration.draft_state", "This draft is not being written any more. Reload the page.")
    found = _period(session, period)
    simulation = PaySimulation(
        draft_id=draft.id, edition=draft.edition, period_id=found.id, account_id=actor.account_id, at=now()
    )
    session.add(simulation)
    session.flush()
    payload = {"period": found.code, "edition": draft.edition}
    record(session, actor, "remuneration.simulate", f"remuneration_draft:{draft.id}", payload)
    results = session.scalar(select(func.count()).select_from(Outcome).where(Outcome.period_id == found.id)) or 0
    if results <= SMALL:
        carry_out(session, registry, simulation.id)
    else:
        simulation.job_id = enqueue(session, actor, JOB, {"simulation_id": str(simulation.id)})
    return simulation.id


def carry_out(session: Session, registry: Registry, simulation_id: UUID) -> None:
    """Work a simulation out and keep it; done again, nothing is."""
    simulation = session.get(PaySimulation, (tenant_of(session), simulation_id))
    if simulation is None:
        raise NotFound("remuneration.simulation_unknown", "There is no such simulation here.")
    draft = locked(session, simulation.draft_id)
    if simulation.state == "done":
        return
    if draft.edition != simulation.edition:
        simulation.state, simulation.problem = "failed", "remuneration.draft_changed"
        return
    period = session.get(Period, (tenant_of(session), simulation.period_id))
    assert period is not None
    try:
        made = simulate(
            session, registry, draft.kind, read_content(draft.content), draft.starts, period.id, period.ends
        )
    except DomainError as error:
        simulation.state, simulation.problem = "failed", error.code
        return
    _keep_lines(session, simulation, made.people)
    simulation.state, simulation.figures, simulation.fingerprint = "done", made.figures, made.fingerprint


def simulate(  # a table, the period that it is put to, and where both live
    session: Session, registry: Registry, kind: str, content: PayContent, starts: date, period_id: UUID, ends: date
) -> Simulated:
    """What a table would pay for a period's results, by the steps that a close takes; three statements, any size."""
    kept = content.revision([one.code for one in law_on(session, registry, starts).outcomes])
    scheme = read_scheme(
        kind, kept["shape"], kept["percents"], kept["source"], kept["certainty"], kept["options"], kept["rows"]
    )
    values = {"tenant": tenant_of(session), "period": period_id, "day": ends}
    with set_based(session):
        facts = read_frame(session, _FACTS, values, _SCHEMA)
    paid = worked_out(scheme, kept["bases"], facts).rename({"amount": "after"})
    people = paid.select(
        "person_id",
        "unit_id",
        "outcome",
        "job_class",
        "before",
        "before_effect",
        "after",
        difference=pl.col("after").fill_null(0) - pl.col("before").fill_null(0),
    )
    amounts = people.select(pl.concat_str("person_id", pl.col("after").cast(pl.Int64).cast(pl.String).fill_null("-")))
    digest = hashlib.sha256("\n".join(amounts.to_series()).encode()).hexdigest()
    return Simulated(people, figures_of(people, content.effect, ends, _names(session)), digest)


def run(context: JobContext) -> dict[str, Any]:
    """The job: work it out in one transaction."""
    with context.transaction() as session:
        carry_out(session, load_registry(), UUID(context.args["simulation_id"]))
    return {"simulation_id": context.args["simulation_id"]}


def _period(session: Session, code: str) -> Period:
    found = session.scalar(select(Period).where(Period.code == code, Period.state == "closed"))
    if found is None:
        raise NotFound(
            "remuneration.simulation_period",
            "There is no closed period {period}; a table is simulated on results that are set.",
            period=code[:20],
        )
    return found


def _names(session: Session) -> dict[str, str]:
    rows = session.execute(text("SELECT id::text, name FROM selaras.unit WHERE tenant_id = :tenant"),
                           {"tenant": tenant_of(session)})  # fmt: skip
    return {row[0]: row[1] for row in rows}


def _keep_lines(session: Session, simulation: PaySimulation, people: pl.DataFrame) -> None:
    """Only the newest simulation of a draft keeps who would change."""
    older = select(PaySimulation.id).where(PaySimulation.draft_id == simulation.draft_id)
    session.execute(
        delete(PaySimulationLine)
        .where(PaySimulationLine.tenant_id == simulation.tenant_id, PaySimulationLine.simulation_id.in_(older))
        .execution_options(synchronize_session=False)
    )
    lines = people.filter(pl.col("difference") != 0).select(
        pl.lit(str(simulation.tenant_id)).alias("tenant_id"),
        pl.lit(str(simulation.id)).alias("simulation_id"),
        "person_id",
        "unit_id",
        *(pl.col(name).cast(pl.Int64).alias(name) for name in ("before", "after", "difference")),
    )
    insert_frame(session, "pay_simulation_line", lines)
