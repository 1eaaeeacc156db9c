"""The merit self-assessment of the performance aspect: pre-filled, answered, scored by the rulebook, exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now, today
from selaras.db.session import tenant_of
from selaras.errors import Invalid, NotFound
from selaras.followup.merit_facts import Figures, figures
from selaras.followup.models import MeritAssessment
from selaras.followup.rulebooks import demanded
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.regulation import Column, Registry, Rules, StepInfo
from selaras.tenancy.queries import AgencyView, agency, rules_on

SUM = "score_performance"
SCORE = "score_"
FIRST_YEAR, LAST_YEAR = 2018, 2100
EVIDENCE_LENGTH = 2000
_PLAN_DAY = (1, 31)


@dataclass(frozen=True)
class Assessment:
    """A year's sheet: the rulebook's questions and scores, what is answered, and the evidence in words.

    `answers` are the saved ones, else what the figures already say; `scores` are empty until it is saved.
    """

    year: int
    rules: Rules
    figures: Figures
    columns: tuple[Column, ...]
    scores_of: tuple[StepInfo, ...]
    answers: dict[str, Any]
    evidence: dict[str, str]
    scores: dict[str, float | None]
    saved_at: datetime | None


def assessment(session: Session, actor: Actor, registry: Registry, year: int) -> Assessment:
    """The sheet of a year; NotFound where no installed rulebook scores the performance aspect in that year."""
    actor.require_whole(Permission.SEE_FOLLOWUP)
    rules = _rules(session, registry, year)
    whose = agency(session, tenant_of(session))
    found = figures(session, year, today(whose.time_zone), _plan_day(session, whose, registry, year), whose.time_zone)
    saved = session.scalar(select(MeritAssessment).where(MeritAssessment.year == year))
    columns = _columns(rules)
    names = {column.name for column in columns}
    prefilled = {name: round(share, 2) for name, share in found.shares().items() if name in names}
    return Assessment(
        year=year,
        rules=rules,
        figures=found,
        columns=columns,
        scores_of=_scores_of(rules),
        answers=dict(saved.answers) if saved else prefilled,
        evidence=dict(saved.evidence) if saved else {},
        scores=dict(saved.scores) if saved else {},
        saved_at=saved.at if saved else None,
    )


def assess(
    session: Session,
    actor: Actor,
    registry: Registry,
    year: int,
    answers: Mapping[str, object],
    evidence: Mapping[str, str],
) -> dict[str, float | None]:
    """Save the answers and the evidence of a year → each question's score, computed by the rulebook.

    Saving again replaces them; the ledger keeps that it happened, and the scores.
    """
    actor.require(Permission.ASSESS_MERIT)
    sheet = assessment(session, actor, registry, year)
    _refuse_bad(sheet, answers, evidence)
    frame = pl.DataFrame([{"person": "agency", **answers}])
    typed = sheet.rules.typed_people(frame)
    row = sheet.rules.appraise(typed).person_steps.row(0, named=True)
    scores: dict[str, float | None] = {one.name: row[one.name] for one in sheet.scores_of}
    values = {
        "regulation": sheet.rules.code,
        "rule_hash": sheet.rules.hash,
        "figures": asdict(sheet.figures),
        "answers": dict(answers),
        "evidence": {name: words.strip() for name, words in evidence.items()},
        "scores": scores,
        "account_id": actor.account_id,
        "at": now(),
    }
    statement = insert(MeritAssessment).values(tenant_id=tenant_of(session), year=year, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "year"], set_=values))
    record(session, actor, "merit.assess", f"merit:{year}", {"rule": sheet.rules.hash, "scores": scores})
    return scores


def exported(sheet: Assessment, language: str) -> str:
    """The sheet as CSV (UTF-8): question, score, article and evidence; then every answer and every figure."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("part", "code", "label", "value", "article", "evidence"))
    for step in sheet.scores_of:
        label = step.label["en"] if language == "en" else step.label["id"]
        evidence = sheet.evidence.get(step.name, "")
        writer.writerow(_safe("score", step.name, label, sheet.scores.get(step.name), step.article, evidence))
    for column in sheet.columns:
        label = column.label["en"] if language == "en" else column.label["id"]
        writer.writerow(_safe("answer", column.name, label, sheet.answers.get(column.name), column.article, ""))
    for name, value in asdict(sheet.figures).items():
        writer.writerow(_safe("figure", name, name, value, "", ""))
    return out.getvalue()


def _safe(*cells: object) -> tuple[str, ...]:
    """No cell that a spreadsheet would take for a formula."""
    texts = ("" if cell is None else str(cell) for cell in cells)
    return tuple(f"'{one}" if one.startswith(("=", "+", "-", "@", "\t", "\r")) else one for one in texts)


def _rules(session: Session, registry: Registry, year: int) -> Rules:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(
            "merit.year", "{year} is no year of a self-assessment; {first} is the first.", year=year, first=FIRST_YEAR
        )
    return demanded(session, registry, SUM, date(year, 6, 30))


def _scores_of(rules: Rules) -> tuple[StepInfo, ...]:
    return tuple(one for one in rules.person_steps if one.name.startswith(SCORE))


def _columns(rules: Rules) -> tuple[Column, ...]:
    """The columns of the questions: those that stand under the articles of the scores."""
    articles = {one.article for one in _scores_of(rules)}
    return tuple(column for column in rules.person_columns if column.article in articles)


def _plan_day(session: Session, whose: AgencyView, registry: Registry, year: int) -> date:
    """The last day to set a plan under the agency's own regulation; the end of January where it names none."""
    end = date(year, 12, 31)
    try:
        return rules_on(session, whose, end, registry).deadline("plan", end)
    except (NotFound, Invalid):
        return date(year, *_PLAN_DAY)


def _refuse_bad(sheet: Assessment, answers: Mapping[str, object], evidence: Mapping[str, str]) -> None:
    unknown = set(answers) - {column.name for column in sheet.columns}
    unknown |= set(evidence) - {one.name for one in sheet.scores_of}
    if unknown:
        raise Invalid("merit.unknown", "The worksheet has no field {field}.", field=sorted(unknown)[0][:60])
    for value in answers.values():
        if value is not None and not isinstance(value, str | int | float):
            raise Invalid("merit.shape", "Every answer is a single text or number.")
    if any(len(words) > EVIDENCE_LENGTH for words in evidence.values()):
        raise Invalid("merit.evidence", "The evidence has at most {length} characters.", length=EVIDENCE_LENGTH)
    problems = sheet.rules.validate(pl.DataFrame([{"person": "agency", **answers}]))
    if problems:
        raise Invalid(
            "merit.value",
            "{column}: {problem}; {remedy}.",
            column=next((one.label for one in sheet.rules.asked_columns if one.name == problems[0].column), ""),
            problem=problems[0].label("problem"),
            remedy=problems[0].label("remedy"),
        )
