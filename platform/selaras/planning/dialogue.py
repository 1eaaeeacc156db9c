"""The dialogue on a plan: remarks on the whole and on single results, who takes part, and what is not read yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Invalid, NotFound, Refused
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.notices.service import mark_read, tell
from selaras.organisation.access import agency_day
from selaras.organisation.delegation import acting_for
from selaras.organisation.models import Person
from selaras.organisation.queries import superior_of
from selaras.planning.models import Plan, PlanItem, PlanReading, PlanRemark
from selaras.planning.queries import NEWEST

LONGEST = 4_000
NOTICE = "plan_remark"


@dataclass(frozen=True)
class Remark:
    """One remark; `item_code` is None for the whole plan, `item_id` also where the result is gone. Times in UTC."""

    id: UUID
    item_id: UUID | None
    item_code: str | None
    item_title: str | None
    author_id: UUID
    author_name: str
    role: str
    content: str
    written_at: datetime
    new: bool


@dataclass(frozen=True)
class Dialogue:
    """Everything said about a plan, the oldest first. `party`: as what the reader takes part (None: they do not)."""

    party: str | None
    remarks: tuple[Remark, ...] = ()

    @property
    def whole(self) -> tuple[Remark, ...]:
        """About the plan as a whole."""
        return tuple(one for one in self.remarks if one.item_code is None)

    @property
    def former(self) -> tuple[Remark, ...]:
        """About results that no longer stand in the plan."""
        return tuple(one for one in self.remarks if one.item_code is not None and one.item_id is None)

    @property
    def unread(self) -> int:
        """How many remarks of others the reader has not marked as read."""
        return sum(one.new for one in self.remarks)

    def about(self, code: str) -> tuple[Remark, ...]:
        """About the result that stands in the plan under a code."""
        return tuple(one for one in self.remarks if one.item_id is not None and one.item_code == code)


@dataclass(frozen=True)
class Unread:
    """How many remarks on somebody's plan the reader has not read, and since when the first of them waits."""

    person_id: UUID
    year: int
    count: int
    since: datetime


def party(session: Session, actor: Actor, person_id: UUID, day: date) -> str | None:
    """As what the actor takes part: owner, appraiser, delegate (acts for the appraiser), reviewer (stands above)."""
    if actor.person_id is None:
        return None
    if actor.person_id == person_id:
        return "owner" if Permission.PLAN_OWN in actor.permissions else None
    superior = superior_of(session, person_id, day)
    if superior == actor.person_id:
        return "appraiser"
    if acting_for(session, actor, Permission.AGREE_PLANS, person_id, day) is not None:
        return "delegate"
    return "reviewer" if superior and superior_of(session, superior, day) == actor.person_id else None


def dialogue(session: Session, actor: Actor, person_id: UUID, year: int) -> Dialogue:
    """What was said about the person's last plan of the year, for whoever takes part; nothing for anybody else."""
    role = party(session, actor, person_id, agency_day(session, actor))
    if role is None:
        return Dialogue(None)
    last = select(Plan.id).where(Plan.person_id == person_id, Plan.year == year).order_by(*NEWEST).limit(1)
    fresh = (PlanRemark.author_id != actor.person_id) & (
        PlanReading.until.is_(None) | (PlanRemark.written_at > PlanReading.until)
    )
    rows = session.execute(
        select(PlanRemark, Person.name, fresh)
        .join(Person, Person.id == PlanRemark.author_id)
        .outerjoin(
            PlanReading, (PlanReading.plan_id == PlanRemark.plan_id) & (PlanReading.reader_id == actor.person_id)
        )
        .where(PlanRemark.plan_id == last.scalar_subquery())
        .order_by(PlanRemark.written_at, PlanRemark.id)
    )
    return Dialogue(role, tuple(_remark(row, name, new=new) for row, name, new in rows))


def unread(session: Session, actor: Actor, people: Collection[UUID]) -> list[Unread]:
    """Plans of these people with remarks that the actor has not read, those that wait longest first."""
    if actor.person_id is None or not people:
        return []
    first = func.min(PlanRemark.written_at)
    rows = session.execute(
        select(Plan.person_id, Plan.year, func.count(), first)
        .join(PlanRemark, PlanRemark.plan_id == Plan.id)
        .outerjoin(PlanReading, (PlanReading.plan_id == Plan.id) & (PlanReading.reader_id == actor.person_id))
        .where(
            Plan.person_id.in_(people),
            PlanRemark.author_id != actor.person_id,
            PlanReading.until.is_(None) | (PlanRemark.written_at > PlanReading.until),
        )
        .group_by(Plan.person_id, Plan.year)
        .order_by(first, Plan.person_id)
    )
    return [Unread(*row) for row in rows]


def say(
    session: Session,
    actor: Actor,
    person_id: UUID,
    year: int,
    content: str,
    item_id: UUID | None = None,
    *,
    ask_reviewer: bool = False,
) -> UUID:
    """Add a remark, and tell everybody else who takes part; `ask_reviewer`: the appraiser's superior too.

    The same words said twice in a row by the same person are one remark: a form that was sent twice. What was said
    stays: there is no way to change or remove it.
    """
    day = agency_day(session, actor)
    role = party(session, actor, person_id, day)
    if role is None or actor.person_id is None:
        raise Refused("dialogue_not_party", "The dialogue on a plan is between its owner and who appraises them.")
    words = content.strip()
    if not words or len(words) > LONGEST:
        raise Invalid("remark_length", "Write 1 to {most} characters.", most=LONGEST, field="content")
    plan = _plan(session, person_id, year)
    item = _item(session, plan, item_id)
    known = _last(session, plan, item)
    if known is not None and (known.author_id, known.content) == (actor.person_id, words):
        return known.id
    row = PlanRemark(
        plan_id=plan.id,
        item_id=item_id,
        item_code=item.code if item else None,
        item_title=item.title if item else None,
        author_id=actor.person_id,
        role=role,
        content=words,
        written_at=now(),
    )
    session.add(row)
    session.flush()
    _mark(session, plan, actor.person_id, row.written_at)
    _tell(session, plan, actor.person_id, day, ask_reviewer=ask_reviewer)
    by = acting_for(session, actor, Permission.AGREE_PLANS, person_id, day) if role == "delegate" else None
    payload = {"remark": row.id, "as": role, "said": salted(session, words)}
    record(session, actor.by(by), "plan.remarked", f"plan:{plan.id}", payload)
    return row.id


def read_until(session: Session, actor: Actor, person_id: UUID, year: int, remark_id: UUID) -> None:
    """The actor has read everything up to and with a remark; what came after stays unread."""
    if actor.person_id is None or party(session, actor, person_id, agency_day(session, actor)) is None:
        raise Refused("dialogue_not_party", "The dialogue on a plan is between its owner and who appraises them.")
    plan = _plan(session, person_id, year)
    shown = session.scalar(
        select(PlanRemark.written_at).where(PlanRemark.id == remark_id, PlanRemark.plan_id == plan.id)
    )
    if shown is None:
        raise NotFound("remark_unknown", "There is no such remark on this plan.")
    _mark(session, plan, actor.person_id, shown)
    mark_read(session, actor.person_id, NOTICE, plan.id)


def _plan(session: Session, person_id: UUID, year: int) -> Plan:
    """The last plan of the year, locked, so that a form sent twice is taken one after the other."""
    rows = select(Plan).where(Plan.person_id == person_id, Plan.year == year).order_by(*NEWEST)
    found = session.scalars(rows.limit(1).with_for_update(key_share=True)).first()
    if found is None:
        raise NotFound("plan_none", "There is no plan of {year} yet.", year=year)
    return found


def _item(session: Session, plan: Plan, item_id: UUID | None) -> PlanItem | None:
    if item_id is None:
        return None
    found = session.scalar(select(PlanItem).where(PlanItem.id == item_id, PlanItem.plan_id == plan.id))
    if found is None:
        raise NotFound("plan_item_gone", "This result no longer stands in the plan. Write about the plan as a whole.")
    return found


def _last(session: Session, plan: Plan, item: PlanItem | None) -> PlanRemark | None:
    about = PlanRemark.item_id == item.id if item else PlanRemark.item_code.is_(None)
    order = (PlanRemark.written_at.desc(), PlanRemark.id.desc())
    return session.scalars(
        select(PlanRemark).where(PlanRemark.plan_id == plan.id, about).order_by(*order).limit(1)
    ).first()


def _mark(session: Session, plan: Plan, reader: UUID, until: datetime) -> None:
    values = {"tenant_id": tenant_of(session), "plan_id": plan.id, "reader_id": reader, "until": until}
    made = insert(PlanReading).values(values)
    session.execute(
        made.on_conflict_do_update(
            index_elements=["tenant_id", "plan_id", "reader_id"],
            set_={"until": func.greatest(PlanReading.until, made.excluded.until)},
        )
    )


def _tell(session: Session, plan: Plan, author: UUID, day: date, *, ask_reviewer: bool) -> None:
    """The owner, who appraises today, whoever has taken part and still does, and the reviewer where they are asked."""
    superior = superior_of(session, plan.person_id, day)
    above = superior_of(session, superior, day) if superior else None
    spoke = set(session.scalars(select(PlanRemark.author_id).where(PlanRemark.plan_id == plan.id).distinct()))
    wanted = {plan.person_id, superior, above if ask_reviewer or above in spoke else None}
    for one in wanted - {None, author}:
        tell(session, one, NOTICE, plan.id, {"person": str(plan.person_id), "year": plan.year})  # type: ignore[arg-type]  # None is taken out


def _remark(row: PlanRemark, name: str, *, new: bool) -> Remark:
    return Remark(
        row.id,
        row.item_id,
        row.item_code,
        row.item_title,
        row.author_id,
        name,
        row.role,
        row.content,
        row.written_at,
        bool(new),
    )
