"""The job that closes a period: goes from stage to stage, and starts again where it stopped."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.closing.models import Close, CloseStage
from selaras.closing.rules import Stage
from selaras.closing.stages import STAGES, Done, Run
from selaras.config import settings
from selaras.db.bulk import CHUNK, set_based
from selaras.errors import Conflict, DomainError, NotFound
from selaras.evaluation.facts import FIRST
from selaras.evaluation.models import OutcomeBatch, Period
from selaras.evaluation.queries import PeriodView, period_by_code
from selaras.files.store import LocalStore
from selaras.identity.actor import system
from selaras.jobs.context import JobContext
from selaras.regulation import Rules, load_registry
from selaras.tenancy.models import RuleText
from selaras.tenancy.queries import agency, rules_on


def run(context: JobContext) -> dict[str, Any]:
    """Take the close as far as it goes: to its end, or to where it waits for people.

    Every stage commits with its own rows and the mark that it is done, so a kill at any moment loses at most one
    uncommitted chunk, and running again repeats nothing.
    """
    close_id = UUID(context.args["close_id"])
    chunk = int(context.args.get("chunk", CHUNK))
    try:
        for stage in Stage:
            more = True
            while more:
                more, state = _step(context, close_id, stage, chunk)
                if state not in ("running", "set"):
                    return {"state": state, "stage": stage.value}
    except DomainError as problem:
        _wait(context, close_id, problem)
        return {"state": "blocked", "problem": problem.code}
    return {"state": "set"}


def _step(context: JobContext, close_id: UUID, stage: Stage, chunk: int) -> tuple[bool, str]:
    """One transaction: the next chunk of a stage, unless it is done → (more chunks to come, the close's state)."""
    began = time.perf_counter()
    with context.transaction() as session:
        close = _locked(session, close_id)
        marks = _marks(session, close_id, stage)
        if close.state != "running" or (marks and not marks[-1].more):
            done = Done(0)
        else:
            work = _run(session, context, close, chunk)
            close.stage = stage.value
            with set_based(session):
                done = STAGES[stage](work, (marks[-1].last_person_id if marks else None) or FIRST)
            if done.blocked:
                close.state = "blocked"
            else:
                _mark(session, close_id, stage, len(marks), done, time.perf_counter() - began)
        state = close.state
        progress = (sum(mark.rows for mark in marks) + done.rows, int(close.figures.get("rated", 0)))
    if stage is Stage.APPRAISE:
        # Also when the chunk had been done before: a kill may have come between its commit and this note.
        context.progress(*progress)
    return done.more, state


def _wait(context: JobContext, close_id: UUID, problem: DomainError) -> None:
    """A refusal in words: the close waits with it until somebody mends the cause and resumes, or withdraws."""
    with context.transaction() as session:
        close = _locked(session, close_id)
        close.state = "blocked"
        params = {name: str(value) for name, value in problem.params.items()}
        close.figures = {
            **close.figures,
            "problem": {"code": problem.code, "message": problem.message, "params": params},
        }


def _locked(session: Session, close_id: UUID) -> Close:
    close = session.scalar(select(Close).where(Close.id == close_id).with_for_update())
    if close is None:
        raise NotFound("close_gone", "There is no such close.")
    return close


def _marks(session: Session, close_id: UUID, stage: Stage) -> list[CloseStage]:
    query = select(CloseStage).where(CloseStage.close_id == close_id, CloseStage.stage == stage.value)
    return list(session.scalars(query.order_by(CloseStage.chunk)))


def _run(session: Session, context: JobContext, close: Close, chunk: int) -> Run:
    period = _period(session, close.period_id)
    rules = rules_on(session, agency(session, context.tenant_id), period.ends, load_registry())
    _refuse_other_rule(session, close, rules)
    return Run(session, close, period, rules, system(context.tenant_id), LocalStore(settings().files), chunk)


def _refuse_other_rule(session: Session, close: Close, rules: Rules) -> None:
    begun = session.scalar(
        select(RuleText.hash)
        .join(OutcomeBatch, OutcomeBatch.rule_id == RuleText.id)
        .where(OutcomeBatch.id == close.batch_id)
    )
    if begun != rules.hash:
        raise Conflict(
            "close_rule_changed",
            "The rule changed after this close was started (it began under {begun}). Withdraw it and start again.",
            begun=begun,
        )


def _period(session: Session, period_id: UUID) -> PeriodView:
    code = session.execute(select(Period.code).where(Period.id == period_id)).scalar_one()
    return period_by_code(session, code)


def _mark(session: Session, close_id: UUID, stage: Stage, chunk: int, done: Done, seconds: float) -> None:
    session.add(
        CloseStage(
            close_id=close_id,
            stage=stage.value,
            chunk=chunk,
            rows=done.rows,
            last_person_id=done.last,
            more=done.more,
            seconds=seconds,
            finished_at=now(),
        )
    )
