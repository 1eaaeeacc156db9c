"""What the outcomes of a closed period speak for: proposals, set-based, out of consequences and rulebooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.db.bulk import insert_frame, read_frame
from selaras.db.session import tenant_of
from selaras.errors import Conflict
from selaras.evaluation.queries import PeriodView, period_by_code
from selaras.followup.credit_facts import counted, credit_items
from selaras.followup.proposing_facts import (
    PEOPLE,
    PEOPLE_SCHEMA,
    POTENTIAL,
    POTENTIAL_SCHEMA,
    QUARTERS,
    QUARTERS_SCHEMA,
    YEARS,
    YEARS_SCHEMA,
)
from selaras.followup.rulebooks import answering
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.regulation import Registry, Rules
from selaras.tenancy.models import RuleText

CONTRACT, TALENT, CREDITS, PATH = "contract_recommendation", "box", "accumulated", "path"
CANDIDATES = ("succession_priority", "development_priority", "accelerated_candidate")
_ROW = ("person", "revision", "outcome", "kind")


@dataclass(frozen=True)
class Work:
    """One generation: the period, its people (PEOPLE_SCHEMA), and where rulebooks come from."""

    session: Session
    registry: Registry
    period: PeriodView
    people: pl.DataFrame

    def read(self, query: str, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
        """A read about the period, bound to the agency."""
        values = {"tenant": tenant_of(self.session), "period": self.period.id, "day": self.period.ends}
        return read_frame(self.session, query, values, schema)

    def employed(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """The people by employment as the law covers it; a candidate (CPNS) counts as a PNS."""
        covered = pl.col("employment").replace({"cpns": "pns"})
        for (employment,), people in self.people.with_columns(employment=covered).group_by("employment"):
            if employment is not None:
                yield str(employment), people

    def rulebook(self, step: str, employment: str) -> Rules | None:
        """The rulebook that answers a step for an employment on the period's last day."""
        return answering(self.session, self.registry, step, self.period.ends, employment)


def propose(
    session: Session, actor: Actor, code: str, registry: Registry, person_id: UUID | None = None
) -> dict[str, int]:
    """Propose what follows the outcomes of a closed period (of one person, or of all) → kind → new proposals.

    Doing it again adds nothing. Nothing is ever decided here: officials endorse and decide.
    """
    actor.require_whole(Permission.PROPOSE_FOLLOWUP)
    period = period_by_code(session, code)
    if period.state != "closed":
        raise Conflict(
            "followup.period_open",
            "Period {code} is not closed yet; proposals follow from results that are set.",
            code=code,
        )
    values = {"tenant": tenant_of(session), "period": period.id, "day": period.ends}
    people = read_frame(session, PEOPLE, values, PEOPLE_SCHEMA)
    if person_id is not None:
        people = people.filter(pl.col("person") == str(person_id))
    work = Work(session, registry, period, people)
    found = [frame for source in SOURCES for frame in source(work) if frame.height]
    counts = _keep(work, pl.concat(found)) if found else {}
    record(session, actor, "followup.propose", f"period:{period.id}", {"period": code, "counts": counts})
    return counts


def _keep(work: Work, rows: pl.DataFrame) -> dict[str, int]:
    before = _standing(work)
    table = rows.rename({"person": "person_id"}).with_columns(
        tenant_id=pl.lit(tenant_of(work.session)), period_id=pl.lit(str(work.period.id))
    )
    insert_frame(work.session, "proposal", table, on_conflict="ON CONFLICT DO NOTHING")
    new = _standing(work).join(before, on="kind", how="left", suffix="_before")
    counted = new.select("kind", pl.col("n") - pl.col("n_before").fill_null(0)).sort("kind")
    return {kind: n for kind, n in counted.iter_rows() if n}


def _standing(work: Work) -> pl.DataFrame:
    query = (
        "SELECT kind, count(*) FROM selaras.proposal"
        " WHERE tenant_id = %(tenant)s AND period_id = %(period)s GROUP BY kind"
    )
    return work.read(query, {"kind": pl.String, "n": pl.Int64})


def consequences(work: Work) -> Iterator[pl.DataFrame]:
    """What the regulation itself says each outcome counts as; with the path that PP 30/2019 gives a PNS."""
    rule_ids = [int(one) for one in work.people["rule_id"].unique()]
    texts = work.session.execute(
        select(RuleText.id, RuleText.hash, RuleText.description).where(RuleText.id.in_(rule_ids))
    )
    for rule_id, rule_hash, description in texts:
        for one in description["consequences"]:
            chosen = work.people.filter((pl.col("rule_id") == rule_id) & (pl.col("outcome") == one["outcome"]))
            said = {**one["source"], "label": one["label"], "regulation": description["code"], "rule_hash": rule_hash}
            yield _proposals(chosen.with_columns(kind=pl.lit(one["code"])), said, ())


def contracts(work: Work) -> Iterator[pl.DataFrame]:
    """Whether the annual result recommends to renew or to end a contract, by the employment's own rulebook."""
    quarters = work.read(QUARTERS, QUARTERS_SCHEMA)
    for employment, people in work.employed():
        rules = work.rulebook(CONTRACT, employment)
        if rules is None or work.period.kind not in rules.values.periods:
            continue
        asked = people.join(quarters, on="person", how="left").with_columns(pl.col("quarters_evaluated").fill_null(0))
        steps = rules.appraise(asked).person_steps
        answered = people.join(steps, on="person", how="inner").with_columns(kind=pl.col(CONTRACT))
        yield _proposals(answered, _said(rules, CONTRACT), _shown(rules, steps))


def boxes(work: Work) -> Iterator[pl.DataFrame]:
    """The talent box of everybody whose potential the agency has assessed."""
    potential = work.read(POTENTIAL, POTENTIAL_SCHEMA)
    for employment, people in work.employed():
        rules = work.rulebook(TALENT, employment)
        if rules is None or work.period.kind not in rules.values.periods or potential.is_empty():
            continue
        asked = people.join(potential, on="person", how="inner")
        steps = rules.appraise(asked).person_steps
        answered = asked.join(steps, on="person", how="inner").filter(pl.col(TALENT).is_not_null())
        yield _proposals(answered.with_columns(kind=pl.lit("talent_box")), _said(rules, TALENT), _shown(rules, steps))


def credit_points(work: Work) -> Iterator[pl.DataFrame]:
    """The credit points of functional officials: this period's conversion, and with it what has been gathered."""
    for employment, people in work.employed():
        rules = work.rulebook(CREDITS, employment)
        if rules is None or work.period.kind not in rules.values.periods:
            continue
        officials = people.filter((pl.col("post_kind") == "jf") & pl.col("post_level").is_not_null())
        levels = officials.select("person", jenjang_now=pl.col("post_level"))
        items = counted(rules, credit_items(work.session, rules, work.period.ends).join(levels, on="person"))
        if items.is_empty():
            continue
        asked = officials.with_columns(jenjang_now=pl.col("post_level"))
        result = rules.appraise(asked, items)
        here = items.filter(pl.col("period") == work.period.code).select("person", "item")
        converted = result.item_steps.join(here, on=["person", "item"], how="semi")
        sums = converted.group_by("person").agg(pl.col("converted").sum())
        steps = result.person_steps.join(sums, on="person", how="inner")
        answered = officials.join(steps, on="person", how="inner").with_columns(kind=pl.lit("credit_points"))
        yield _proposals(answered, _said(rules, CREDITS), ("converted", *_shown(rules, steps)))


def candidates(work: Work) -> Iterator[pl.DataFrame]:
    """Who has earned a priority or is a candidate for an accelerated promotion, by the results of the last years."""
    if work.period.kind != "year":
        return
    years = work.read(YEARS, YEARS_SCHEMA).with_columns(item=pl.col("year_back").cast(pl.String))
    for employment, people in work.employed():
        rules = work.rulebook(CANDIDATES[-1], employment)
        if rules is None:
            continue
        steps = rules.appraise(people.select("person"), years).person_steps
        answered = people.join(steps, on="person", how="inner")
        for step in CANDIDATES:
            chosen = answered.filter(pl.col(step) == "ya").with_columns(kind=pl.lit(step))
            yield _proposals(chosen, _said(rules, step), (step,))


SOURCES = (consequences, contracts, boxes, credit_points, candidates)


def _said(rules: Rules, step: str) -> dict[str, object]:
    info = next(one for one in rules.person_steps if one.name == step)
    return {
        "article": info.article,
        "certainty": info.certainty,
        "note": "",
        "label": dict(info.label),
        "regulation": rules.code,
        "rule_hash": rules.hash,
    }


def _shown(rules: Rules, steps: pl.DataFrame) -> tuple[str, ...]:
    """The steps that have a value for anybody, in the rulebook's order."""
    return tuple(one.name for one in rules.person_steps if steps[one.name].null_count() < steps.height)


def _proposals(people: pl.DataFrame, said: dict[str, object], values: tuple[str, ...]) -> pl.DataFrame:
    """`_ROW` and `basis` (JSON text): what is said once for all of them, and each one's own values."""
    label = said["label"]
    assert isinstance(label, dict)
    shared = [
        pl.lit(str(said[name])).alias(name) for name in ("regulation", "rule_hash", "article", "certainty", "note")
    ]
    words = pl.struct(pl.lit(label["id"]).alias("id"), pl.lit(label["en"]).alias("en")).alias("label")
    own = [pl.struct(*values).alias("values")] if values else []
    basis = pl.struct(*shared, words, *own).struct.json_encode().alias("basis")
    return people.filter(pl.col("kind").is_not_null()).select(*_ROW, basis)
