"""Every kind of rule that belongs to an agency, and the tables that hold none, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.calendar.models import WorkingWeek
from selaras.evaluation.own_rules import OWN_RULES as EVALUATION
from selaras.followup.own_rules import OWN_RULES as FOLLOWUP
from selaras.organisation.own_rules import OWN_RULES as ORGANISATION
from selaras.tenancy.own_rules import OwnRules, Taking
from selaras.tenancy.pack_fields import Fields, PackError
from selaras.tenancy.packs import Pack
from selaras.tenancy.rule_rows import RuleRow, joined

FEWER, MORE = 5, 6
"""Five days a week without any rule; a rule says six."""


def _weeks(session: Session) -> list[RuleRow]:
    rows = session.scalars(select(WorkingWeek).order_by(WorkingWeek.since)).all()
    ends = [*(one.since for one in rows[1:]), None]
    said = {"days": MORE}
    return [
        RuleRow("working_week", one.since, end, said) for one, end in zip(rows, ends, strict=False) if one.days == MORE
    ]


def _end_weeks(taking: Taking, start: date | None) -> None:
    rows = taking.session.scalars(select(WorkingWeek).order_by(WorkingWeek.since).with_for_update()).all()
    for one in rows:
        if start is None or one.since >= start:
            taking.session.delete(one)
    taking.session.flush()
    left = [one.days for one in rows if start is not None and one.since < start]
    if start is not None and left and left[-1] == MORE:
        _put_week(taking.session, start, FEWER)


def _add_weeks(taking: Taking, rows: Sequence[RuleRow]) -> None:
    for row in rows:
        _put_week(taking.session, row.first, MORE)
        if row.ends is not None:
            _put_week(taking.session, row.ends, FEWER)


def _put_week(session: Session, since: date, days: int) -> None:
    found = session.scalar(select(WorkingWeek).where(WorkingWeek.since == since))
    if found is None:
        session.add(WorkingWeek(since=since, days=days))
    else:
        found.days = days
    session.flush()


def _check_week(taking: Taking, row: RuleRow) -> None:
    fields = Fields(taking.origin, "working_week", row.values)
    fields.whole("days", MORE, MORE)
    fields.refuse_rest()
    if row.starts is None:
        fields.wrong("from", "it is missing", "write the first day")


_WORKING_WEEK = OwnRules(
    "working_week",
    MappingProxyType({"id": "Hari kerja sepekan", "en": "Working days of a week"}),
    _weeks,
    _end_weeks,
    _add_weeks,
    frozenset({"working_week.since", "working_week.days"}),
    MappingProxyType({"working_week.id": "given anew", "working_week.tenant_id": "whose rule it is"}),
    _check_week,
)

OWN_RULES: tuple[OwnRules, ...] = (*EVALUATION, *FOLLOWUP, *ORGANISATION, _WORKING_WEEK)
"""Every kind, in the order in which packs write them. A capability with rules of its agency adds its `OWN_RULES`."""

KINDS: Mapping[str, OwnRules] = MappingProxyType({one.code: one for one in OWN_RULES})


def held(session: Session) -> tuple[RuleRow, ...]:
    """All rules that the agency holds, in the one form in which equal rules are equal."""
    return joined(one.placed(row) for one in OWN_RULES for row in one.read(session))


def rows_of(pack: Pack, *, defaults: bool) -> tuple[RuleRow, ...]:
    """All rules that a pack says; with `defaults` also what it leaves to them. PackError for a kind nobody knows."""
    return placed(pack.slug, (*pack.rules, *(pack.supplied if defaults else ())))


def placed(name: str, rows: Iterable[RuleRow]) -> tuple[RuleRow, ...]:
    """Rows told apart by whoever knows their kind."""
    found = []
    for row in rows:
        if row.of not in KINDS:
            raise PackError(name, "rule: of", f"{row.of!r} is no kind of rule", f"write one of: {', '.join(KINDS)}")
        found.append(KINDS[row.of].placed(row))
    return joined(found)
