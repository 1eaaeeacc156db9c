"""Reads: objections with their reasons, who must decide each, and how it was decided."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.db.session import tenant_of
from selaras.identity.actor import Acting, Actor
from selaras.identity.permissions import Permission
from selaras.organisation.delegation import above, acting_for, covered_vacant, principals
from selaras.organisation.queries import superior_of
from selaras.organisation.reach import PERSON_WITHIN, reach, reaches_person

SUPERIOR = "atasan_pejabat_penilai"
# Who decides at the top, by the rulebook's word for it.
_AT_THE_TOP = {"ppk": Permission.DECIDE_FOLLOWUP, "pyb": Permission.ENDORSE_FOLLOWUP}

_OBJECTIONS = """
    SELECT e.person_id, who.name, e.period_id, p.code AS period, e.segment, e.revision, e.reason, e.at AS filed_at,
           o.outcome, o.appraiser_id, rater.name AS appraiser_name, c.id AS case_id, c.decider_id, c.invited_at,
           c.hearing, c.withdrawn_at, head.name AS decider_name, d.upheld, d.extent, d.reason AS decision,
           d.at AS decided_at, d.corrected_revision, d.decided_as, rule.hash AS rule_hash
    FROM selaras.outcome_event e
    JOIN selaras.objection_case c ON c.tenant_id = :tenant AND c.period_id = e.period_id AND c.person_id = e.person_id
      AND c.segment = e.segment AND c.revision = e.revision
    JOIN selaras.outcome o ON o.tenant_id = :tenant AND o.period_id = e.period_id AND o.person_id = e.person_id
      AND o.segment = e.segment AND o.revision = e.revision
    JOIN selaras.outcome_batch b ON b.tenant_id = :tenant AND b.id = o.batch_id
    JOIN selaras.rule_text rule ON rule.id = b.rule_id
    JOIN selaras.period p ON p.tenant_id = :tenant AND p.id = e.period_id
    JOIN selaras.person who ON who.tenant_id = :tenant AND who.id = e.person_id
    LEFT JOIN selaras.person rater ON rater.tenant_id = :tenant AND rater.id = o.appraiser_id
    LEFT JOIN selaras.person head ON head.tenant_id = :tenant AND head.id = c.decider_id
    LEFT JOIN selaras.objection_decision d ON d.tenant_id = :tenant AND d.period_id = e.period_id
      AND d.person_id = e.person_id AND d.segment = e.segment AND d.revision = e.revision
    WHERE e.tenant_id = :tenant AND e.state = 'objected' {where}
    ORDER BY coalesce(d.at, c.withdrawn_at) IS NOT NULL, e.at, e.person_id LIMIT 200
"""
_STOOD_BACK = text(
    "SELECT true FROM selaras.objection_interest WHERE tenant_id = :tenant AND case_id = :case"
    " AND account_id = :account"
)
_NOT_BACK = (
    "AND NOT EXISTS (SELECT FROM selaras.objection_interest own WHERE own.tenant_id = :tenant AND own.case_id = c.id"
    " AND own.account_id = :account)"
)


@dataclass(frozen=True)
class Objection:
    """One objection: whose, to which result, why; who decides it, and how it was decided.

    `hearing`: days, kind, article and certainty of the time since `invited_at` in which both sides explain themselves.
    `extent`: granted as a whole, in part, or none. `decided_by`: the appraiser's superior, or the rulebook's word for
    who decides at the top. `may_decide`: whether the one who asks is that official, or acts for them (`acting`).
    `speaks_by`: the delegation by which they explain for the appraiser.
    """

    case_id: UUID
    person_id: UUID
    name: str
    period_id: UUID
    period: str
    segment: int
    revision: int
    reason: str
    filed_at: datetime
    outcome: str
    rule_hash: str
    appraiser_id: UUID | None
    appraiser_name: str | None
    decider_id: UUID | None
    decider_name: str | None
    decided_by: str
    may_decide: bool
    acting: Acting | None
    speaks_by: Acting | None
    invited_at: datetime
    hearing: dict[str, Any]
    withdrawn_at: datetime | None
    upheld: bool | None
    extent: str | None
    decision: str | None
    decided_at: datetime | None
    corrected_revision: int | None


def decider_of(session: Session, appraiser_id: UUID | None, day: date, barred: Collection[UUID]) -> UUID | None:
    """The next superior of the appraiser on a day who is not barred; None at the top or above a vacant post.

    Barred are the two sides, and whoever declared an interest: then the next superior decides.
    """
    found = superior_of(session, appraiser_id, day) if appraiser_id else None
    passed: set[UUID] = set()
    while found is not None and found in barred and found not in passed:
        passed.add(found)
        found = superior_of(session, found, day)
    return None if found in passed else found


def objections_of(session: Session, actor: Actor, zone: str, at_the_top: str) -> list[Objection]:
    """The objections that the actor must decide or has had to decide, undecided ones first, at most 200."""
    permission = _AT_THE_TOP.get(at_the_top)
    holds = permission in actor.permissions
    values: dict[str, object] = {"tenant": tenant_of(session), "person": actor.person_id, "top": holds}
    values["account"] = actor.account_id
    reached = ""
    if permission is not None and holds and actor.roots(permission) is not None:
        values["day"] = today(zone)
        values["reach"] = list(reach(session, actor, permission, today(zone)) or ())
        reached = PERSON_WITHIN.format(person="e.person_id")
    day = today(zone)
    values["principals"] = list(principals(actor))
    values["covered"] = list(covered_vacant(session, actor, Permission.RATE_TEAM, day))
    where = (
        f"AND (c.decider_id = :person OR (c.decider_id IS NULL AND :top {reached} {_NOT_BACK})"
        " OR (e.person_id <> :person AND o.appraiser_id <> :person AND (c.decider_id = ANY(:principals)"
        f" OR (c.decider_id IS NULL AND o.appraiser_id = ANY(:covered))) {_NOT_BACK}))"
    )
    rows = session.execute(text(_OBJECTIONS.format(where=where)), values)
    return [_view(row, at_the_top, may_decide=True, acting=_acting(session, actor, row, day)) for row in rows]


def objection(
    session: Session, actor: Actor, zone: str, at_the_top: str, person_id: UUID, code: str
) -> Objection | None:
    """The newest objection of a person to a period's result, as the actor sees it; None without one."""
    where = "AND e.person_id = :subject AND p.code = :code"
    rows = session.execute(
        text(_OBJECTIONS.format(where=where)),
        {"tenant": tenant_of(session), "subject": person_id, "code": code},
    ).all()
    newest = max(rows, key=lambda row: row.revision, default=None)
    if newest is None:
        return None
    permission = _AT_THE_TOP.get(at_the_top)
    if newest.decider_id is not None:
        may = actor.person_id == newest.decider_id
    else:
        may = permission is not None and reaches_person(session, actor, permission, person_id, today(zone))
        may = may and not _stood_back(session, actor, newest.case_id)
    acting = None if may else _acting(session, actor, newest, today(zone))
    if acting is not None and _stood_back(session, actor, newest.case_id):
        acting = None
    speaks_by = None if may else _speaks_by(session, actor, newest, today(zone))
    if speaks_by is not None:
        acting = None  # whoever speaks for a side does not decide
    may = may or acting is not None
    return _view(newest, at_the_top, may_decide=may, acting=acting, speaks_by=speaks_by)


def _speaks_by(session: Session, actor: Actor, row: Row[Any], day: date) -> Acting | None:
    """The delegation by which the actor explains for the appraiser, as their Plh or in the post that is vacant now."""
    if not actor.delegations or actor.person_id in (row.person_id, row.appraiser_id, row.decider_id):
        return None
    found = acting_for(session, actor, Permission.RATE_TEAM, row.person_id, day)
    return found if found is not None and found.principal_id in (None, row.appraiser_id) else None


def _acting(session: Session, actor: Actor, row: Row[Any], day: date) -> Acting | None:
    """The delegation by which the actor decides for whoever has to: never about themself, nor a superior of theirs.

    A Plh or mandate stands for whoever decides; a Plt for the vacant post above the appraiser.
    """
    if not actor.delegations or actor.person_id in (row.person_id, row.appraiser_id, row.decider_id):
        return None
    if row.decider_id is None:
        found = acting_for(session, actor, Permission.RATE_TEAM, row.appraiser_id, day) if row.appraiser_id else None
        return found if found is not None and found.unit_id is not None else None
    if row.decider_id not in principals(actor) or {row.person_id, row.appraiser_id} & above(session, actor, day):
        return None
    return next(one for one in actor.delegations if one.principal_id == row.decider_id)


def _stood_back(session: Session, actor: Actor, case_id: UUID) -> bool:
    """Whether the actor declared an interest of their own in this case."""
    values = {"tenant": tenant_of(session), "case": case_id, "account": actor.account_id}
    return session.execute(_STOOD_BACK, values).first() is not None


def _view(
    row: Row[Any], at_the_top: str, *, may_decide: bool, acting: Acting | None = None, speaks_by: Acting | None = None
) -> Objection:
    return Objection(
        case_id=row.case_id,
        person_id=row.person_id,
        name=row.name,
        period_id=row.period_id,
        period=row.period,
        segment=row.segment,
        revision=row.revision,
        reason=row.reason or "",
        filed_at=row.filed_at,
        outcome=row.outcome,
        rule_hash=row.rule_hash,
        appraiser_id=row.appraiser_id,
        appraiser_name=row.appraiser_name,
        decider_id=row.decider_id,
        decider_name=row.decider_name,
        decided_by=row.decided_as or (SUPERIOR if row.decider_id is not None else at_the_top),
        may_decide=may_decide,
        acting=acting,
        speaks_by=speaks_by,
        invited_at=row.invited_at,
        hearing=row.hearing,
        withdrawn_at=row.withdrawn_at,
        upheld=row.upheld,
        extent=row.extent,
        decision=row.decision,
        decided_at=row.decided_at,
        corrected_revision=row.corrected_revision,
    )
