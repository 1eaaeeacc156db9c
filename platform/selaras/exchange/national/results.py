"""Results as an endpoint is told of them: in bulk, with the appraiser as of the period's last day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.exchange.national.border import Appraiser, Endpoint, Kind, Result

_RESULTS = text(
    """
    SELECT i.id AS item, i.revision, p.kind AS period_kind, p.starts, p.ends, who.source_id, own.number,
           held.employment, post.kind AS post_kind, post.level, o.outcome, s.inputs, t.regulation,
           o.appraiser_id, chief.name AS chief, chief_number.number AS chief_number, chief_post.title AS chief_post,
           chief_held.rank AS chief_rank, chief_unit.name AS chief_unit, office.title AS office,
           office_unit.name AS office_unit
    FROM selaras.national_item i
    JOIN selaras.period p ON p.tenant_id = :tenant AND p.id = i.period_id
    JOIN LATERAL (
        SELECT * FROM selaras.outcome one WHERE one.tenant_id = :tenant AND one.period_id = i.period_id
          AND one.person_id = i.person_id AND one.revision = i.revision ORDER BY one.segment DESC LIMIT 1
    ) o ON true
    JOIN selaras.outcome_batch b ON b.tenant_id = :tenant AND b.id = o.batch_id
    JOIN selaras.rule_text t ON t.id = b.rule_id
    JOIN selaras.outcome_steps s ON s.tenant_id = :tenant AND s.period_id = o.period_id
     AND s.person_id = o.person_id AND s.segment = o.segment AND s.revision = o.revision
    JOIN selaras.person who ON who.tenant_id = :tenant AND who.id = i.person_id
    LEFT JOIN selaras.person_number own
      ON own.tenant_id = :tenant AND own.person_id = i.person_id AND own.during @> p.ends
    LEFT JOIN selaras.appointment held ON held.tenant_id = :tenant AND held.person_id = i.person_id
     AND held.kind = 'definitive' AND held.during @> p.ends
    LEFT JOIN selaras.position post ON post.tenant_id = :tenant AND post.id = held.position_id
    LEFT JOIN selaras.person chief ON chief.tenant_id = :tenant AND chief.id = o.appraiser_id
    LEFT JOIN selaras.person_number chief_number
      ON chief_number.tenant_id = :tenant AND chief_number.person_id = chief.id AND chief_number.during @> p.ends
    LEFT JOIN selaras.appointment chief_held ON chief_held.tenant_id = :tenant AND chief_held.person_id = chief.id
     AND chief_held.kind = 'definitive' AND chief_held.during @> p.ends
    LEFT JOIN selaras.position chief_post ON chief_post.tenant_id = :tenant AND chief_post.id = chief_held.position_id
    LEFT JOIN selaras.unit chief_unit ON chief_unit.tenant_id = :tenant AND chief_unit.id = chief_held.unit_id
    LEFT JOIN selaras.public_office office
      ON office.tenant_id = :tenant AND office.person_id = chief.id AND office.during @> p.ends
    LEFT JOIN selaras.unit office_unit ON office_unit.tenant_id = :tenant AND office_unit.id = office.unit_id
    WHERE i.tenant_id = :tenant AND i.id = ANY(CAST(:items AS uuid[]))
    """
)


def results(session: Session, chosen: Endpoint, items: Sequence[UUID]) -> dict[UUID, Result]:
    """Item → its result; one statement. Items of periods that the endpoint does not take are left out."""
    rows = session.execute(_RESULTS, {"tenant": tenant_of(session), "items": list(items)})
    found = ((row, chosen.kind(row.period_kind, row.starts, row.regulation)) for row in rows)
    return {row.item: _result(row, kind) for row, kind in found if kind is not None}


def _result(row: Any, kind: Kind) -> Result:
    return Result(
        kind=kind,
        source_id=row.source_id,
        number=row.number,
        employment=row.employment or "",
        post_kind=row.post_kind,
        level=row.level,
        starts=row.starts,
        ends=row.ends,
        regulation=row.regulation,
        outcome=row.outcome,
        ratings={name: value for name, value in row.inputs.items() if isinstance(value, str)},
        appraiser=_appraiser(row) if row.appraiser_id else None,
    )


def _appraiser(row: Any) -> Appraiser:
    if row.chief_number is None and row.office:
        return Appraiser(None, row.chief, row.office, None, row.office_unit or "")
    return Appraiser(row.chief_number, row.chief, row.chief_post or "", row.chief_rank, row.chief_unit or "")
