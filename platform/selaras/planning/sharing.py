"""Commands on the role and result matrix: what the team does for one of the leader's results; never committing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Fault, Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.access import agency_day
from selaras.organisation.queries import team
from selaras.planning.models import Plan, PlanItem, ResultShare

LONGEST = 500


@dataclass(frozen=True)
class ShareDraft:
    """One member's cell: `direct` with or without a `share` in percent, or `supporting` with an `output`."""

    person_id: UUID
    kind: str
    share: Decimal | None = None
    output: str | None = None


def write_shares(
    session: Session, actor: Actor, year: int, item_id: UUID, cells: Sequence[ShareDraft], seen: str | None = None
) -> None:
    """All cells of one of the leader's own results of a year; a member without a cell has no part in it any more.

    `seen`: the version that was read. `Invalid` names each member's fault as `cells.N.field`; `Conflict` when somebody
    else changed the row meanwhile.
    """
    actor.require(Permission.AGREE_PLANS)
    leader = _leader(session, actor, year, item_id)
    if seen is not None and seen != version(_cells(session, item_id)):
        raise Conflict(
            "matrix_changed", "This row of the matrix was changed while you were writing. Look at it again, then save."
        )
    members = {one.person_id for one in team(session, leader, agency_day(session, actor))}
    found = [fault for n, cell in enumerate(cells) for fault in _faults(f"cells.{n}", cell, members)]
    together = sum((cell.share or Decimal(0) for cell in cells), Decimal(0))
    if together > 100:
        found.append(
            Fault(
                "shares_above",
                "Together they take {total} % of the result; at most 100 %.",
                field="cells",
                total=together,
            )
        )
    if len({cell.person_id for cell in cells}) < len(cells):
        found.append(Fault("share_twice", "A member stands there twice.", field="cells"))
    if found:
        raise Invalid("matrix_unusable", "The row cannot be kept as it is: {first}", faults=found, first=str(found[0]))
    session.execute(delete(ResultShare).where(ResultShare.item_id == item_id))
    session.add_all(
        ResultShare(
            tenant_id=tenant_of(session),
            item_id=item_id,
            person_id=cell.person_id,
            kind=cell.kind,
            share=cell.share if cell.kind == "direct" else None,
            output=cell.output.strip() if cell.output else None,
        )
        for cell in cells
    )
    session.flush()
    record(session, actor, "matrix.written", f"plan_item:{item_id}", {"members": len(cells)})


def version(cells: Iterable[ShareDraft]) -> str:
    """What a form that was opened on a row of the matrix remembers of it."""
    said = sorted((str(one.person_id), one.kind, f"{one.share or 0:f}".rstrip("0"), one.output or "") for one in cells)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def _cells(session: Session, item_id: UUID) -> list[ShareDraft]:
    rows = session.scalars(select(ResultShare).where(ResultShare.item_id == item_id))
    return [ShareDraft(row.person_id, row.kind, row.share, row.output) for row in rows]


def _leader(session: Session, actor: Actor, year: int, item_id: UUID) -> UUID:
    """Whose result it is: the actor's own, and locked, else `NotFound`."""
    owner = session.scalar(
        select(Plan.person_id)
        .join(PlanItem, PlanItem.plan_id == Plan.id)
        .where(PlanItem.id == item_id, Plan.year == year)
        .with_for_update(of=PlanItem)
    )
    if owner is None or owner != actor.person_id:
        raise NotFound("plan_item_unknown", "You have no such result.")
    return owner


def _faults(at: str, cell: ShareDraft, members: set[UUID]) -> list[Fault]:
    found = []
    if cell.person_id not in members:
        found.append(Fault("share_outside_team", "This person is not in your team today.", field=f"{at}.person_id"))
    if cell.kind not in ("direct", "supporting"):
        found.append(Fault("share_kind", "Choose direct or supporting.", field=f"{at}.kind"))
    if cell.kind == "direct" and cell.share is not None and not 0 < cell.share <= 100:
        found.append(Fault("share_outside", "Write a share above 0 and at most 100.", field=f"{at}.share"))
    if cell.kind == "supporting" and not (cell.output or "").strip():
        found.append(Fault("share_output", "Say what the member makes for this result.", field=f"{at}.output"))
    if len(cell.output or "") > LONGEST:
        found.append(Fault("share_long", "Write at most {most} characters.", field=f"{at}.output", most=LONGEST))
    return found
