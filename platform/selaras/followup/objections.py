"""Reads: objections with their reasons, who must decide each, and how it was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.db.session import tenant_of
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.queries import superior_of
from selaras.organisation.reach import PERSON_WITHIN, reach, reaches_person

SUPERIOR = "atasan_pejabat_penilai"
# Who decides at the top, by the rulebook's word for it.
_AT_THE_TOP = {"ppk": Permission.DECIDE_FOLLOWUP, "pyb": Permission.ENDORSE_FOLLOWUP}

_OBJECTIONS = """
    SELECT e.person_id, who.name, e.period_id, p.code AS period, e.segment, e.revision, e.reason, e.at AS filed_at,
           o.outcome, o.appraiser_id, rater.name AS appraiser_name, above.superior_id AS decider_id,
           head.name AS decider_name, d.upheld, d.reason AS decision, d.at AS decided_at, d.corrected_revision,
           d.decided_as, rule.hash AS rule_hash
    FROM selaras.outcome_event e
    JOIN selaras.outcome o ON o.tenant_id = :tenant AND o.period_id = e.period_id AND o.person_id = e.person_id
      AND o.segment = e.segment AND o.revision = e.revision
    JOIN selaras.outcome_batch b ON b.tenant_id = :tenant AND b.id = o.batch_id
    JOIN selaras.rule_text rule ON rule.id = b.rule_id
    JOIN selaras.period p ON p.tenant_id = :tenant AND p.id = e.period_id
    JOIN selaras.person who ON who.tenant_id = :tenant AND who.id = e.person_id
    LEFT JOIN selaras.person rater ON rater.tenant_id = :tenant AND rater.id = o.appraiser_id
    LEFT JOIN selaras.reporting_line above ON above.tenant_id = :tenant AND above.person_id = o.appraiser_id
      AND above.during @> (e.at AT TIME ZONE :zone)::date
    LEFT JOIN selaras.person head ON head.tenant_id = :tenant AND head.id = above.superior_id
    LEFT JOIN selaras.objection_decision d ON d.tenant_id = :tenant AND d.period_id = e.period_id
      AND d.person_id = e.person_id AND d.segment = e.segment AND d.revision = e.revision
    WHERE e.tenant_id = :tenant AND e.state = 'objected' {where}
    ORDER BY d.at IS NOT NULL, e.at, e.person_id LIMIT 200
"""


@dataclass(frozen=True)
class Objection:
    """One objection: whose, to which result, why; who decides it, and how it was decided.

    `decided_by`: the appraiser's superior, or the rulebook's word for who decides at the top. `may_decide`: whether
    the one who asks is that official.
    """

    person_id: UUID
    name: str
    period_id: UUID
    period: str
    revision: int
    reason: str
    filed_at: datetime
    outcome: str
    rule_hash: str
    appraiser_id: UUID | None
    appraiser_name: str | None
    decider_name: str | None
    decided_by: str
    may_decide: bool
    upheld: bool | None
    decision: str | None
    decided_at: datetime | None
    corrected_revision: int | None


def decider_of(session: Session, appraiser_id: UUID | None, day: date) -> UUID | None:
    """The superior of the appraiser on a day; None at the top, where no appraiser is known, or the post is vacant."""
    return superior_of(session, appraiser_id, day) if appraiser_id else None


def objections_of(session: Session, actor: Actor, zone: str, at_the_top: str) -> list[Objection]:
    """The objections that the actor must decide or has had to decide, undecided ones first, at most 200."""
    permission = _AT_THE_TOP.get(at_the_top)
    holds = permission in actor.permissions
    values: dict[str, object] = {"tenant": tenant_of(session), "zone": zone, "person": actor.person_id, "top": holds}
    reached = ""
    if permission is not None and holds and actor.roots(permission) is not None:
        values["day"] = today(zone)
        values["reach"] = list(reach(session, actor, permission, today(zone)) or ())
        reached = PERSON_WITHIN.format(person="e.person_id")
    where = f"AND (above.superior_id = :person OR (above.superior_id IS NULL AND :top {reached}))"
    rows = session.execute(text(_OBJECTIONS.format(where=where)), values)
    return [_view(row, at_the_top, may_decide=True) for row in rows]


def objection(
    session: Session, actor: Actor, zone: str, at_the_top: str, person_id: UUID, code: str
) -> Objection | None:
    """The newest objection of a person to a period's result, as the actor sees it; None without one."""
    where = "AND e.person_id = :subject AND p.code = :code"
    rows = session.execute(
        text(_OBJECTIONS.format(where=where)),
        {"tenant": tenant_of(session), "zone": zone, "subject": person_id, "code": code},
    ).all()
    newest = max(rows, key=lambda row: row.revision, default=None)
    if newest is None:
        return None
    permission = _AT_THE_TOP.get(at_the_top)
    if newest.decider_id is not None:
        may = actor.person_id == newest.decider_id
    else:
        may = permission is not None and reaches_person(session, actor, permission, person_id, today(zone))
    return _view(newest, at_the_top, may_decide=may)


def _view(row: Row[Any], at_the_top: str, *, may_decide: bool) -> Objection:
    return Objection(
        person_id=row.person_id,
        name=row.name,
        period_id=row.period_id,
        period=row.period,
        revision=row.revision,
        reason=row.reason or "",
        filed_at=row.filed_at,
        outcome=row.outcome,
        rule_hash=row.rule_hash,
        appraiser_id=row.appraiser_id,
        appraiser_name=row.appraiser_name,
        decider_name=row.decider_name,
        decided_by=row.decided_as or (SUPERIOR if row.decider_id is not None else at_the_top),
        may_decide=may_decide,
        upheld=row.upheld,
        decision=row.decision,
        decided_at=row.decided_at,
        corrected_revision=row.corrected_revision,
    )
