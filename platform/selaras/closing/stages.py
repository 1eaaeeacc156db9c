"""What each stage of a close does: one function a stage, set-based, within one transaction (a chunk at a time)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import polars as pl
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.closing.document import write_determination
from selaras.closing.models import Close
from selaras.closing.rules import Stage
from selaras.closing.service import readiness
from selaras.closing.summary import write_summary
from selaras.db.bulk import CHUNK, insert_frame
from selaras.db.session import tenant_of
from selaras.errors import Conflict
from selaras.evaluation.appraising import Batch, appraise_chunk
from selaras.evaluation.combining import Ruled, appraise_segmented
from selaras.evaluation.distribution import check_batch, checks
from selaras.evaluation.facts import LAST, Facts
from selaras.evaluation.groups import grouping_on, ranking_groups
from selaras.evaluation.models import OutcomeBatch, Period, RankingGroup
from selaras.evaluation.queries import PeriodView
from selaras.exchange.national.outbox import write as write_outbox
from selaras.files.store import FileStore
from selaras.followup.service import apply_table
from selaras.identity.actor import Actor
from selaras.regulation import Rules, load_registry
from selaras.tenancy.queries import agency, rules_within
from selaras.tenancy.rule_texts import keep_rule_text


@dataclass
class Run:
    """One close while it works: what every stage needs, bound to the transaction of the stage."""

    session: Session
    close: Close
    period: PeriodView
    rules: Rules
    actor: Actor
    store: FileStore
    chunk: int = CHUNK

    @property
    def batch_id(self) -> UUID:
        """The batch of outcomes that this close drafts and sets."""
        assert self.close.batch_id is not None
        return self.close.batch_id

    @cached_property
    def law(self) -> dict[str, Ruled]:
        """Regulation → its rule in this period: the whole's own, and those of earlier segments."""
        whose = agency(self.session, tenant_of(self.session))
        found = rules_within(self.session, whose, self.period.starts, self.period.ends, load_registry())
        rules = {one.rules.code: one.rules for one in found} | {self.rules.code: self.rules}
        return {code: Ruled(one, keep_rule_text(self.session, one)) for code, one in rules.items()}

    @cached_property
    def facts(self) -> Facts:
        """The facts of the period, read in this transaction."""
        return Facts(self.session, self.period, self.rules)


@dataclass(frozen=True)
class Done:
    """What a stage did: `rows`, and for a chunk the last person; `more` says that the stage has further chunks.

    `blocked`: what it found is kept, but the stage is not done; it waits for people and is tried again.
    """

    rows: int
    last: UUID | None = None
    more: bool = False
    blocked: bool = False


def ready(run: Run, _after: UUID) -> Done:
    """Check once more, inside the close, that nothing is missing; freeze the figures that progress is counted by."""
    state = readiness(run.session, run.period, run.rules)
    if state.unrated_units or (state.rated < state.people and not run.close.without_unrated):
        raise Conflict(
            "close_no_longer_ready",
            "Since the close of {code} was started a rating has gone missing; withdraw it and look at the readiness.",
            code=run.period.code,
        )
    figures: dict[str, object] = {"people": state.people, "rated": state.rated, "units": state.units}
    if run.period.segmented:
        figures["law"] = {code: ruled.rules.hash for code, ruled in run.law.items()}
    run.close.figures = {**run.close.figures, **figures}
    return Done(state.rated)


def group(run: Run, _after: UUID) -> Done:
    """Form the ranking groups of this close by the agency's rule in force on the period's last day."""
    grouping = grouping_on(run.session, run.period.ends)
    sizes = run.facts.posts().with_columns(people=pl.col("rated"))
    groups = ranking_groups(sizes, grouping).select("group_key", "people").unique().sort("group_key")
    rows = groups.filter(pl.col("people") > 0).with_columns(
        tenant_id=pl.lit(tenant_of(run.session)), batch_id=pl.lit(str(run.batch_id))
    )
    return Done(insert_frame(run.session, "ranking_group", rows))


def appraise(run: Run, after: UUID) -> Done:
    """Appraise the next chunk of people."""
    formed = run.session.scalars(select(RankingGroup.group_key).where(RankingGroup.batch_id == run.batch_id))
    batch = Batch(
        id=run.batch_id,
        period_id=run.period.id,
        revision=1,
        grouping=grouping_on(run.session, run.period.ends),
        units=run.facts.rated_units().select("unit_id", "organisation_rating"),
        groups=pl.Series(formed.all(), dtype=pl.String),
    )
    chunk = appraise_chunk(run.session, batch, run.facts, run.rules, after, run.chunk)
    people = chunk.people
    if run.facts.parts:
        # The last chunk takes everybody who is left: who died or retired holds no post at the end.
        upto = chunk.last if chunk.more else LAST
        people += appraise_segmented(run.session, batch, run.facts, _same_law(run), run.rules, after, upto)
    return Done(people, chunk.last, more=chunk.more)


def _same_law(run: Run) -> dict[str, Ruled]:
    """The rules of the segments, if they are those that the close began under."""
    begun = run.close.figures["law"]
    for code, ruled in run.law.items():
        if begun.get(code) != ruled.rules.hash:
            raise Conflict(
                "close_rule_changed",
                "The rule changed after this close was started (it began under {begun}). Withdraw it and start again.",
                begun=str(begun.get(code)),
            )
    return run.law


def distribute(run: Run, _after: UUID) -> Done:
    """Check every rated unit's distribution; a breach without the official's written reason blocks the close."""
    found = check_batch(run.session, run.batch_id, run.period.id, run.facts.rated_units(), run.rules)
    return Done(found.units, blocked=found.breached > 0)


_FINGERPRINT = text(
    """
    SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(
        concat_ws('|', person_id, segment, revision, unit_id, outcome, score, organisation_rating, group_key),
        E'\\n' ORDER BY person_id, segment, revision), ''), 'UTF8')), 'hex')
    FROM selaras.outcome WHERE tenant_id = :tenant AND period_id = :period AND batch_id = :batch
    """
)


def determine(run: Run, _after: UUID) -> Done:
    """Penetapan: the drafts become set, in one row; the ledger keeps the fingerprint of all of them."""
    parameters = {"tenant": tenant_of(run.session), "period": run.period.id, "batch": run.batch_id}
    people, fingerprint = run.session.execute(_FINGERPRINT, parameters).one()
    run.session.execute(update(OutcomeBatch).where(OutcomeBatch.id == run.batch_id).values(state="set", set_at=now()))
    payload = {"period": run.period.code, "people": people, "outcomes": fingerprint, "rule": run.rules.hash}
    record(run.session, run.actor, "close.set", f"close:{run.close.id}", payload)
    run.session.flush()
    write_outbox(run.session, run.period.id)
    return Done(people)


def remunerate(run: Run, _after: UUID) -> Done:
    """What the outcomes come to in performance pay, by the agency's own table."""
    return Done(apply_table(run.session, run.period.id, run.batch_id, run.period.ends))


def document(run: Run, _after: UUID) -> Done:
    """The Format Penetapan Predikat Kinerja as a PDF: every unit, its distribution, every override with its reason."""
    found = checks(run.session, run.batch_id, run.period.id)
    write_determination(run.session, run.store, run.actor, run.close, run.period, run.rules, found)
    return Done(len(found))


_NOTIFY = text(
    """
    INSERT INTO selaras.notice (tenant_id, person_id, code, subject_id, params)
    SELECT tenant_id, person_id, 'outcome_delivered', batch_id, jsonb_build_object('period', cast(:code AS text))
    FROM selaras.outcome WHERE tenant_id = :tenant AND period_id = :period AND batch_id = :batch
    """
)


def notify(run: Run, _after: UUID) -> Done:
    """Disampaikan: everybody is told, and the objection window begins."""
    parameters = {
        "tenant": tenant_of(run.session),
        "period": run.period.id,
        "batch": run.batch_id,
        "code": run.period.code,
    }
    told = run.session.execute(_NOTIFY, parameters).rowcount  # type: ignore[attr-defined]  # a cursor result
    run.session.execute(update(OutcomeBatch).where(OutcomeBatch.id == run.batch_id).values(delivered_at=now()))
    return Done(told)


def summarise(run: Run, _after: UUID) -> Done:
    """Write the figures that leave the wall, close the period, end the close."""
    run.close.finished_at = now()
    run.close.state = "set"
    run.session.execute(update(Period).where(Period.id == run.period.id).values(state="closed"))
    run.session.flush()
    figures = write_summary(run.session, run.close, run.period, run.rules, run.batch_id)
    run.close.figures = {**run.close.figures, **figures}
    record(run.session, run.actor, "close.end", f"close:{run.close.id}", {"period": run.period.code})
    return Done(int(figures["outcomes"]))


STAGES: dict[Stage, Callable[[Run, UUID], Done]] = {
    Stage.READINESS: ready,
    Stage.GROUPS: group,
    Stage.APPRAISE: appraise,
    Stage.DISTRIBUTION: distribute,
    Stage.SET: determine,
    Stage.REMUNERATION: remunerate,
    Stage.DOCUMENT: document,
    Stage.NOTICES: notify,
    Stage.SUMMARY: summarise,
}
