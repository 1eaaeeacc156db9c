"""Commands on an agreed plan while it stays in force: amend it as a draft, submit that, agree to it, give it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.errors import Conflict, Fault, Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.notices.service import tell
from selaras.organisation.access import agency_day
from selaras.organisation.queries import superior_of
from selaras.planning.drafting import (
    REASON_LENGTH,
    as_appraiser,
    open_items,
    plan_row,
    references,
    refuse_faults,
    require_own,
    write_content,
)
from selaras.planning.drafts import PlanDraft
from selaras.planning.history import (
    Difference,
    as_it_stands,
    differences,
    keep_version,
    names_in,
    packed,
    unpacked,
)
from selaras.planning.models import Plan, PlanAmendment, PlanItem, PlanVersion
from selaras.planning.queries import holder_on
from selaras.planning.rules import faults, variant_for
from selaras.planning.versions import version_of_draft
from selaras.regulation import Rules

OPEN = ("draft", "submitted")


@dataclass(frozen=True)
class AmendmentView:
    """An amendment that is on its way. `codes`: those that results of the plan have or had, which no new one gets."""

    id: UUID
    plan_id: UUID
    state: str
    reason: str
    note: str | None
    begun_at: datetime
    submitted_at: datetime | None
    draft: PlanDraft
    differences: tuple[Difference, ...]
    codes: frozenset[str]

    @property
    def seen(self) -> str:
        """The version of it: changes with every field and with its state."""
        return f"{self.state}-{version_of_draft(self.draft)}"


def amendment(session: Session, plan_id: UUID) -> AmendmentView | None:
    """The amendment of a plan that is on its way, with what it changes; None where there is none."""
    row = _open(session, plan_id)
    if row is None:
        return None
    plan = session.scalars(select(Plan).where(Plan.id == plan_id)).one()
    draft, before = unpacked(row.content), as_it_stands(session, plan)
    changes = tuple(differences(before, draft, names_in(session, [before, draft])))
    codes = frozenset(session.scalars(select(PlanItem.code).where(PlanItem.plan_id == plan_id)))
    return AmendmentView(
        row.id, plan_id, row.state, row.reason, row.note, row.begun_at, row.submitted_at, draft, changes, codes
    )


def begin(session: Session, actor: Actor, person_id: UUID, year: int, reason: str) -> UUID:
    """Begin to amend one's own agreed plan, with a reason; the plan stays in force. Begun twice, it is begun once."""
    require_own(actor, person_id)
    plan = _agreed(session, person_id, year)
    known = _open(session, plan.id)
    if known is not None:
        return known.id
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid(
            "amendment_reason",
            "Say why the plan is to be changed, in at least {least} characters.",
            field="reason",
            least=REASON_LENGTH,
        )
    row = PlanAmendment(
        plan_id=plan.id, reason=reason.strip(), content=packed(as_it_stands(session, plan)), begun_at=now()
    )
    session.add(row)
    session.flush()
    payload = {"year": year, "reason": salted(session, reason.strip())}
    record(session, actor, "plan.amendment_begun", f"plan:{plan.id}", payload)
    return row.id


def save(
    session: Session,
    actor: Actor,
    person_id: UUID,
    year: int,
    draft: PlanDraft,
    rules: Rules,
    *,
    seen: str | None = None,
) -> None:
    """Keep the amendment as written so far; `seen` as in `drafting.save_draft`."""
    require_own(actor, person_id)
    plan, row = _amended(session, person_id, year, "draft")
    holder = holder_on(session, person_id, agency_day(session, actor))
    variant = variant_for(rules.form, holder, draft.variant)
    draft = replace(draft, variant=variant.code if variant else draft.variant)
    found = [one for one in _faults(session, actor, person_id, draft, rules) if not one.final]
    superior = superior_of(session, person_id, agency_day(session, actor))
    kept = {item.parent_item_id for item in as_it_stands(session, plan).items}
    lost = [one for one in references(session, draft, person_id, year, superior) if not _kept(one, draft, kept)]
    refuse_faults(rules, [*found, *lost, *_revived(session, plan, draft)])
    stored = unpacked(row.content)
    if seen not in (None, f"{row.state}-{version_of_draft(stored)}") and version_of_draft(stored) != version_of_draft(
        draft
    ):
        raise Conflict(
            "plan_changed",
            "The plan was changed elsewhere, perhaps on another device of yours, while you were writing. "
            "Nothing was overwritten: look at both, then decide which one stays.",
        )
    row.content = packed(draft)
    session.flush()


def submit(session: Session, actor: Actor, person_id: UUID, year: int, rules: Rules) -> None:
    """Hand the amendment to the appraiser; `Invalid` names every field that is still open, or that nothing changed."""
    require_own(actor, person_id)
    plan, row = _amended(session, person_id, year, "draft")
    draft = unpacked(row.content)
    refuse_faults(rules, list(_faults(session, actor, person_id, draft, rules)))
    if not list(differences(as_it_stands(session, plan), draft, {})):
        raise Conflict("amendment_empty", "Nothing was changed yet. Change the plan, or withdraw the amendment.")
    row.state, row.submitted_at, row.note = "submitted", now(), None
    session.flush()
    superior = superior_of(session, person_id, agency_day(session, actor))
    if superior is not None:
        tell(session, superior, "amendment_submitted", plan.id, {"person": str(person_id), "year": year})
    record(session, actor, "plan.amendment_submitted", f"plan:{plan.id}", {"year": year})


def withdraw(session: Session, actor: Actor, person_id: UUID, year: int) -> None:
    """The owner gives the amendment up; the plan stays as it was agreed."""
    require_own(actor, person_id)
    plan, row = _amended(session, person_id, year, *OPEN)
    row.state, row.settled_at = "withdrawn", now()
    session.flush()
    record(session, actor, "plan.amendment_withdrawn", f"plan:{plan.id}", {"year": year})


def give_back(session: Session, actor: Actor, person_id: UUID, year: int, note: str) -> None:
    """The appraiser gives the amendment back and says why; the plan stays in force."""
    actor = as_appraiser(session, actor, person_id)
    plan, row = _amended(session, person_id, year, "submitted")
    if len(note.strip()) < REASON_LENGTH:
        raise Invalid(
            "plan_note_short",
            "Say what is to be changed, in at least {least} characters.",
            field="note",
            least=REASON_LENGTH,
        )
    row.state, row.note = "draft", note.strip()
    session.flush()
    tell(session, person_id, "amendment_returned", plan.id, {"person": str(person_id), "year": year})
    record(session, actor, "plan.amendment_given_back", f"plan:{plan.id}", {"year": year})


def agree(session: Session, actor: Actor, person_id: UUID, year: int, rules: Rules, seen: str | None = None) -> None:
    """The appraiser agrees: from today on the plan is as amended, and both versions can be read.

    Results that it leaves out are stopped today, with everything that was reached on them; the others keep theirs.
    """
    actor = as_appraiser(session, actor, person_id)
    plan, row = _amended(session, person_id, year, "submitted")
    draft = unpacked(row.content)
    if seen not in (None, f"{row.state}-{version_of_draft(draft)}"):
        raise Conflict("plan_changed_unread", "The plan was changed since you opened it. Read it again, then decide.")
    _refuse_unagreed(session, draft)
    if session.scalar(select(PlanVersion.number).where(PlanVersion.plan_id == plan.id).limit(1)) is None:
        keep_version(session, plan, None, plan.appraiser_id, plan.agreed_at)
    day, codes = agency_day(session, actor), [item.code for item in draft.items]
    session.execute(
        update(PlanItem)
        .where(PlanItem.plan_id == plan.id, PlanItem.code.not_in(codes), PlanItem.stopped_on.is_(None))
        .values(stopped_on=day)
    )
    session.expire_all()
    plan.model, plan.variant = draft.model, draft.variant
    write_content(session, plan.id, draft, rules.form)
    principal = actor.acting.principal_id if actor.acting else None
    number = keep_version(session, plan, row.reason, principal or actor.person_id)
    row.state, row.settled_at = "agreed", now()
    plan.delegation_id = actor.acting.id if actor.acting else None
    session.flush()
    tell(session, person_id, "amendment_agreed", plan.id, {"person": str(person_id), "year": year})
    record(session, actor, "plan.amended", f"plan:{plan.id}", {"year": year, "version": number})


def _faults(session: Session, actor: Actor, person_id: UUID, draft: PlanDraft, rules: Rules) -> tuple[Fault, ...]:
    return faults(draft, rules.form, rules.behaviours, holder_on(session, person_id, agency_day(session, actor)))


def _kept(fault: Fault, draft: PlanDraft, kept: set[UUID | None]) -> bool:
    """A result that the agreed plan serves already may stay, also where the superior has changed since."""
    _, n, name = fault.field.split(".")
    return name == "parent_item_id" and draft.items[int(n)].parent_item_id in kept


def _revived(session: Session, plan: Plan, draft: PlanDraft) -> list[Fault]:
    rows = select(PlanItem.code).where(PlanItem.plan_id == plan.id, PlanItem.stopped_on.is_not(None))
    stopped = set(session.scalars(rows))
    return [
        Fault("plan_code_stopped", "“{value}” was a result that is stopped; give this one another code.",
              field=f"items.{n}.code", value=item.code[:60])
        for n, item in enumerate(draft.items)
        if item.code in stopped
    ]  # fmt: skip


def _refuse_unagreed(session: Session, draft: PlanDraft) -> None:
    served = {item.parent_item_id: item.code for item in draft.items if item.parent_item_id}
    waiting = session.scalars(select(PlanItem.id).where(PlanItem.id.in_(served), PlanItem.id.in_(open_items()))).first()
    if waiting is not None:
        raise Conflict(
            "plan_superior_open",
            "Result {code} serves a superior's result whose plan is not agreed yet; that plan comes first.",
            code=served[waiting],
        )


def _agreed(session: Session, person_id: UUID, year: int) -> Plan:
    row = plan_row(session, person_id, year)
    if row is None:
        raise NotFound("plan_none", "There is no plan of {year} yet.", year=year)
    if row.state != "agreed":
        raise Conflict(
            "plan_not_agreed",
            "The plan of {year} is {state}; only an agreed plan is amended.",
            year=year,
            state=row.state,
        )
    return row


def _open(session: Session, plan_id: UUID) -> PlanAmendment | None:
    rows = select(PlanAmendment).where(PlanAmendment.plan_id == plan_id, PlanAmendment.state.in_(OPEN))
    return session.scalars(rows).one_or_none()


def _amended(session: Session, person_id: UUID, year: int, *states: str) -> tuple[Plan, PlanAmendment]:
    plan = _agreed(session, person_id, year)
    row = _open(session, plan.id)
    if row is None:
        raise NotFound("amendment_none", "The plan of {year} is not being amended.", year=year)
    if row.state not in states:
        raise Conflict(
            "amendment_state",
            "The amendment is {state}. A draft is written and submitted by its owner; what is submitted, the "
            "appraiser agrees to or gives back.",
            state=row.state,
        )
    return plan, row
