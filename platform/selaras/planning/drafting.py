"""Commands on one person's plan: write it, submit it, agree to it, give it back; the session is never committed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.errors import Conflict, Fault, Invalid, NotFound, Refused
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.notices.acknowledging import AcknowledgementView
from selaras.notices.service import tell
from selaras.organisation.access import agency_day
from selaras.organisation.delegation import acting_for, refuse_expired
from selaras.organisation.models import Person
from selaras.organisation.queries import superior_of
from selaras.planning.drafts import AnnexDraft, ItemDraft, MeasureDraft, PlanDraft, StrategyDraft
from selaras.planning.handing_in import acknowledged, handed_in_before
from selaras.planning.history import is_amended, keep_version
from selaras.planning.models import (
    Assignment,
    Goal,
    ItemMeasure,
    ItemStrategy,
    Plan,
    PlanAnnex,
    PlanExpectation,
    PlanItem,
)
from selaras.planning.queries import NEWEST, PlanView, draft_of, holder_on, last_day, plan
from selaras.planning.rules import faults, section_for, variant_for
from selaras.planning.versions import version, version_of_draft
from selaras.regulation import PlanForm, Rules

REASON_LENGTH = 20


def save_draft(
    session: Session,
    actor: Actor,
    person_id: UUID,
    year: int,
    draft: PlanDraft,
    rules: Rules,
    *,
    seen: str | None = None,
    by_itself: bool = False,
) -> UUID:
    """One's own plan as written so far; it may be incomplete, and the superior's need not be agreed.

    `seen` is the version that was read, else nobody is asked; `by_itself`: a page saved it while it was being written,
    which the ledger need not know. Raises `Invalid` with a fault per field for what the form does not know, `Conflict`
    once it has been submitted or when it was changed elsewhere meanwhile.
    """
    require_own(actor, person_id)
    kept = plan_row(session, person_id, year)
    if kept is not None and kept.state != "draft":
        raise _wrong_state(kept)
    view = plan(session, person_id, year)
    today = agency_day(session, actor)
    superior = superior_of(session, person_id, today)
    holder = holder_on(session, person_id, min(last_day(year, view), today))
    found = [one for one in faults(draft, rules.form, rules.behaviours, holder) if not one.final]
    refuse_faults(rules, [*found, *references(session, draft, person_id, year, superior)])
    variant = variant_for(rules.form, holder, draft.variant)
    written = replace(draft, variant=variant.code if variant else None)
    _refuse_overwriting(view, written, rules.form, seen)
    row = kept or Plan(person_id=person_id, year=year, segment=1)
    row.model, row.variant, row.appraiser_id = written.model, written.variant, superior
    session.add(row)
    session.flush()
    write_content(session, row.id, draft, rules.form)
    if not by_itself:
        record(session, actor, "plan.drafted", f"plan:{row.id}", {"year": year, "items": len(draft.items)})
    return row.id


def submit(session: Session, actor: Actor, person_id: UUID, year: int, rules: Rules) -> AcknowledgementView:
    """Hand one's own plan to the appraiser; `Invalid` names every field that is still open.

    It is acknowledged by the server's time. Handing in again what is handed in already changes nothing: the
    acknowledgement is the same.
    """
    require_own(actor, person_id)
    row = _in_state(session, person_id, year, "draft", "submitted")
    if row.state == "submitted":
        kept = handed_in_before(session, person_id, row.id)
        if kept is None:
            raise _wrong_state(row)
        return kept
    view = plan(session, person_id, year)
    assert view is not None
    holder = holder_on(session, person_id, min(last_day(year, view), agency_day(session, actor)))
    refuse_faults(rules, list(faults(draft_of(view, rules.form), rules.form, rules.behaviours, holder)))
    row.state, row.submitted_at, row.note = "submitted", now(), None
    record(session, actor, "plan.submitted", f"plan:{row.id}", {"year": year})
    return acknowledged(session, view, person_id, rules)


def agree(session: Session, actor: Actor, person_id: UUID, year: int, seen: tuple[PlanForm, str] | None = None) -> None:
    """The appraiser agrees to a submitted plan; the superior's results that it serves must be agreed before.

    `seen`: the form and the version that was read; what was handed in anew since then is not agreed to unread.
    """
    actor = as_appraiser(session, actor, person_id)
    row = _in_state(session, person_id, year, "submitted")
    if seen is not None and version(plan(session, person_id, year), seen[0]) != seen[1]:
        raise Conflict("plan_changed_unread", "The plan was changed since you opened it. Read it again, then decide.")
    waiting = session.scalars(
        select(PlanItem.code)
        .where(PlanItem.plan_id == row.id, PlanItem.parent_item_id.in_(open_items()))
        .order_by(PlanItem.code)
    ).first()
    if waiting is not None:
        raise Conflict(
            "plan_superior_open",
            "Result {code} serves a superior's result whose plan is not agreed yet; that plan comes first.",
            code=waiting,
        )
    principal = actor.acting.principal_id if actor.acting else None
    row.state, row.agreed_at, row.appraiser_id = "agreed", now(), principal or actor.person_id
    row.delegation_id = actor.acting.id if actor.acting else None
    session.flush()
    keep_version(session, row, row.note, row.appraiser_id)
    tell(session, person_id, "plan_agreed", row.id, {"person": str(person_id), "year": year})
    record(session, actor, "plan.agreed", f"plan:{row.id}", {"year": year})


def give_back(session: Session, actor: Actor, person_id: UUID, year: int, note: str) -> None:
    """The appraiser gives a submitted or agreed plan back to be changed, and says why."""
    actor = as_appraiser(session, actor, person_id)
    row = _in_state(session, person_id, year, "submitted", "agreed")
    if is_amended(session, row.id):
        raise Conflict(
            "plan_amending", "The plan is being amended. Decide on the amendment, or let its owner withdraw it first."
        )
    if len(note.strip()) < REASON_LENGTH:
        raise Invalid(
            "plan_note_short",
            "Say what is to be changed, in at least {least} characters.",
            field="note",
            least=REASON_LENGTH,
        )
    row.state, row.note, row.agreed_at = "draft", note.strip(), None
    tell(session, person_id, "plan_returned", row.id, {"person": str(person_id), "year": year})
    record(session, actor, "plan.given_back", f"plan:{row.id}", {"year": year})


def require_own(actor: Actor, person_id: UUID) -> None:
    """Return if it is the actor's own plan and they may write it, else `Refused`."""
    actor.require(Permission.PLAN_OWN)
    if actor.person_id != person_id:
        raise Refused("plan_not_own", "Only the person themself may write their plan; the appraiser agrees to it.")


def as_appraiser(session: Session, actor: Actor, person_id: UUID) -> Actor:
    """The actor as the person's superior of today, or as somebody who acts for them; else `NotFound`."""
    actor.require(Permission.AGREE_PLANS)
    today = agency_day(session, actor)
    if actor.person_id is not None and superior_of(session, person_id, today) == actor.person_id:
        return actor
    acting = acting_for(session, actor, Permission.AGREE_PLANS, person_id, today)
    if acting is None:
        refuse_expired(session, actor, person_id, today, today)
        raise NotFound("person_unknown", "There is no such person here.")
    return actor.by(acting)


def _refuse_overwriting(view: PlanView | None, written: PlanDraft, form: PlanForm, seen: str | None) -> None:
    """What another device wrote meanwhile stays; saying the same again is no conflict."""
    if seen is None or version(view, form) == seen:
        return
    if view is None or version_of_draft(draft_of(view, form)) != version_of_draft(written):
        raise Conflict(
            "plan_changed",
            "The plan was changed elsewhere, perhaps on another device of yours, while you were writing. "
            "Nothing was overwritten: look at both, then decide which one stays.",
        )


def plan_row(session: Session, person_id: UUID, year: int) -> Plan | None:
    """The plan, locked; whoever writes the first one of a year waits for whoever else does."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    rows = select(Plan).where(Plan.person_id == person_id, Plan.year == year).order_by(*NEWEST)
    return session.scalars(rows.limit(1).with_for_update()).first()


def _in_state(session: Session, person_id: UUID, year: int, *states: str) -> Plan:
    row = plan_row(session, person_id, year)
    if row is None:
        raise NotFound("plan_none", "There is no plan of {year} yet.", year=year)
    if row.state not in states:
        raise _wrong_state(row)
    return row


def _wrong_state(row: Plan) -> Conflict:
    return Conflict(
        "plan_state",
        "The plan of {year} is {state}. A draft is written and submitted by its owner; "
        "what is submitted, the appraiser agrees to or gives back.",
        year=row.year,
        state=row.state,
    )


def refuse_faults(rules: Rules, found: Sequence[Fault]) -> None:
    """`Invalid` with every fault, where there are some."""
    if found:
        raise Invalid(
            "plan_form",
            "The plan does not fit the form of {regulation}: {count} fields are to be corrected.",
            faults=found,
            regulation=rules.code,
            count=len(found),
        )


def open_items() -> Select[UUID]:
    """Results of plans that are not agreed."""
    return select(PlanItem.id).join(Plan, Plan.id == PlanItem.plan_id).where(Plan.state != "agreed")


def references(
    session: Session, draft: PlanDraft, person_id: UUID, year: int, superior: UUID | None
) -> Iterator[Fault]:
    """What items name must be there: a result of the superior's plan of the year, a goal of it, an own assignment."""
    results = select(PlanItem.id).join(Plan, Plan.id == PlanItem.plan_id)
    known = {
        "parent_item_id": results.where(Plan.person_id == superior, Plan.year == year),
        "goal_id": select(Goal.id).where(Goal.year == year),
        "assignment_id": select(Assignment.id).where(Assignment.person_id == person_id),
    }
    for name, statement in known.items():
        places = {f"items.{n}.{name}": getattr(item, name) for n, item in enumerate(draft.items)}
        named = {place: one for place, one in places.items() if one is not None}
        there = set(session.scalars(statement)) if named else set()
        for place, one in named.items():
            if one not in there:
                yield Fault(
                    "plan_reference", "This names nothing that a plan of {year} can refer to.", field=place, year=year
                )


def write_content(session: Session, plan_id: UUID, draft: PlanDraft, form: PlanForm) -> None:
    """Everything in the plan as the draft has it; what was reached so far stays with the aspects that stay."""
    held = {row.code: row for row in session.scalars(select(PlanItem).where(PlanItem.plan_id == plan_id))}
    codes = {item.code for item in draft.items}
    _remove(session, [row for row in held.values() if row.code not in codes and row.stopped_on is None])
    for item in draft.items:
        row = held.get(item.code) or PlanItem(plan_id=plan_id, code=item.code)
        _fill(row, item, form)
        session.add(row)
        session.flush()
        _write_measures(session, row.id, item.measures)
        session.execute(delete(ItemStrategy).where(ItemStrategy.item_id == row.id))
        session.add_all(ItemStrategy(item_id=row.id, **one) for one in _placed("stage", item.strategy))
    session.execute(delete(PlanAnnex).where(PlanAnnex.plan_id == plan_id))
    session.execute(delete(PlanExpectation).where(PlanExpectation.plan_id == plan_id))
    session.add_all(PlanAnnex(plan_id=plan_id, **one) for one in _placed("kind", draft.annexes))
    session.add_all(
        PlanExpectation(plan_id=plan_id, behaviour=one.behaviour, content=one.content) for one in draft.expectations
    )
    session.flush()


def _fill(row: PlanItem, item: ItemDraft, form: PlanForm) -> None:
    section = section_for(form, item.section)
    row.kind = section.kind if section else "main"
    for name in ("title", "section", "perspective", "origin", "expectation"):
        setattr(row, name, getattr(item, name))
    row.parent_item_id, row.goal_id, row.assignment_id = item.parent_item_id, item.goal_id, item.assignment_id
    if item.detail is not None:
        asked = {column.name for column in form.columns}
        kept = {name: value for name, value in (row.detail or {}).items() if name not in asked}
        row.detail = kept | {name: value for name, value in item.detail.items() if value is not None}


def _write_measures(session: Session, item_id: UUID, measures: Sequence[MeasureDraft]) -> None:
    held = {row.aspect: row for row in session.scalars(select(ItemMeasure).where(ItemMeasure.item_id == item_id))}
    for aspect in set(held) - {one.aspect for one in measures}:
        session.delete(held[aspect])
    for one in measures:
        row = held.get(one.aspect) or ItemMeasure(item_id=item_id, aspect=one.aspect)
        row.indicator, row.target, row.measure, row.manual = one.indicator, one.target, one.measure, one.manual
        session.add(row)


def _placed(code: str, lines: Sequence[StrategyDraft | AnnexDraft]) -> Iterator[Mapping[str, Any]]:
    """Lines of text under a code, numbered within it in the order in which they were written."""
    counts: dict[str, int] = {}
    for line in lines:
        key: str = getattr(line, code)
        counts[key] = counts.get(key, 0) + 1
        yield {code: key, "place": counts[key], "content": line.content}


def _remove(session: Session, rows: Sequence[PlanItem]) -> None:
    """Items with what hangs on them; an item that others or a report refer to stays, in words."""
    for row in rows:
        savepoint = session.begin_nested()
        try:
            for table in (ItemMeasure, ItemStrategy):
                session.execute(delete(table).where(table.item_id == row.id))
            session.delete(row)
            session.flush()
        except IntegrityError as error:
            savepoint.rollback()
            raise Conflict(
                "plan_item_used",
                "Result {code} cannot be removed: progress, feedback, steps or somebody else's plan refers to it.",
                code=row.code,
            ) from error
        savepoint.commit()
