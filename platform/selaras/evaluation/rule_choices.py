"""What a regulation leaves open to an agency: the open parameters of a day, and the agency's own dated choices."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation.models import Period
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.regulation import Registry, Rules
from selaras.regulation.parameters import DatedValue, Parameter
from selaras.tenancy.models import RulebookChoice
from selaras.tenancy.queries import (
    RegulationChoice,
    agency,
    chosen_on,
    regulation_on,
    regulations,
    rules_chosen,
)

REASON_LENGTH = 20


@dataclass(frozen=True)
class OpenParameter:
    """A parameter that the law leaves open, its value by the law on a day, and the agency's own if it `is_chosen`."""

    parameter: Parameter
    law: DatedValue
    is_chosen: bool
    chosen: object

    @property
    def counts(self) -> object:
        """The value that is computed with."""
        return self.chosen if self.is_chosen else self.law.value


@dataclass(frozen=True)
class OpenRules:
    """The rules of one regulation on a day and what they leave open; `followed`: the agency appraises by them."""

    rules: Rules
    followed: bool
    parameters: tuple[OpenParameter, ...]


@dataclass(frozen=True)
class ChoiceView:
    """One choice of the agency: it holds on the days of `during` `[from, to)`."""

    regulation: str
    parameters: Mapping[str, object]
    during: Range[date]
    reason: str


def open_rules(session: Session, registry: Registry, day: date) -> tuple[OpenRules, ...]:
    """What is open on a day: in the regulation that the agency follows, then in each rulebook in force."""
    chosen = chosen_on(session, day)
    whose = agency(session, tenant_of(session))
    found = []
    try:
        followed = regulation_on(session, whose.tenant_id, day)
        own = chosen.get(followed.regulation, {})
        choice = RegulationChoice(followed.regulation, followed.edition, followed.during, own)
        found.append(_opened(rules_chosen(registry, whose, choice, day), True))
    except NotFound:
        pass  # a day without a regulation: its rulebooks can still be looked at
    for code in registry.codes():
        identity = registry.identity(code)
        if identity.subject != "appraisal" and day in identity.in_force:
            found.append(_opened(registry.rules(code, on=day, overrides=chosen.get(code)), False))
    return tuple(one for one in found if one.parameters)


def choices(session: Session) -> tuple[ChoiceView, ...]:
    """Every choice that the agency made, by regulation, the newest first."""
    rows = session.scalars(select(RulebookChoice)).all()
    views = [ChoiceView(one.regulation, dict(one.parameters), one.during, one.reason) for one in rows]
    newest = sorted(views, key=lambda one: one.during.lower or date.min, reverse=True)
    return tuple(sorted(newest, key=lambda one: one.regulation))


def choose(
    session: Session,
    actor: Actor,
    registry: Registry,
    regulation: str,
    parameters: Mapping[str, object],
    *,
    start: date,
    reason: str,
    back: Collection[str] = (),
) -> UUID:
    """From `start` on the agency applies these choices too; those named in `back` return to the law's value.

    A period is appraised by the choices of its last day. Invalid for what the law does not leave open, Conflict where
    a period that was closed (or is being closed) under the regulation ends on or after `start`, or where a choice
    from a later day stands. A choice from the same day is replaced; the ledger keeps that there was one.
    """
    actor.require(Permission.CHOOSE_RULES)
    require_reason(reason)
    standing = chosen_on(session, start).get(regulation, {})
    whole = {name: value for name, value in {**standing, **parameters}.items() if name not in back}
    refuse_unopen(session, registry, regulation, whole, start)
    _refuse_closed(session, regulation, start)
    _end_running(session, regulation, start)
    choice = RulebookChoice(
        regulation=regulation,
        parameters=whole,
        reason=reason.strip(),
        account_id=actor.account_id,
        during=Range(start, None),
    )
    session.add(choice)
    session.flush()
    payload = {
        "regulation": regulation,
        "parameters": sorted(whole),
        "values": salted(session, json.dumps(whole, sort_keys=True)),
        "from": start.isoformat(),
        "reason": salted(session, reason.strip()),
    }
    record(session, actor, "rulebook.choose", f"choice:{choice.id}", payload)
    return choice.id


def require_reason(reason: str) -> None:
    """`Invalid` for a reason that says too little."""
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid("rule_choice.reason", "Write the reason in at least {length} characters.", length=REASON_LENGTH)


def _opened(rules: Rules, followed: bool) -> OpenRules:
    own = rules.asked.overrides
    found = [
        OpenParameter(one, law, one.name in own, own.get(one.name))
        for one in rules.parameters
        if one.open and (law := one.at(rules.asked.on, rules.asked.known)) is not None
    ]
    return OpenRules(rules, followed, tuple(found))


def refuse_unopen(
    session: Session,
    registry: Registry,
    regulation: str,
    chosen: Mapping[str, object],
    start: date,
    until: date | None = None,
) -> None:
    """Refuse what is not open on the first day or on any later one on which the law or the pack's code changes."""
    loaded = registry.loaded(regulation)
    changes = {*loaded.parameters.change_days(), *(one.valid_from for one in loaded.identity.editions)}
    later = (day for day in changes if start < day < (until or date.max) and day in loaded.identity.in_force)
    days = [start, *sorted(later)]
    whose = agency(session, tenant_of(session))
    for day in days:
        if loaded.identity.subject == "appraisal":
            rules_chosen(registry, whose, RegulationChoice(regulation, None, Range(start, None), chosen), day)
        else:
            registry.rules(regulation, on=day, overrides=chosen)


def _refuse_closed(session: Session, regulation: str, start: date) -> None:
    query = select(Period.code, Period.starts, Period.ends).where(Period.state != "open", Period.ends >= start)
    closed = session.execute(query.order_by(Period.ends.desc())).all()
    followed = [one.during for one in regulations(session, tenant_of(session)) if one.regulation == regulation]
    for period, starts, ends in closed:
        if _meets(followed, starts, ends):
            raise Conflict(
                "rule_choice.closed",
                "Period {period} is closed, or being closed, under {regulation}: what was decided by a rule is not "
                "decided by another one afterwards. Choose a day after {ends}.",
                period=period,
                regulation=regulation,
                ends=ends,
            )


def _meets(spans: Iterable[Range[date]], starts: date, ends: date) -> bool:
    period = Range(starts, ends, bounds="[]")
    return any(one.overlaps(period) for one in spans)


def _end_running(session: Session, regulation: str, start: date) -> None:
    for one in session.scalars(select(RulebookChoice).where(RulebookChoice.regulation == regulation)):
        since, until = one.during.lower, one.during.upper
        if since is not None and since > start:
            raise Conflict(
                "rule_choice.later",
                "A choice for {regulation} holds from {day} already; choose that day or a later one.",
                regulation=regulation,
                day=since,
            )
        if since == start:
            session.delete(one)
        elif until is None:
            one.during = Range(since, start)
    session.flush()
