"""Writing one's own plan (SKP) in the form that the regulation declares, and what the appraiser answers to it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Response, request
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from selaras.clock import now
from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, rules, session
from selaras.edge.errors import filled
from selaras.errors import Conflict, Fault, Invalid, Refused
from selaras.evaluation.service import refuse_settled
from selaras.followup.raising import RaisedTarget, raised_targets
from selaras.identity.permissions import Permission
from selaras.organisation.access import person_for
from selaras.organisation.queries import PersonView
from selaras.planning import amending, drafting
from selaras.planning.amending import AmendmentView
from selaras.planning.choices import Choices, choices
from selaras.planning.copying import copy_plan
from selaras.planning.dialogue import dialogue
from selaras.planning.drafts import Holder, PlanDraft
from selaras.planning.forms import AskedForm, asked_form, form_in
from selaras.planning.handing_in import is_handed_in
from selaras.planning.queries import PlanView, draft_of, holder_on, last_day, plan, plan_years
from selaras.planning.rules import faults, variant_for, variants_of
from selaras.planning.versions import version
from selaras.regulation import Rules
from selaras.web.blueprint import pages
from selaras.web.pages import fragment, render, see
from selaras.web.plan_form import Written, changed, draft_in, placed, started, written_in, written_of
from selaras.web.plan_raising import raised

_PLAN = "/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>"
_WRITING = ("web.write_plan", "web.save_plan", "web.autosave_plan")
_AMENDING = ("web.amend_plan", "web.save_amendment", "web.autosave_amendment")


@dataclass(frozen=True)
class Desk:
    """What writing a plan needs: whose, the rules of its year, the form, and what it can refer to."""

    person: PersonView
    year: int
    rules: Rules
    plan: PlanView | None
    holder: Holder
    asked: AskedForm
    offered: Choices
    amends: bool = False
    change: AmendmentView | None = None

    @property
    def seen(self) -> str:
        """The version of the plan, or of its amendment, as it is stored."""
        return self.change.seen if self.change else version(self.plan, self.rules.form)

    @property
    def stored(self) -> PlanDraft | None:
        """What is written so far."""
        if self.change:
            return self.change.draft
        return draft_of(self.plan, self.rules.form) if self.plan else None

    @property
    def closed(self) -> bool:
        """Whether there is nothing to write: it was handed in, or nothing is being amended."""
        if self.amends:
            return self.change is None or self.change.state != "draft"
        return self.plan is not None and self.plan.state != "draft"

    @property
    def reserved(self) -> frozenset[str]:
        """Codes that no new result gets, because results of the agreed plan have or had them."""
        return self.change.codes if self.change else frozenset()

    @property
    def to(self) -> dict[str, str]:
        """The endpoints behind the form's buttons."""
        return dict(zip(("read", "save", "autosave"), _AMENDING if self.amends else _WRITING, strict=True))


@pages.get(f"{_PLAN}/write")
@needs(Permission.PLAN_OWN)
def write_plan(person_id: UUID, year: int) -> BaseResponse:
    """The form with the draft in it, or the empty one; with `check`, everything that is still open is shown."""
    return _opened(_desk(person_id, year))


@pages.get(f"{_PLAN}/amend")
@needs(Permission.PLAN_OWN)
def amend_plan(person_id: UUID, year: int) -> BaseResponse:
    """The same form with the amendment of an agreed plan in it, which stays in force meanwhile."""
    return _opened(_desk(person_id, year, amends=True))


@pages.post(f"{_PLAN}/write")
@needs(Permission.PLAN_OWN)
def save_plan(person_id: UUID, year: int) -> BaseResponse:
    """Keep everything that was written, then do what the button says; what is refused comes back as written."""
    return _saved(_desk(person_id, year))


@pages.post(f"{_PLAN}/amend")
@needs(Permission.PLAN_OWN)
def save_amendment(person_id: UUID, year: int) -> BaseResponse:
    """The same for the amendment of an agreed plan."""
    return _saved(_desk(person_id, year, amends=True))


def _opened(desk: Desk) -> BaseResponse:
    if desk.closed:
        return see("web.plan_page", person_id=desk.person.line.person_id, year=desk.year)
    if desk.stored is None:
        return _page(desk, started(desk.asked))
    written = written_of(desk.stored, desk.asked)
    draft, _ = draft_in(written, desk.asked)
    found = faults(draft, desk.rules.form, desk.rules.behaviours, desk.holder)
    return _page(desk, written, found=found if "check" in request.args else (), left=len(found))


def _saved(desk: Desk) -> BaseResponse:
    action, person_id, year = request.form.get("do", ""), desk.person.line.person_id, desk.year
    try:
        sent = written_in(request.form)
    except Invalid as error:
        return _page(desk, started(desk.asked), error=error)
    if action.startswith("raise:"):
        written = raised(sent, action, _proposed(desk), desk.asked)
    else:
        written = changed(sent, action, desk.asked, desk.reserved)
    try:
        _keep(desk, written, _seen(action))
    except (Invalid, Conflict) as error:
        if action == "submit" and _is_handed_in(desk, written):
            return see("web.plan_page", "plan-submitted", person_id=person_id, year=year)
        same = isinstance(error, Conflict) and error.code == "plan_item_used"
        return _page(desk, sent if same else written, error=error)
    if action == "submit":
        return _submit(desk)
    what, _, rest = action.partition(":")
    anchor = f"item-{len(written.items) - 1}" if what == "add" else f"item-{rest.partition(':')[0]}"
    anchor = anchor if what in ("add", "aspect", "drop-aspect") else "raised" if what == "raise" else "main"
    return see(desk.to["read"], "" if rest else "plan-saved", person_id=person_id, year=year, _anchor=anchor)


@pages.post(f"{_PLAN}/autosave")
@needs(Permission.PLAN_OWN)
def autosave_plan(person_id: UUID, year: int) -> Response:
    """Keep what is being written on an open page, and say when it was kept or why it was not."""
    return _autosaved(_desk(person_id, year))


@pages.post(f"{_PLAN}/amend/autosave")
@needs(Permission.PLAN_OWN)
def autosave_amendment(person_id: UUID, year: int) -> Response:
    """The same for the amendment of an agreed plan."""
    return _autosaved(_desk(person_id, year, amends=True))


def _autosaved(desk: Desk) -> Response:
    seen, person_id, year = request.form.get("seen", ""), desk.person.line.person_id, desk.year
    try:
        with session().begin_nested():
            _keep(desk, written_in(request.form), seen, by_itself=True)
    except (Invalid, Conflict) as error:
        return fragment("_plan_saved.html", seen=seen, error=error, person_id=person_id, year=year)
    kept = _desk(person_id, year, amends=desk.amends).seen
    return fragment("_plan_saved.html", seen=kept, saved_at=now())


@pages.post(f"{_PLAN}/copy")
@needs(Permission.PLAN_OWN)
def copy_last_plan(person_id: UUID, year: int) -> BaseResponse:
    """Begin with one's own plan of the year before."""
    desk = _desk(person_id, year)
    copy_plan(session(), actor(), person_id, year, desk.asked, desk.offered, desk.rules)
    return see("web.write_plan", "plan-copied", person_id=person_id, year=year)


def _desk(person_id: UUID, year: int, *, amends: bool = False) -> Desk:
    person = person_for(session(), actor(), person_id)
    if actor().person_id != person_id:
        raise Refused("plan_not_own", "Only the person themself may write their plan; the appraiser agrees to it.")
    refuse_settled(session(), str(year), person_id)
    found = plan(session(), person_id, year)
    chosen = rules(last_day(year, found))
    return Desk(
        person=person,
        year=year,
        rules=chosen,
        plan=found,
        holder=holder_on(session(), person_id, min(last_day(year, found), day())),
        asked=asked_form(session(), person_id, year, found, chosen, day()),
        offered=choices(session(), person_id, person.line.unit_id, year, day()),
        amends=amends,
        change=amending.amendment(session(), found.plan_id) if amends and found else None,
    )


def _keep(desk: Desk, written: Written, seen: str, *, by_itself: bool = False) -> None:
    draft, unread = draft_in(written, desk.asked)
    if unread:
        judged = faults(draft, desk.rules.form, desk.rules.behaviours, desk.holder)
        raise Invalid(
            "plan_form",
            "The plan does not fit the form of {regulation}: {count} fields are to be corrected.",
            faults=(*unread, *(one for one in judged if not one.final)),
            regulation=desk.rules.code,
            count=len(unread),
        )
    person_id = desk.person.line.person_id
    if desk.amends:
        amending.save(session(), actor(), person_id, desk.year, draft, desk.rules, seen=seen)
        return
    drafting.save_draft(session(), actor(), person_id, desk.year, draft, desk.rules, seen=seen, by_itself=by_itself)


def _proposed(desk: Desk) -> tuple[RaisedTarget, ...]:
    """Raised targets out of last year's results; while an agreed plan is amended none are proposed."""
    if desk.amends:
        return ()
    return raised_targets(session(), instance().registry, desk.person.line.person_id, desk.year)


def _seen(action: str) -> str:
    """The version on which the form rests; whoever has looked at both versions may let the own one stay."""
    what, _, stored = action.partition(":")
    return stored if what == "overwrite" else request.form.get("seen", "")


def _submit(desk: Desk) -> BaseResponse:
    """Hand the kept plan in; while fields are open it stays a draft, and the form shows them."""
    person_id, year = desk.person.line.person_id, desk.year
    try:
        with session().begin_nested():
            hand_in = amending.submit if desk.amends else drafting.submit
            hand_in(session(), actor(), person_id, year, desk.rules)
    except Invalid:
        return see(desk.to["read"], person_id=person_id, year=year, check=1, _anchor="open")
    except Conflict as error:
        return _page(_desk(person_id, year, amends=desk.amends), written_in(request.form), error=error)
    return see("web.plan_page", "plan-submitted", person_id=person_id, year=year)


def _is_handed_in(desk: Desk, written: Written) -> bool:
    """Whether the same was handed in a moment ago: the button was pressed twice."""
    draft, unread = draft_in(written, desk.asked)
    person_id = desk.person.line.person_id
    return not unread and is_handed_in(session(), person_id, desk.year, draft, desk.rules)


def _page(
    desk: Desk,
    written: Written,
    *,
    error: Invalid | Conflict | None = None,
    found: tuple[Fault, ...] = (),
    left: int | None = None,
) -> Response:
    asked = _asked(desk, written)
    draft, _ = draft_in(written, asked)
    told = (*found, *(error.faults if isinstance(error, Invalid) else ()))
    return render(
        "plan_write.html",
        error.status if error else 200,
        active="web.own_results",
        person=desk.person,
        year=desk.year,
        plan=desk.plan,
        change=desk.change,
        to=desk.to,
        asked=asked,
        offered=desk.offered,
        has_superior=desk.holder.has_superior,
        variants=variants_of(desk.rules.form, desk.holder),
        measured=not any(one.code == written.model and not one.measured for one in asked.form.models),
        written=written,
        seen=request.form.get("seen", desk.seen) if error else desk.seen,
        stored=desk.seen,
        error=error,
        talk=dialogue(session(), actor(), desk.person.line.person_id, desk.year),
        wrong=_told(told, draft),
        left=left,
        raises=_proposed(desk),
        before=desk.plan is None and desk.year - 1 in plan_years(session(), desk.person.line.person_id),
    )


def _asked(desk: Desk, written: Written) -> AskedForm:
    """The form in the variant that is chosen in it, where the holder may have that one."""
    stated = variant_for(desk.rules.form, desk.holder, written.variant or None)
    return form_in(desk.rules, desk.year, stated) if stated else desk.asked


def _told(found: tuple[Fault, ...], draft: PlanDraft) -> dict[str, list[str]]:
    return {name: list(dict.fromkeys(_said(one) for one in those)) for name, those in placed(found, draft).items()}


def _said(one: Fault) -> str:
    """The sentence of a fault; beside a list to choose from, codes need not be named."""
    return gettext("Choose one from the list.") if one.code == "plan_choose" else filled(one.message, one.params)
