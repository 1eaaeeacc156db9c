"""Ranking rules: who is comparable with whom at this agency, every version, a preview, and a new one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge.access import needs
from selaras.edge.context import actor, day, rules, session
from selaras.errors import DomainError, Invalid
from selaras.evaluation import ranking_rules as service
from selaras.evaluation.groups import Attribute, Family, Grouping, Place, as_pooling, grouping_on
from selaras.evaluation.queries import PeriodView, period_by_code, periods
from selaras.identity.permissions import Permission
from selaras.organisation.queries import units
from selaras.web.blueprint import pages
from selaras.web.group_words import ATTRIBUTES, POOLINGS, GroupNames
from selaras.web.pages import render, see

_BLANK_PLACES = 3


@pages.get("/ranking-rules")
@needs(Permission.CHOOSE_RULES)
def ranking_rules() -> Response:
    """Every version, and the editor with the rule of today and what it forms."""
    return _page(grouping_on(session(), day()), _period(request.args.get("period", "")))


@pages.post("/ranking-rules")
@needs(Permission.CHOOSE_RULES)
def set_ranking_rule() -> BaseResponse:
    """Show what the written rule would form, or record it from a day on; what is refused comes back as written."""
    form = request.form
    period = _period(form.get("period", ""))
    wanted = grouping_on(session(), day())
    try:
        wanted = _written()
        if form.get("do") != "record":
            return _page(wanted, period)
        start = _day(form.get("from", ""))
        service.set_ranking_rule(session(), actor(), wanted, start=start, reason=form.get("reason", ""))
    except DomainError as error:
        return _page(wanted, period, error)
    return see("web.ranking_rules", "ranking-rule-set")


def _page(grouping: Grouping, period: PeriodView | None, error: DomainError | None = None) -> Response:
    shown = None
    if period is not None:
        try:
            shown = service.preview(session(), period, rules(period.ends), grouping)
        except DomainError as wrong:
            error = error or wrong
    return render(
        "ranking_rules.html",
        error.status if error else 200,
        active="web.periods_page",
        versions=service.ranking_rules(session()),
        wanted=grouping,
        attributes=list(Attribute),
        families="\n".join(f"{one.name}: {', '.join(one.beginnings)}" for one in grouping.families),
        locations=[*((one.name, one.unit_id) for one in grouping.places), *[("", None)] * _BLANK_PLACES],
        attribute_words=ATTRIBUTES,
        pooling_words=POOLINGS,
        units=units(session(), day()),
        periods=periods(session())[:12],
        period=period,
        shown=shown,
        names=GroupNames(session()),
        form=request.form,
        error=error,
    )


def _written() -> Grouping:
    form = request.form
    return Grouping(
        tuple(one for one in form.getlist("attribute") if one),
        _number(form.get("minimum_size", ""), 0),
        as_pooling(form.get("pooling", "")),
        tuple(_family(line) for line in form.get("families", "").splitlines() if line.strip()),
        tuple(_places()),
    )


def _family(line: str) -> Family:
    name, _, beginnings = line.partition(":")
    listed = tuple(one.strip() for one in beginnings.split(",") if one.strip())
    if not listed:
        raise Invalid(
            "ranking_rule.family_line",
            "“{line}” names no beginnings of titles. Write a line as “Analis: Analis, Pranata”.",
            line=line.strip()[:80],
        )
    return Family(name.strip(), listed)


def _places() -> list[Place]:
    found = []
    for name, unit in zip(request.form.getlist("place-name"), request.form.getlist("place-unit"), strict=False):
        if name.strip() and unit:
            try:
                found.append(Place(name.strip(), UUID(unit)))
            except ValueError:
                raise Invalid("ranking_rule.place_unit", "Choose the unit of “{name}”.", name=name.strip()) from None
    return found


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.strip().isdecimal() and len(text.strip()) < 6 else otherwise


def _period(code: str) -> PeriodView | None:
    if code:
        return period_by_code(session(), code)
    return next(iter(periods(session())), None)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Invalid("rule_choice.day", "{day} is no day. Write it as 2026-01-31.", day=written or "–") from error
