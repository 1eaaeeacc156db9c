"""The agency's own ranking rules: every version with its days, a preview of what one would form, and a new one."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.errors import Conflict, Invalid, NotFound
from selaras.evaluation.facts import Facts
from selaras.evaluation.groups import (
    UNKNOWN,
    Attribute,
    Grouping,
    as_pooling,
    families,
    key_of,
    placed,
    places,
    ranking_groups,
    value_of,
)
from selaras.evaluation.models import Period, RankingRule
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.rule_choices import require_reason
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.models import Unit
from selaras.regulation import Rules

LARGEST_MINIMUM = 1000
LONGEST_NAME = 80
LISTED = 100


@dataclass(frozen=True)
class RuleView:
    """One version of the ranking rule: `number` counts them by their first day, 1 is the oldest."""

    id: UUID
    number: int
    grouping: Grouping
    origin: str
    reason: str | None
    during: Range[date]


@dataclass(frozen=True)
class Formed:
    """A group that would be formed: whom it holds, whom it took up, whether it stays below the minimum."""

    key: str
    people: int
    took_up: tuple[str, ...]
    small: bool


@dataclass(frozen=True)
class Ungrouped:
    """Posts of which an attribute is not known: their people share the group of the unknown."""

    attribute: str
    unit_name: str
    post_title: str
    people: int


@dataclass(frozen=True)
class Preview:
    """What a rule would form of the people in scope on a period's last day. `more`: posts that are not listed."""

    groups: tuple[Formed, ...]
    people: int
    ungrouped: tuple[Ungrouped, ...]
    ungrouped_people: int
    more: int


def ranking_rules(session: Session) -> tuple[RuleView, ...]:
    """Every version, the newest first."""
    rows = sorted(session.scalars(select(RankingRule)).all(), key=lambda one: one.during.lower or date.min)
    found = [
        RuleView(one.id, number, _stored(one), one.origin, one.reason, one.during)
        for number, one in enumerate(rows, start=1)
    ]
    return tuple(reversed(found))


def _stored(one: RankingRule) -> Grouping:
    own = families(one.families), places(one.places)
    return Grouping(tuple(one.attributes), one.minimum_size, as_pooling(one.pooling), *own)


def preview(session: Session, period: PeriodView, rules: Rules, grouping: Grouping) -> Preview:
    """The groups of everybody in scope on the period's last day, rated or not; Invalid for a rule that is not sound."""
    check(session, grouping)
    whole = placed(session, grouping, period.ends)
    posts = Facts(session, period, rules).posts()
    formed = ranking_groups(posts, whole).filter(pl.col("people") > 0)
    groups = [
        Formed(key, int(rows.item(0, "people")), tuple(own), int(rows.item(0, "people")) < whole.minimum_size)
        for (key,), rows in formed.group_by("group_key", maintain_order=True)
        for own in [[one for one in rows.get_column("own_key") if one != key]]
    ]
    unknown, people = _unknown(session, posts, whole)
    largest = sorted(groups, key=lambda one: (-one.people, one.key))
    return Preview(
        tuple(largest),
        int(posts.get_column("people").sum() or 0),
        tuple(unknown[:LISTED]),
        people,
        max(0, len(unknown) - LISTED),
    )


def _unknown(session: Session, posts: pl.DataFrame, grouping: Grouping) -> tuple[list[Ungrouped], int]:
    names = {str(unit): name for unit, name in session.execute(select(Unit.id, Unit.name))}
    found = []
    for attribute in grouping.attributes:
        without = posts.filter(value_of(grouping, attribute).is_null() & (pl.col("people") > 0))
        counted = without.group_by("unit_id", "post_title").agg(pl.col("people").sum())
        found += [
            Ungrouped(attribute, names.get(unit, unit), title, people) for unit, title, people in counted.iter_rows()
        ]
    whole = (
        posts.filter(key_of(grouping).str.split("/").list.contains(UNKNOWN)) if grouping.attributes else posts.head(0)
    )
    return sorted(found, key=lambda one: (one.attribute, one.unit_name, one.post_title)), int(
        whole["people"].sum() or 0
    )


def set_ranking_rule(session: Session, actor: Actor, grouping: Grouping, *, start: date, reason: str) -> UUID:
    """From `start` on people are comparable by this rule; one from the same day is replaced, and the ledger says so.

    Invalid for a rule that is not sound; Conflict where a period that is closed, or being closed, ends on or after
    `start`, or where a rule from a later day stands.
    """
    actor.require_whole(Permission.CHOOSE_RULES)
    require_reason(reason)
    check(session, grouping)
    _refuse_closed(session, start)
    _end_running(session, start)
    rule = RankingRule(
        attributes=list(grouping.attributes),
        minimum_size=grouping.minimum_size,
        pooling=grouping.pooling,
        families=[{"name": one.name, "beginnings": list(one.beginnings)} for one in grouping.families],
        places=[{"name": one.name, "unit": str(one.unit_id)} for one in grouping.places],
        origin="agency",
        reason=reason.strip(),
        account_id=actor.account_id,
        during=Range(start, None),
    )
    session.add(rule)
    session.flush()
    payload = {
        "attributes": list(grouping.attributes),
        "minimum_size": grouping.minimum_size,
        "pooling": grouping.pooling,
        "words": salted(session, json.dumps([rule.families, rule.places], sort_keys=True)),
        "from": start.isoformat(),
        "reason": salted(session, reason.strip()),
    }
    record(session, actor, "ranking_rule.set", f"ranking_rule:{rule.id}", payload)
    return rule.id


def check(session: Session, grouping: Grouping) -> None:
    """`Invalid` says what of a rule is not sound."""
    known = [one.value for one in Attribute]
    unknown = [name for name in grouping.attributes if name not in known]
    if unknown or len(set(grouping.attributes)) != len(grouping.attributes):
        raise Invalid(
            "ranking_rule.attributes",
            "Name each attribute once, out of {known}; {given} is not possible.",
            known=", ".join(known),
            given=", ".join(unknown) or ", ".join(grouping.attributes),
        )
    if not 1 <= grouping.minimum_size <= LARGEST_MINIMUM:
        raise Invalid(
            "ranking_rule.minimum", "The smallest group holds 1 to {largest} people.", largest=LARGEST_MINIMUM
        )
    if Attribute.JOB_FAMILY in grouping.attributes and not grouping.families:
        raise Invalid("ranking_rule.families", "Say which job families there are, or leave the attribute out.")
    if Attribute.LOCATION in grouping.attributes and not grouping.places:
        raise Invalid("ranking_rule.places", "Say which locations there are, or leave the attribute out.")
    beginnings = [one.lower() for family in grouping.families for one in family.beginnings]
    _refuse_names([family.name for family in grouping.families], beginnings)
    _refuse_names([], [str(place.unit_id) for place in grouping.places])
    _refuse_names([place.name for place in grouping.places], [], twice=True)
    wanted = {place.unit_id for place in grouping.places}
    if wanted and set(session.scalars(select(Unit.id).where(Unit.id.in_(wanted)))) != wanted:
        raise NotFound("unit_unknown", "There is no such unit here.")


def _refuse_names(names: Sequence[str], keys: Collection[str], *, twice: bool = False) -> None:
    """Names are short and hold no `/`, which parts a group's key; keys (beginnings, units) are given once."""
    bad = [one for one in names if not one.strip() or len(one) > LONGEST_NAME or "/" in one or one.strip() == UNKNOWN]
    double = [one for one in names if names.count(one) > 1 and not twice]
    double += [one for one in keys if list(keys).count(one) > 1 or not one.strip()]
    if bad or double:
        raise Invalid(
            "ranking_rule.names",
            "“{name}” cannot stand there: names have 1 to {longest} characters without “/”, and each name, beginning "
            "and unit is given once.",
            name=[*bad, *double][0],
            longest=LONGEST_NAME,
        )


def _refuse_closed(session: Session, start: date) -> None:
    query = select(Period.code, Period.ends).where(Period.state != "open", Period.ends >= start)
    closed = session.execute(query.order_by(Period.ends.desc()).limit(1)).first()
    if closed is not None:
        raise Conflict(
            "ranking_rule.closed",
            "Period {period} is closed, or being closed: who was compared with whom is not changed afterwards. Choose "
            "a day after {ends}.",
            period=closed.code,
            ends=closed.ends,
        )


def _end_running(session: Session, start: date) -> None:
    for one in session.scalars(select(RankingRule)):
        since, until = one.during.lower, one.during.upper
        if since is not None and since > start:
            raise Conflict(
                "ranking_rule.later",
                "A ranking rule holds from {day} already; choose that day or a later one.",
                day=since,
            )
        if since == start:
            session.delete(one)
        elif until is None:
            one.during = Range(since, start)
    session.flush()
