"""How the surveys of a period stand for whoever is about to close it: what is still open, what stays empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.monitoring.survey.rules import in_full_tenths
from selaras.monitoring.survey.terms import read

_STANDING = text(
    """
    SELECT c.id, u.name AS unit, c.state, c.closes, c.terms, c.asked,
           (SELECT count(*) FROM selaras.survey_ballot b WHERE b.tenant_id = :tenant AND b.campaign_id = c.id)
             AS arrived,
           count(r.person_id) AS groups, count(*) FILTER (WHERE r.state = 'too_few_asked') AS too_few_asked,
           count(*) FILTER (WHERE r.state = 'too_few_answers') AS too_few_answers
    FROM selaras.survey_campaign c
    LEFT JOIN selaras.unit u ON u.tenant_id = :tenant AND u.id = c.unit_id
    LEFT JOIN selaras.survey_result r ON r.tenant_id = :tenant AND r.campaign_id = c.id
    WHERE c.tenant_id = :tenant AND c.period_id = :period AND c.state <> 'withdrawn'
    GROUP BY c.id, u.name, c.state, c.closes, c.terms, c.asked ORDER BY c.closes, c.id
    """
)


@dataclass(frozen=True)
class Standing:
    """One survey of a period in counts. A group is one perspective of one subject.

    `fills`: its means enter the appraisal by the regulation. `share`: the percent that answered, in full tenths.
    `too_few_asked`, `too_few_answers`: groups that stay empty, as fewer people than the threshold could be asked, or
    answered; the latter is known once the survey is closed.
    """

    campaign_id: UUID
    unit: str | None
    state: str
    closes: date
    fills: bool
    share: int
    groups: int
    too_few_asked: int
    too_few_answers: int

    @property
    def running(self) -> bool:
        """Whether answers are still to be counted: a close of the period would be without them."""
        return self.state in ("open", "closing")

    @property
    def empty(self) -> int:
        """Groups that stay empty."""
        return self.too_few_asked + self.too_few_answers


def surveys_of(session: Session, period_id: UUID) -> tuple[Standing, ...]:
    """The surveys of a period that were not withdrawn; one statement, the same for few and many subjects."""
    return tuple(map(_view, session.execute(_STANDING, {"tenant": tenant_of(session), "period": period_id})))


def _view(row: Row[tuple[object, ...]]) -> Standing:
    fills = bool(row.terms) and any(one.column for one in read(row.terms).asked)
    share = in_full_tenths(row.arrived, row.asked) if row.state == "open" else 0
    return Standing(
        row.id, row.unit, row.state, row.closes, fills, share, row.groups, row.too_few_asked, row.too_few_answers
    )
