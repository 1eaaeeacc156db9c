"""The action plan (rencana aksi) of a period: its steps beside what each result promised and what was reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, rules, session
from selaras.edge.fields import day_of_field
from selaras.errors import Conflict, Fault, Invalid
from selaras.evaluation.locking import Matter
from selaras.evaluation.rules import period_span, quarter_of
from selaras.evaluation.service import refuse_settled
from selaras.identity.permissions import Permission
from selaras.monitoring.actions import MOST, Span, Step, action_plan, write_actions
from selaras.monitoring.queries import ProgressView, progress_for
from selaras.organisation.access import person_for
from selaras.planning.access import plan_seen, planner_for
from selaras.planning.forms import asked_form
from selaras.planning.queries import last_day
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

_ACTIONS = "/people/<uuid:person_id>/plans/<int(min=2000,max=2100):year>/actions"
_FIELD = re.compile(r"([0-9a-f-]{36})\.(\d{1,2})\.(content|target|due_on|done_on)")
BLANK = 2


@dataclass(frozen=True)
class Typed:
    """The fields of one step as they were typed."""

    content: str = ""
    target: str = ""
    due_on: str = ""
    done_on: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was typed."""
        return not (self.content or self.target or self.due_on or self.done_on)


@pages.get(_ACTIONS)
@needs(Permission.SEE_RESULTS, Permission.SEE_TEAM, Permission.SEE_OWN)
def actions(person_id: UUID, year: int) -> Response:
    """The steps of one period; of the running quarter unless another one is asked for."""
    return _page(person_id, year, _span(year, request.args.get("period", "")))


@pages.post(_ACTIONS)
@needs(Permission.PLAN_OWN)
def save_actions(person_id: UUID, year: int) -> BaseResponse:
    """Keep all steps of the period; what cannot be taken comes back as it was typed."""
    person_for(session(), actor(), person_id)
    span = _span(year, request.form.get("period", ""))
    for code in (span.code, str(year)):
        refuse_settled(session(), code, person_id, Matter.PROGRESS)
    typed = _typed(request.form)
    try:
        write_actions(session(), actor(), person_id, year, span, _steps(typed), request.form.get("seen", ""))
    except (Invalid, Conflict) as error:
        return _page(person_id, year, span, error, typed)
    return see("web.actions", "actions-saved", person_id=person_id, year=year, period=span.code)


def _span(year: int, code: str) -> Span:
    """A period of the year by its code; the quarter of today (or of the year's end) where none is asked for."""
    on = min(max(day(), date(year, 1, 1)), date(year, 12, 31))
    found = period_span(code or quarter_of(on))
    if found.ends.year != year:
        raise Invalid("action_period", "Period {code} is not of the year {year}.", code=found.code, year=year)
    return Span(found.code, found.starts, found.ends)


def _typed(form: Mapping[str, str]) -> dict[UUID, list[Typed]]:
    rows: dict[tuple[UUID, int], dict[str, str]] = {}
    for name, value in form.items():
        found = _FIELD.fullmatch(name)
        if found:
            try:
                item = UUID(found[1])
            except ValueError:
                continue
            rows.setdefault((item, int(found[2])), {})[found[3]] = value.replace("\0", "").strip()
    made: dict[UUID, list[Typed]] = {}
    for (item, _), fields in sorted(rows.items(), key=lambda one: one[0][1]):
        ones = made.setdefault(item, [])
        if not Typed(**fields).blank:
            ones.append(Typed(**fields))
    return made


def _steps(typed: Mapping[UUID, list[Typed]]) -> dict[UUID, list[Step]]:
    unread: list[Fault] = []
    made = {item: [_step(f"{item}.{n}", one, unread) for n, one in enumerate(ones)] for item, ones in typed.items()}
    if unread:
        raise Invalid(
            "actions_form", "The action plan was not saved: {count} fields are to be corrected.", faults=unread,
            count=len(unread),
        )  # fmt: skip
    return made


def _step(place: str, one: Typed, unread: list[Fault]) -> Step:
    days: dict[str, date | None] = {}
    for name in ("due_on", "done_on"):
        try:
            days[name] = day_of_field(getattr(one, name), f"{place}.{name}")
        except Invalid as error:
            unread.append(Fault(error.code, error.message, **error.params))  # type: ignore[arg-type]  # names its field
            days[name] = None
    return Step(one.content, one.target or None, days["due_on"], days["done_on"])


def _page(
    person_id: UUID,
    year: int,
    span: Span,
    error: Invalid | Conflict | None = None,
    typed: Mapping[UUID, list[Typed]] | None = None,
) -> Response:
    person = planner_for(session(), actor(), person_id)
    found = plan_seen(session(), actor(), person_id, year)
    steps = action_plan(session(), person_id, year, span.code)
    own = actor().person_id == person_id and Permission.PLAN_OWN in actor().permissions
    shown = typed if typed is not None else {item: [_shown(one) for one in ones] for item, ones in steps.steps.items()}
    progress: dict[UUID, list[ProgressView]] = {}
    for one in progress_for(session(), person_id, span.starts, span.ends):
        progress.setdefault(one.item_id, []).append(one)
    return render(
        "actions.html",
        error.status if error else 200,
        active="web.own_results" if own else "web.people",
        person=person,
        year=year,
        plan=found,
        asked=asked_form(session(), person_id, year, found, rules(last_day(year, found)), day()),
        span=span,
        codes=[f"{year}-TW{n}" for n in (1, 2, 3, 4)],
        steps=steps,
        shown=shown,
        blank=BLANK,
        most=MOST,
        progress=progress,
        own=own,
        seen=request.form.get("seen", steps.seen) if error else steps.seen,
        wrong=_wrong(error),
        error=error,
    )


def _wrong(error: Invalid | Conflict | None) -> dict[str, list[Fault]]:
    found: dict[str, list[Fault]] = {}
    for one in error.faults if isinstance(error, Invalid) else ():
        found.setdefault(one.field, []).append(one)
    return found


def _shown(one: Step) -> Typed:
    days = [value.isoformat() if value else "" for value in (one.due_on, one.done_on)]
    return Typed(one.content, one.target or "", *days)
