"""Follow-up (tindak lanjut): proposals and who moves them on, improvement cases, the merit self-assessment."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, instance, session
from selaras.edge.words import language, words
from selaras.errors import Conflict, DomainError, Invalid, Refused
from selaras.evaluation.queries import periods
from selaras.evaluation.wording import descriptions
from selaras.followup import deciding, improving, lists, merit
from selaras.followup.proposing import propose
from selaras.followup.rules import MOVES, ProposalState, Said
from selaras.identity.permissions import Permission
from selaras.web.blueprint import pages
from selaras.web.pages import render, see
from selaras.web.rating_form import filled_fields, read_form

PAGE = 50
NAME_LENGTH = 60


@pages.get("/follow-up")
@needs(Permission.SEE_FOLLOWUP)
def follow_up() -> Response:
    """Proposals by period, kind and state; improvement cases; what one's own office may do with them."""
    return _follow_up()


def _follow_up(error: DomainError | None = None) -> Response:
    given = {name: request.values.get(name, "").strip() or None for name in ("period", "kind", "state")}
    asked = lists.Asked(given["period"], given["kind"], given["state"])
    page = lists.proposals(session(), actor(), asked, after=request.args.get("after"), limit=PAGE)
    known = periods(session())
    return render(
        "follow_up.html",
        error.status if error else 200,
        active="web.follow_up",
        page=page,
        asked=asked,
        counts=lists.counts(session(), actor(), asked.period),
        periods=known,
        closed=[one for one in known if one.state == "closed"],
        cases=lists.cases(session(), actor(), day()),
        moves=_moves(),
        rules=_rules_of(list(page.items)),
        year=day().year,
        error=error,
    )


def _moves() -> list[ProposalState]:
    """The steps that the actor's office may take."""
    return [state for state, move in MOVES.items() if move.permission in actor().permissions]


def _rules_of(lines: list[lists.ProposalLine]) -> dict[str, dict[str, object]]:
    return descriptions(session(), {str(line.basis.get("rule_hash", "")) for line in lines})


@pages.post("/follow-up")
@needs(Permission.PROPOSE_FOLLOWUP)
def propose_follow_up() -> BaseResponse:
    """Have the system propose what follows a closed period; doing it again adds nothing."""
    code = request.form.get("period", "").strip()
    try:
        propose(session(), actor(), code, instance().registry)
    except (Conflict, Invalid) as error:
        return _follow_up(error)
    return see("web.follow_up", "proposed", period=code)


@pages.post("/follow-up/steps")
@needs(Permission.ENDORSE_FOLLOWUP, Permission.DECIDE_FOLLOWUP, Permission.PROPOSE_FOLLOWUP)
def follow_up_steps() -> BaseResponse:
    """The authorised or the appointing official moves the chosen proposals on."""
    try:
        _move(_chosen(), request.form.get("step", ""))
    except (Conflict, Invalid, Refused) as error:
        return _follow_up(error)
    kept = {name: request.form[name] for name in ("period", "kind") if request.form.get(name)}
    return see("web.follow_up", "moved", **kept)


def _move(chosen: list[UUID], step: str) -> int:
    reason = request.form.get("reason", "")
    match step:
        case ProposalState.ENDORSED:
            return deciding.endorse(session(), actor(), chosen, reason)
        case ProposalState.DECLINED:
            return deciding.decline(session(), actor(), chosen, reason)
        case ProposalState.REJECTED:
            return deciding.reject(session(), actor(), chosen, reason)
        case ProposalState.CARRIED_OUT:
            return deciding.carry_out(session(), actor(), chosen)
        case ProposalState.DECIDED:
            said = Said(reason, request.form.get("decree_number", ""), _date("decree_date"))
            return deciding.decide(session(), actor(), chosen, said)
    raise Invalid("followup.step", "Choose what is to be done with the proposals.")


def _chosen() -> list[UUID]:
    try:
        chosen = [UUID(one) for one in request.form.getlist("proposal")]
    except ValueError:
        chosen = []
    if not chosen:
        raise Invalid("followup.none_chosen", "Choose at least one proposal of the list.")
    return chosen


def _date(name: str) -> date | None:
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("date_unreadable", "“{date}” is no date; write it as 2026-03-31.", date=text[:20]) from error


@pages.get("/follow-up/<uuid:proposal_id>")
@needs(Permission.SEE_FOLLOWUP)
def proposal_page(proposal_id: UUID) -> Response:
    """One proposal: why, with the article and the values of the steps, and its course."""
    return _proposal_page(proposal_id)


def _proposal_page(proposal_id: UUID, error: DomainError | None = None) -> Response:
    view = lists.proposal(session(), actor(), proposal_id)
    open_now = view.line.kind == improving.IMPROVEMENT and view.line.state in ("endorsed", "decided", "carried_out")
    may_open = open_now and view.case_id is None and Permission.ENDORSE_FOLLOWUP in actor().permissions
    return render(
        "proposal.html",
        error.status if error else 200,
        active="web.follow_up",
        view=view,
        rule=_rules_of([view.line]).get(view.line.basis.get("rule_hash", "")),
        moves=[one for one in _moves() if MOVES[one].before == view.line.state],
        may_open=may_open,
        today=day(),
        step_label=_step_label,
        error=error,
    )


def _step_label(basis: dict[str, object], name: str) -> str:
    """A step's label in the rulebook that it came from, while that is installed; else its name."""
    try:
        rules = instance().registry.rules(str(basis.get("regulation", "")), on=day())
    except DomainError:
        return name.replace("_", " ")
    labels = {one.name: one.label for one in (*rules.item_steps, *rules.person_steps)}
    return words(labels[name]) if name in labels else name.replace("_", " ")


@pages.post("/follow-up/<uuid:proposal_id>/improvement")
@needs(Permission.ENDORSE_FOLLOWUP)
def open_improvement(proposal_id: UUID) -> BaseResponse:
    """Begin the time to improve out of an endorsed proposal."""
    reason = request.form.get("reason", "")
    try:
        start = _date("from_day") or day()
        case_id = improving.open_case(
            session(), actor(), instance().registry, proposal_id, from_day=start, reason=reason
        )
    except (Conflict, Invalid, Refused) as error:
        return _proposal_page(proposal_id, error)
    return see("web.improvement", "moved", case_id=case_id)


@pages.get("/improvement/<uuid:case_id>")
@needs(Permission.SEE_FOLLOWUP)
def improvement(case_id: UUID) -> Response:
    """One improvement case: its stage, last day, steps, and what is possible today."""
    return _improvement(case_id)


def _improvement(case_id: UUID, error: DomainError | None = None) -> Response:
    view = lists.case(session(), actor(), case_id, day())
    possible = [one for one in view.possible if one.permission in actor().permissions]
    status = error.status if error else 200
    return render(
        "improvement.html", status, active="web.follow_up", view=view, possible=possible, today=day(), error=error
    )


@pages.post("/improvement/<uuid:case_id>/steps")
@needs(Permission.ENDORSE_FOLLOWUP, Permission.DECIDE_FOLLOWUP)
def improvement_step(case_id: UUID) -> BaseResponse:
    """Take an improvement case one step on."""
    try:
        said = Said(request.form.get("reason", ""), request.form.get("decree_number", ""))
        on_day = _date("on_day") or day()
        action = request.form.get("step", "")[:NAME_LENGTH]
        improving.step(session(), actor(), instance().registry, case_id, action, on_day, said)
    except (Conflict, Invalid, Refused) as error:
        return _improvement(case_id, error)
    return see("web.improvement", "moved", case_id=case_id)


@pages.get("/merit/<int:year>")
@needs(Permission.SEE_FOLLOWUP)
def merit_page(year: int) -> Response:
    """The self-assessment of the performance aspect: the agency's figures, the questions, the scores."""
    return _merit_page(year)


def _merit_page(year: int, error: Invalid | None = None, answers: dict[str, object] | None = None) -> Response:
    sheet = merit.assessment(session(), actor(), instance().registry, year)
    return render(
        "merit.html",
        error.status if error else 200,
        active="web.follow_up",
        sheet=sheet,
        fields=filled_fields(sheet.columns, answers if answers is not None else sheet.answers),
        may_assess=Permission.ASSESS_MERIT in actor().permissions,
        error=error,
    )


@pages.post("/merit/<int:year>")
@needs(Permission.ASSESS_MERIT)
def assess_merit(year: int) -> BaseResponse:
    """Save the answers and the evidence; the rulebook scores them."""
    sheet = merit.assessment(session(), actor(), instance().registry, year)
    answers = read_form(sheet.columns, request.form)
    named = {one.name: request.form.get(f"evidence-{one.name}", "") for one in sheet.scores_of}
    evidence = {name: said for name, said in named.items() if said.strip()}
    try:
        merit.assess(session(), actor(), instance().registry, year, answers, evidence)
    except Invalid as error:
        return _merit_page(year, error, answers)
    return see("web.merit_page", "assessed", year=year)


@pages.get("/merit/<int:year>/export")
@needs(Permission.SEE_FOLLOWUP)
def merit_export(year: int) -> Response:
    """The sheet as CSV."""
    sheet = merit.assessment(session(), actor(), instance().registry, year)
    response = Response(merit.exported(sheet, language()), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"merit-{year}.csv")
    return response
