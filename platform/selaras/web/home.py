"""Home: what is next for whoever looks, the agency's period for those who run it, one's last result, and one's team."""

from __future__ import annotations

from uuid import UUID

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from selaras.agenda.access import funnel_seen, own_team
from selaras.agenda.funnel import UnitFunnel
from selaras.closing.queries import Overview, current_period, overview
from selaras.closing.rules import Readiness
from selaras.closing.service import readiness
from selaras.edge.access import needs
from selaras.edge.context import actor, day, rules, session
from selaras.edge.task_words import next_for_me, time_left, worded
from selaras.evaluation.queries import OutcomeView, PeriodView, history, period_by_code, periods
from selaras.evaluation.wording import descriptions
from selaras.exchange.queries import recent
from selaras.identity.permissions import Permission
from selaras.notices.queries import unread
from selaras.notices.service import mark_read
from selaras.organisation.queries import names_of, superior_of
from selaras.organisation.reach import reach
from selaras.web.blueprint import pages
from selaras.web.figures import Bar, UnitFigures, bars, unit_figures
from selaras.web.funnel import Step, steps
from selaras.web.notice_links import link_of
from selaras.web.pages import render, see

SHOWN = 8
NOBODY = UUID(int=0)


@pages.get("/")
@needs(Permission.SEE_AGENCY, Permission.SEE_OWN)
def home() -> Response:
    """The first page after signing in."""
    held = actor().permissions
    period = _period()
    view = seen(period.code) if period and Permission.SEE_AGENCY in held else None
    latest = _latest()
    known = descriptions(session(), [latest.rule_hash] if latest else [])
    return render(
        "home.html",
        active="web.home",
        period=period,
        overview=view,
        ready=_readiness(view) if view else None,
        bars=figures(view),
        rates_units=rates_units(view) if view else True,
        units=[one for one in units(view) if one.check.breached] if view else [],
        latest=latest,
        notices=[(one, link_of(one)) for one in unread(session(), actor().person_id or NOBODY, SHOWN)],
        rule=known.get(latest.rule_hash) if latest else None,
        superior=_superior() if Permission.PLAN_OWN in held else None,
        next=[(one, worded(one.task), time_left(one)) for one in next_for_me()],
        team=own_team(session(), actor(), period, day()) if period and Permission.SEE_TEAM in held else None,
        funnel=_funnel(period) if view else None,
        imports=recent(session(), actor(), 5) if Permission.IMPORT in held else None,
    )


@pages.post("/notices")
@needs(Permission.SEE_OWN)
def read_notices() -> BaseResponse:
    """The person has read what stands on their first page."""
    person = actor().person_id or NOBODY
    for one in unread(session(), person, SHOWN):
        mark_read(session(), person, one.code, one.subject_id)
    return see("web.home")


def reached_units(period: PeriodView) -> frozenset[UUID] | None:
    """The units whose figures of a period the actor may see; None for all of them."""
    return reach(session(), actor(), Permission.SEE_AGENCY, period.ends)


def seen(code: str) -> Overview:
    """A period at a glance, as far as the actor's permission reaches."""
    return overview(session(), code, reached_units(period_by_code(session(), code)))


def rates_units(view: Overview) -> bool:
    """Whether the regulation of the period rates units at all."""
    rule = view.rule or rules(view.period.ends).describe()
    return bool(rule["organisation_levels"])


def figures(view: Overview | None) -> list[Bar]:
    """The outcomes of a close as bars, from the best to the worst."""
    return bars(view.rule, view.counts) if view and view.rule and view.counts else []


def units(view: Overview) -> list[UnitFigures]:
    """Every unit's distribution, those that wait for a reason first, then those that were overridden."""
    if view.rule is None:
        return []
    found = [unit_figures(view.rule, check) for check in view.checks]
    return sorted(found, key=lambda one: (not one.check.breached, one.check.valid))


def _period() -> PeriodView | None:
    """The period that one works on; for whoever can end its wait, the oldest close that waits."""
    if Permission.OVERRIDE_DISTRIBUTION in actor().permissions:
        closing = [one for one in reversed(periods(session())) if one.state == "closing"]
        waiting = (one for one in closing if overview(session(), one.code).state == "blocked")
        if found := next(waiting, None):
            return found
    return current_period(session())


def _readiness(view: Overview) -> Readiness | None:
    if view.state != "none" or view.period.state == "closed":
        return None
    return readiness(session(), view.period, rules(view.period.ends), reached_units(view.period))


def _latest() -> OutcomeView | None:
    person = actor().person_id
    return next(iter(history(session(), person)), None) if person else None


def _superior() -> str | None:
    """Who appraises whoever looks."""
    person = actor().person_id
    superior = superior_of(session(), person, day()) if person else None
    return names_of(session(), [superior]).get(superior) if superior else None


def _funnel(period: PeriodView | None) -> list[tuple[UnitFunnel, list[Step]]]:
    """How far the agency is, or each of the units that one manages; empty before the first count."""
    found = funnel_seen(session(), actor(), period, None, day()) if period else None
    return [(one, steps(one)) for one in found.tops[:SHOWN]] if found else []
