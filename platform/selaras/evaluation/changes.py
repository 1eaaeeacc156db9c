"""Changed ratings: whoever's rating somebody else changes is told who, why and what; the list of one's changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.db.bulk import insert_frame, read_frame
from selaras.db.session import tenant_of
from selaras.evaluation.rating_models import RatingChange
from selaras.identity.actor import Actor
from selaras.identity.models import Account
from selaras.regulation import Rules

NOTICE = "rating_changed"
CAUSES = (
    "appraiser",
    "other_appraiser",
    "review",
    "import",
    "unit_rating",
    "objection",
    "parts",
    "withdrawn",
    "calibration",
)
# Facts of the platform that count in place of a rating: a change of them is a change of the rating.
_LED = "led_unit_rating"
_LEADERS = """
    SELECT a.person_id, led.rating
    FROM selaras.appointment a
    JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = a.position_id AND post.is_head
    JOIN selaras.period period ON period.tenant_id = %(tenant)s AND period.id = %(period)s
    JOIN selaras.rating given
      ON given.tenant_id = %(tenant)s AND given.period_id = period.id AND given.person_id = a.person_id
    LEFT JOIN selaras.organisation_rating led
      ON led.tenant_id = %(tenant)s AND led.period_id = period.id AND led.unit_id = a.unit_id
    WHERE a.tenant_id = %(tenant)s AND a.kind = 'definitive' AND a.during @> period.ends
"""


@dataclass(frozen=True)
class Change:
    """A rating or result that became another: the person, the period's code, one of CAUSES, before and after."""

    person_id: UUID
    period: str
    cause: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    segment: int = 1


@dataclass(frozen=True)
class ChangeView:
    """A change as the person reads it; `by` is the name of whoever did it, None for the system."""

    id: UUID
    period: str
    segment: int
    cause: str
    by: str | None
    reason: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    at: datetime

    @property
    def columns(self) -> tuple[str, ...]:
        """What differs."""
        names = dict.fromkeys((*self.before, *self.after))
        return tuple(one for one in names if self.before.get(one) != self.after.get(one))


def told(session: Session, actor: Actor, changes: Sequence[Change], reason: str | None = None) -> int:
    """Keep the changes and tell each person; two statements, however many. Returns how many were told."""
    if not changes:
        return 0
    moment = now().isoformat()
    made = session.scalars(text("SELECT uuidv7()::text FROM generate_series(1, :n)"), {"n": len(changes)}).all()
    kept = pl.DataFrame(
        [
            {
                "id": change_id,
                "person_id": str(one.person_id),
                "period_code": one.period,
                "segment": one.segment,
                "cause": one.cause,
                "before": _json(one.before),
                "after": _json(one.after),
            }
            for change_id, one in zip(made, changes, strict=True)
        ],
        schema_overrides={"before": pl.String, "after": pl.String},
    ).with_columns(
        tenant_id=pl.lit(tenant_of(session)),
        account_id=pl.lit(str(actor.account_id) if actor.account_id else None, dtype=pl.String),
        reason=pl.lit((reason or "").strip() or None, dtype=pl.String),
        at=pl.lit(moment),
    )
    insert_frame(session, "rating_change", kept)
    params = [json.dumps({"period": one.period, "cause": one.cause}) for one in changes]
    notices = kept.select("tenant_id", "person_id", code=pl.lit(NOTICE), subject_id="id", created_at=pl.lit(moment))
    insert_frame(session, "notice", notices.with_columns(params=pl.Series(params)))
    return len(changes)


def _json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(dict(values), default=str)


def changes_of(session: Session, person_id: UUID) -> list[ChangeView]:
    """Every change of a person's ratings and results, the newest first; one statement."""
    rows = session.execute(
        select(RatingChange, Account.name)
        .outerjoin(Account, Account.id == RatingChange.account_id)
        .where(RatingChange.person_id == person_id)
        .order_by(RatingChange.at.desc(), RatingChange.id.desc())
    )
    return [
        ChangeView(
            row.id,
            row.period_code,
            row.segment,
            row.cause,
            name,
            row.reason,
            dict(row.before or {}),
            dict(row.after or {}),
            row.at,
        )
        for row, name in rows
    ]


@contextmanager
def following_leaders(
    session: Session, actor: Actor, period: tuple[UUID, str], rules: Rules, cause: str = "unit_rating"
) -> Iterator[None]:
    """Within the block units' ratings of a period (id, code) change; heads whose own rating follows are told.

    Only where the rule lets a unit's rating count in place of its head's, and only those who are rated already.
    """
    follows = any(one.provided and one.name == _LED for one in rules.person_columns)
    before = _led(session, period[0]) if follows else {}
    yield
    if not follows:
        return
    after = _led(session, period[0])
    changed = [
        Change(person, period[1], cause, {_LED: before.get(person)}, {_LED: rating})
        for person, rating in after.items()
        if rating != before.get(person)
    ]
    told(session, actor, changed)


def _led(session: Session, period_id: UUID) -> dict[UUID, str | None]:
    schema = {"person": pl.String, "rating": pl.String}
    frame = read_frame(session, _LEADERS, {"tenant": tenant_of(session), "period": period_id}, schema)
    return {UUID(person): rating for person, rating in frame.rows()}
