"""One plan handed out as the beginning of many: who would get it and who would not, then the drafts themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.errors import Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.notices.service import tell
from selaras.organisation.access import agency_day
from selaras.organisation.models import Appointment, PersonNumber, Position
from selaras.organisation.queries import lines_of, team
from selaras.organisation.reach import below, reach
from selaras.planning.access import plan_seen
from selaras.planning.choices import choices
from selaras.planning.copying import fitted
from selaras.planning.drafting import plan_row, write_content
from selaras.planning.drafts import Holder
from selaras.planning.forms import form_in
from selaras.planning.models import Plan
from selaras.planning.queries import PlanView, holders_on, last_day
from selaras.planning.rules import variant_for
from selaras.regulation import Rules

AT_ONCE = 300
"""How many people are served within one request."""
NOTICE = "plan_handed_out"
MAY = (Permission.MANAGE_GOALS, Permission.AGREE_PLANS)
"""Who hands plans out: whoever manages these people's goals, or appraises them."""


@dataclass(frozen=True)
class Whom:
    """Who is meant: a unit and below, a post's title or kind, numbers, or one's own team; together they narrow."""

    unit_id: UUID | None = None
    title: str | None = None
    kind: str | None = None
    numbers: tuple[str, ...] = ()
    own_team: bool = False


@dataclass(frozen=True)
class Row:
    """What becomes of one person; `left_out` is the reason (None: gets it), `number` one that nobody here has.

    Reasons: `has_plan`, `other_form` (their post is asked for another one), `no_appraiser`, `number_unknown`.
    """

    person_id: UUID | None
    left_out: str | None = None
    number: str | None = None
    name: str | None = None
    unit_name: str | None = None


@dataclass(frozen=True)
class Template:
    """The plan that is handed out for `year`, under the rules of that year."""

    view: PlanView
    year: int
    rules: Rules


@dataclass(frozen=True)
class _One:
    """Somebody who is meant, and who appraises them."""

    person_id: UUID
    unit_id: UUID | None
    superior_id: UUID | None
    left_out: str | None


def template_from(
    session: Session, actor: Actor, owner_id: UUID, from_year: int, year: int, rules: Rules, *, segment: int | None
) -> Template:
    """Somebody's plan as a template; `NotFound` where the actor may not see it or there is none."""
    _require(actor)
    view = plan_seen(session, actor, owner_id, from_year, segment=segment)
    if view is None:
        raise NotFound("plan_none", "There is no plan of {year} yet.", year=from_year)
    return Template(view, year, rules)


def tried(session: Session, actor: Actor, template: Template, whom: Whom) -> list[Row]:
    """Row by row what handing out would do; nothing is written. A constant number of statements."""
    _require(actor)
    day = agency_day(session, actor)
    found, unknown = _meant(session, actor, whom, day)
    judged = _judged(session, template, found, day)
    return _named(session, [Row(one.person_id, one.left_out) for one in judged], unknown, day)


def hand_out(
    session: Session, actor: Actor, template: Template, whom: Whom, only: Collection[UUID] | None = None
) -> list[Row]:
    """Drafts for whoever `whom` means and has no plan (of them `only` some); again, it changes nothing."""
    _require(actor)
    day = agency_day(session, actor)
    found, unknown = _meant(session, actor, whom, day)
    judged = [one for one in _judged(session, template, found, day) if only is None or one.person_id in only]
    rows = [_given(session, template, one, day) for one in sorted(judged, key=lambda one: one.person_id)]
    counts = Counter(row.left_out or "given" for row in rows)
    if counts["given"]:
        record(session, actor, "plan.handed_out", f"plan:{template.view.plan_id}", {"year": template.year, **counts})
    return _named(session, rows, unknown, day)


def _require(actor: Actor) -> None:
    if MAY[0] not in actor.permissions:
        actor.require(MAY[1])


def _given(session: Session, template: Template, one: _One, day: date) -> Row:
    """A draft for one person, who is locked first: whoever begins a plan meanwhile waits, or has been quicker."""
    if one.left_out is not None or plan_row(session, one.person_id, template.year) is not None:
        return Row(one.person_id, one.left_out or "has_plan")
    form = template.rules.form
    variant = next((known for known in form.variants if known.code == template.view.variant), None)
    asked = form_in(template.rules, template.year, variant)
    offered = choices(session, one.person_id, one.unit_id, template.year, day)
    draft = fitted(template.view, asked, offered)
    draft = replace(draft, items=tuple(replace(item, assignment_id=None) for item in draft.items))
    row = Plan(
        person_id=one.person_id,
        year=template.year,
        segment=1,
        model=draft.model,
        variant=draft.variant,
        appraiser_id=one.superior_id,
    )
    session.add(row)
    session.flush()
    write_content(session, row.id, draft, form)
    tell(session, one.person_id, NOTICE, row.id, {"person": str(one.person_id), "year": template.year})
    return Row(one.person_id)


def _judged(session: Session, template: Template, found: Sequence[tuple[UUID, UUID | None]], day: date) -> list[_One]:
    """Who gets a draft, and why the others do not: by their plan, their post and their superior of that day."""
    if not found:
        return []
    people, year = [one[0] for one in found], template.year
    held = set(session.scalars(select(Plan.person_id).where(Plan.year == year, Plan.person_id.in_(people))))
    on = min(last_day(year), day)
    frame = pl.DataFrame({"person_id": [str(one) for one in people], "day": [on] * len(people)})
    posts = {row["person_id"]: row for row in holders_on(session, frame).iter_rows(named=True)}
    rows = []
    for person_id, unit_id in found:
        post = posts[str(person_id)]
        superior = UUID(post["superior_id"]) if post["superior_id"] else None
        holder = Holder(post["post_kind"], bool(post["is_head"]), superior is not None)
        reason = "has_plan" if person_id in held else _unfit(template, holder)
        rows.append(_One(person_id, unit_id, superior, reason))
    return rows


def _unfit(template: Template, holder: Holder) -> str | None:
    variant = variant_for(template.rules.form, holder)
    if (variant.code if variant else None) != template.view.variant:
        return "other_form"
    return None if holder.has_superior else "no_appraiser"


def _meant(
    session: Session, actor: Actor, whom: Whom, day: date
) -> tuple[Sequence[tuple[UUID, UUID | None]], list[str]]:
    """Whom the words mean and the actor reaches (with their units), and numbers that name nobody of these."""
    if whom == Whom():
        raise Invalid("whom_nobody", "Say who gets the plan: a unit, a post, numbers or your team.", field="unit")
    rows = (
        select(Appointment.person_id, Appointment.unit_id)
        .join(Position, Position.id == Appointment.position_id)
        .where(Appointment.kind == "definitive", Appointment.during.contains(day))
        .order_by(Appointment.person_id)
    )
    if whom.unit_id:
        rows = rows.where(Appointment.unit_id.in_(below(session, [whom.unit_id], day)))
    if whom.title:
        rows = rows.where(Position.title == whom.title)
    if whom.kind:
        rows = rows.where(Position.kind == whom.kind)
    named: dict[UUID, str] = {}
    if whom.numbers:
        known = select(PersonNumber.person_id, PersonNumber.number).where(
            PersonNumber.number.in_(whom.numbers), PersonNumber.during.contains(day)
        )
        named = {row[0]: row[1] for row in session.execute(known)}
        rows = rows.where(Appointment.person_id.in_(named))
    found = _reached(session, actor, {row[0]: row[1] for row in session.execute(rows)}, day, only_team=whom.own_team)
    if len(found) > AT_ONCE:
        raise Invalid("whom_many", "These are {count} people; at most {most} at once.", count=len(found), most=AT_ONCE)
    met = {named[one] for one, _ in found if one in named}
    return found, [one for one in dict.fromkeys(whom.numbers) if one not in met]


def _reached(
    session: Session, actor: Actor, found: dict[UUID, UUID | None], day: date, *, only_team: bool
) -> list[tuple[UUID, UUID | None]]:
    """Those whose goals the actor manages, or whom the actor appraises."""
    manages = Permission.MANAGE_GOALS in actor.permissions and not only_team
    units = reach(session, actor, Permission.MANAGE_GOALS, day) if manages else frozenset[UUID]()
    appraises = Permission.AGREE_PLANS in actor.permissions and actor.person_id is not None
    own = {one.person_id for one in team(session, actor.person_id, day)} if appraises and actor.person_id else set()
    return [(one, unit) for one, unit in found.items() if one in own or units is None or unit in units]


def _named(session: Session, rows: Sequence[Row], unknown: Sequence[str], day: date) -> list[Row]:
    """The rows in the order of names, with who they are; what names nobody comes last."""
    by_id = {row.person_id: row for row in rows if row.person_id}
    lines = lines_of(session, list(by_id), day)
    shown = [replace(by_id[one.person_id], number=one.number, name=one.name, unit_name=one.unit_name) for one in lines]
    return [*shown, *(Row(None, "number_unknown", one) for one in unknown)]
