"""Reads: campaigns in counts, one subject's figures, and comments that wait for a moderator without their subject."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.monitoring.survey.models import SurveyCampaign, SurveyComment, SurveyFigure, SurveyResult, SurveySubject
from selaras.monitoring.survey.rules import in_full_tenths
from selaras.monitoring.survey.terms import Asked, Terms, read

_CAMPAIGNS = """
    SELECT c.id, p.code, p.ends, u.name AS unit, c.opens, c.closes, c.state, c.moderated, c.asked, c.answered,
           c.closed_on, c.terms, (SELECT count(*) FROM selaras.survey_subject s
                     WHERE s.tenant_id = c.tenant_id AND s.campaign_id = c.id) AS subjects,
           (SELECT count(*) FROM selaras.survey_ballot b
            WHERE b.tenant_id = c.tenant_id AND b.campaign_id = c.id) AS arrived,
           (SELECT count(*) FROM selaras.survey_comment w
            WHERE w.tenant_id = c.tenant_id AND w.campaign_id = c.id AND w.state = 'waiting') AS waiting,
           (SELECT count(*) FROM selaras.survey_conflict x
            WHERE x.tenant_id = c.tenant_id AND x.campaign_id = c.id AND x.origin = 'named') AS excluded
    FROM selaras.survey_campaign c
    JOIN selaras.period p ON p.tenant_id = c.tenant_id AND p.id = c.period_id
    LEFT JOIN selaras.unit u ON u.tenant_id = c.tenant_id AND u.id = c.unit_id
    WHERE c.tenant_id = :tenant {where} ORDER BY p.ends DESC, c.opens DESC, c.id
"""
_ALL = text(_CAMPAIGNS.format(where=""))
_ONE = text(_CAMPAIGNS.format(where="AND c.id = :campaign"))


@dataclass(frozen=True)
class CampaignView:
    """A campaign in counts. `share`: how many of those asked have answered, in full tenths, so that nobody who watches
    it sees one answer come in.
    """

    id: UUID
    period: str
    period_ends: date
    unit: str | None
    opens: date
    closes: date
    state: str
    moderated: bool
    subjects: int
    asked: int
    share: int
    complete: bool
    waiting: int
    excluded: int
    closed_on: date | None
    terms: Terms | None


@dataclass(frozen=True)
class FigureView:
    """What one behaviour came to from one perspective: `mean` on the scale of the survey, `spread` in a word."""

    behaviour: str
    answers: int
    mean: float
    spread: str


@dataclass(frozen=True)
class PerspectiveView:
    """What one perspective came to; without `answered` there is nothing to show, and `state` says why.

    `disputed`: an objection was running between subject and superior on the day the survey was opened.
    """

    asked: Asked
    invited: int
    state: str
    answered: int | None
    figures: dict[str, FigureView]
    comments: tuple[str, ...]
    disputed: bool = False


@dataclass(frozen=True)
class SubjectView:
    """One subject's survey: before the close only who is asked, after it what may be shown."""

    campaign: CampaignView
    person_id: UUID
    terms: Terms
    perspectives: tuple[PerspectiveView, ...]


@dataclass(frozen=True)
class AboutOneself:
    """A survey in which somebody is a subject."""

    campaign_id: UUID
    person_id: UUID
    period: str
    state: str
    closes: date


@dataclass(frozen=True)
class Beside:
    """A survey beside a rating: the columns that it fills, and what it filled them with once it is closed."""

    campaign_id: UUID
    columns: frozenset[str]
    inputs: dict[str, Any]


def campaigns(session: Session) -> tuple[CampaignView, ...]:
    """Every campaign, the latest period first; one statement."""
    return tuple(map(_view, session.execute(_ALL, {"tenant": tenant_of(session)})))


def campaign(session: Session, campaign_id: UUID) -> CampaignView:
    """One campaign, or `NotFound`."""
    row = session.execute(_ONE, {"tenant": tenant_of(session), "campaign": campaign_id}).one_or_none()
    if row is None:
        raise NotFound("survey_unknown", "There is no such survey.")
    return _view(row)


def about(session: Session, person_id: UUID) -> tuple[AboutOneself, ...]:
    """The surveys about a person, the latest first."""
    rows = session.execute(
        text(
            "SELECT c.id, s.person_id, p.code, c.state, c.closes FROM selaras.survey_subject s"
            " JOIN selaras.survey_campaign c ON c.tenant_id = s.tenant_id AND c.id = s.campaign_id"
            " JOIN selaras.period p ON p.tenant_id = c.tenant_id AND p.id = c.period_id"
            " WHERE s.tenant_id = :tenant AND s.person_id = :person ORDER BY p.ends DESC, p.code"
        ),
        {"tenant": tenant_of(session), "person": person_id},
    )
    return tuple(AboutOneself(*row) for row in rows)


def is_part_of(session: Session, campaign_id: UUID, person_id: UUID) -> bool:
    """Whether somebody is asked in a campaign, or about."""
    found = session.execute(
        text(
            "SELECT EXISTS (SELECT FROM selaras.survey_subject WHERE tenant_id = :tenant AND campaign_id = :campaign"
            " AND person_id = :person) OR EXISTS (SELECT FROM selaras.survey_invitation WHERE tenant_id = :tenant"
            " AND campaign_id = :campaign AND rater_id = :person)"
        ),
        {"tenant": tenant_of(session), "campaign": campaign_id, "person": person_id},
    )
    return bool(found.scalar_one())


def results(session: Session, campaign_id: UUID, person_id: UUID) -> SubjectView:
    """What a survey came to for one subject; `NotFound` where they are none. Ask `access.results_seen` first."""
    found = campaign(session, campaign_id)
    rows = session.scalars(
        select(SurveyResult).where(SurveyResult.campaign_id == campaign_id, SurveyResult.person_id == person_id)
    ).all()
    if not rows or found.terms is None:
        raise NotFound("survey_unknown", "There is no such survey.")
    by_code = {row.perspective: row for row in rows}
    figures = _figures(session, campaign_id, person_id)
    comments = _comments(session, campaign_id, person_id)
    return SubjectView(
        found,
        person_id,
        found.terms,
        tuple(
            _perspective(one, by_code[one.code], figures[one.code], comments[one.code])
            for one in found.terms.asked
            if one.code in by_code
        ),
    )


def to_moderate(session: Session, campaign_id: UUID) -> tuple[tuple[UUID, str], ...]:
    """Comments that wait, each alone: not whom it is about, not from which perspective."""
    rows = session.execute(
        select(SurveyComment.id, SurveyComment.content)
        .where(SurveyComment.campaign_id == campaign_id, SurveyComment.state == "waiting")
        .order_by(SurveyComment.id)
    )
    return tuple((row.id, row.content) for row in rows)


def columns_of(session: Session, person_id: UUID, period_id: UUID) -> frozenset[str]:
    """The person columns that a survey of the period fills for somebody, once it is closed; nobody else fills them."""
    found = beside(session, person_id, period_id)
    return found.columns if found else frozenset()


def beside(session: Session, person_id: UUID, period_id: UUID) -> Beside | None:
    """The survey about somebody in a period, as it stands beside their rating."""
    row = session.execute(
        select(SurveyCampaign.id, SurveyCampaign.terms, SurveySubject.inputs)
        .join(SurveyCampaign, SurveyCampaign.id == SurveySubject.campaign_id)
        .where(SurveySubject.period_id == period_id, SurveySubject.person_id == person_id)
    ).one_or_none()
    if row is None or not row.terms:
        return None
    terms = read(row.terms)
    named = {asked.perspective().column_of(value.code) for asked in terms.asked for value in terms.values}
    return Beside(row.id, frozenset(named - {""}), dict(row.inputs or {}))


def _view(row: Row[Any]) -> CampaignView:
    asked, arrived = row.asked or 0, row.answered if row.answered is not None else row.arrived
    return CampaignView(
        row.id,
        row.code,
        row.ends,
        row.unit,
        row.opens,
        row.closes,
        row.state,
        row.moderated,
        row.subjects,
        asked,
        in_full_tenths(arrived, asked),
        bool(asked) and arrived == asked,
        row.waiting,
        row.excluded,
        row.closed_on,
        read(row.terms) if row.terms else None,
    )


def _figures(session: Session, campaign_id: UUID, person_id: UUID) -> dict[str, dict[str, FigureView]]:
    found: dict[str, dict[str, FigureView]] = defaultdict(dict)
    rows = session.scalars(
        select(SurveyFigure).where(SurveyFigure.campaign_id == campaign_id, SurveyFigure.person_id == person_id)
    )
    for row in rows:
        found[row.perspective][row.behaviour] = FigureView(row.behaviour, row.answers, row.mean, row.spread)
    return found


def _comments(session: Session, campaign_id: UUID, person_id: UUID) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    rows = session.scalars(
        select(SurveyComment)
        .where(
            SurveyComment.campaign_id == campaign_id,
            SurveyComment.person_id == person_id,
            SurveyComment.state == "shown",
        )
        .order_by(SurveyComment.id)
    )
    for row in rows:
        found[row.perspective].append(row.content)
    return found


def _perspective(
    asked: Asked, row: SurveyResult, figures: dict[str, FigureView], comments: list[str]
) -> PerspectiveView:
    return PerspectiveView(asked, row.asked, row.state, row.answered, figures, tuple(comments), row.disputed)
