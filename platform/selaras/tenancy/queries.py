"""Reads about agencies: by host, slug or number; which regulation and rules they follow on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session, aliased

from selaras.errors import Conflict, NotFound
from selaras.regulation import Registry, Rules
from selaras.tenancy.models import (
    Agency,
    AgencyHost,
    AgencySuccession,
    FeatureAssignment,
    RegulationAssignment,
    RulebookChoice,
)
from selaras.tenancy.pack_code import pack_code
from selaras.tenancy.rules import Gap, gaps, host_name_or_none


@dataclass(frozen=True)
class AgencyView:
    """An agency as the platform knows it. `tenant_id` never leaves this server; the uuid does."""

    tenant_id: int
    uuid: UUID
    slug: str
    name: str
    short_name: str
    kind: str
    region_code: str | None
    bkn_code: str | None
    time_zone: str
    status: str
    pack: str | None
    hosts: tuple[str, ...]
    ended_on: date | None = None


@dataclass(frozen=True)
class RegulationChoice:
    """Which regulation is followed on the days of `during` `[from, to)`; without edition: the newest valid one.

    `chosen`: the agency's choices for what the regulation leaves open, where they were asked for.
    """

    regulation: str
    edition: str | None
    during: Range[date]
    chosen: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Followed:
    """The rules that an agency follows on the days `[starts, until)` of a span, as they stand on the last of them."""

    starts: date
    until: date
    rules: Rules


@dataclass(frozen=True)
class Successor:
    """Who carries on an agency's work from a day on, by which act, and how sure we are of it."""

    tenant_id: int
    uuid: UUID
    slug: str
    name: str
    effective: date
    legal_basis: str
    certainty: str


def agency(session: Session, tenant_id: int) -> AgencyView:
    """The agency with this number; NotFound if there is none."""
    return _one(session, _agencies().where(Agency.tenant_id == tenant_id), f"number {tenant_id}")


def agency_by_slug(session: Session, slug: str) -> AgencyView:
    """The agency with this slug; NotFound if there is none."""
    return _one(session, _agencies().where(Agency.slug == slug), slug)


def agency_by_uuid(session: Session, uuid: UUID) -> AgencyView:
    """The agency with this uuid; NotFound if there is none."""
    return _one(session, _agencies().where(Agency.uuid == uuid), str(uuid))


def agency_by_host(session: Session, host: str) -> AgencyView | None:
    """The agency that is reached by a host name (a Host header will do: case and port do not matter), or None."""
    name = host_name_or_none(host)
    if name is None:
        return None
    row = session.execute(
        _agencies().where(
            Agency.tenant_id == select(AgencyHost.tenant_id).where(AgencyHost.host == name).scalar_subquery()
        )
    ).one_or_none()
    return None if row is None else _view(row)


def list_agencies(session: Session) -> tuple[AgencyView, ...]:
    """All agencies in order of their slug, in one statement however many there are."""
    return tuple(_view(row) for row in session.execute(_agencies().order_by(Agency.slug)))


def successors(session: Session, tenant_id: int) -> tuple[Successor, ...]:
    """Who carries on the work of an agency that was split or merged, in order of the day and the name."""
    return _linked(session, AgencySuccession.predecessor_id == tenant_id, forward=True)


def predecessors(session: Session, tenant_id: int) -> tuple[Successor, ...]:
    """Whose work an agency carries on, in order of the day and the name."""
    return _linked(session, AgencySuccession.successor_id == tenant_id, forward=False)


def regulations(session: Session, tenant_id: int) -> tuple[RegulationChoice, ...]:
    """Every regulation an agency has followed, follows or will follow, in order of the days."""
    rows = session.execute(
        select(RegulationAssignment.regulation, RegulationAssignment.edition, RegulationAssignment.during)
        .where(RegulationAssignment.tenant_id == tenant_id)
        .order_by(func.lower(RegulationAssignment.during))
    )
    return tuple(RegulationChoice(*row) for row in rows)


def regulation_on(session: Session, tenant_id: int, day: date) -> RegulationChoice:
    """The regulation that an agency follows on a day; NotFound says so in words where there is none."""
    row = session.execute(
        select(RegulationAssignment.regulation, RegulationAssignment.edition, RegulationAssignment.during).where(
            RegulationAssignment.tenant_id == tenant_id, RegulationAssignment.during.op("@>")(day)
        )
    ).one_or_none()
    if row is None:
        raise _no_regulation(day)
    return RegulationChoice(*row)


def regulation_gaps(session: Session, tenant_id: int, first: date, last: date) -> tuple[Gap, ...]:
    """The days from `first` to `last` (both included) on which the agency follows no regulation."""
    return gaps((one.during for one in regulations(session, tenant_id)), first, last)


def rules_on(session: Session, agency: AgencyView, day: date, registry: Registry) -> Rules:
    """The rules an agency follows on a day: regulation and edition, its pack's code, its own choices; one statement.

    Asked within the agency. The same object for all days between two changes of parameters or choices. NotFound where
    no regulation is followed, Invalid for a day outside the law's time.
    """
    found = session.execute(
        _with_choices(agency.tenant_id, day).where(RegulationAssignment.during.op("@>")(day))
    ).one_or_none()
    if found is None:
        raise _no_regulation(day)
    return _rules_of(registry, _choice(found), agency.pack, day)


def rules_within(
    session: Session, agency: AgencyView, first: date, last: date, registry: Registry
) -> tuple[Followed, ...]:
    """Each regulation an agency follows between two days (both included), in order; one statement.

    A regulation's rules are those of its last day within the span: a change of its parameters or of the agency's
    choices divides nothing.
    """
    found = []
    ending = func.least(func.upper(RegulationAssignment.during) - 1, last)
    query = _with_choices(agency.tenant_id, ending).order_by(func.lower(RegulationAssignment.during))
    for choice in map(_choice, session.execute(query)):
        starts = max(choice.during.lower or first, first)
        until = min(choice.during.upper or date.max, last + timedelta(days=1))
        if starts < until:
            rules = _rules_of(registry, choice, agency.pack, until - timedelta(days=1))
            found.append(Followed(starts, until, rules))
    return tuple(found)


def features_on(session: Session, tenant_id: int, day: date) -> frozenset[str]:
    """The features that are switched on for an agency on a day."""
    return frozenset(
        session.scalars(
            select(FeatureAssignment.feature).where(
                FeatureAssignment.tenant_id == tenant_id, FeatureAssignment.during.op("@>")(day)
            )
        )
    )


def chosen_on(session: Session, day: date) -> dict[str, dict[str, object]]:
    """Regulation → what the agency chose for its open parameters, of all choices in force on a day; one statement."""
    rows = session.execute(
        select(RulebookChoice.regulation, RulebookChoice.parameters).where(RulebookChoice.during.contains(day))
    )
    return {regulation: dict(parameters) for regulation, parameters in rows}


def rules_chosen(registry: Registry, agency: AgencyView, choice: RegulationChoice, day: date) -> Rules:
    """The rules that the agency would follow on a day under such a choice; Invalid for what the law does not leave."""
    return _rules_of(registry, choice, agency.pack, day)


def _with_choices(tenant_id: int, day: date | ColumnElement[date]) -> Select[*tuple[Any, ...]]:
    chosen = and_(
        RulebookChoice.tenant_id == RegulationAssignment.tenant_id,
        RulebookChoice.regulation == RegulationAssignment.regulation,
        RulebookChoice.during.op("@>")(day),
    )
    return (
        select(
            RegulationAssignment.regulation,
            RegulationAssignment.edition,
            RegulationAssignment.during,
            RulebookChoice.parameters,
        )
        .outerjoin(RulebookChoice, chosen)
        .where(RegulationAssignment.tenant_id == tenant_id)
    )


def _choice(row: Row[*tuple[Any, ...]]) -> RegulationChoice:
    regulation, edition, during, parameters = row
    return RegulationChoice(regulation, edition, during, parameters or {})


def _no_regulation(day: date) -> NotFound:
    return NotFound(
        "agency.no_regulation",
        "The agency follows no regulation on {day}. An operator assigns one with “selaras tenant assign” "
        "or a rollout; then try again.",
        day=day.isoformat(),
    )


def _rules_of(registry: Registry, choice: RegulationChoice, pack: str | None, day: date) -> Rules:
    on, code = _last_change(registry, choice, day), pack_code(pack, choice.regulation, day)
    return registry.appraisal(
        choice.regulation,
        on=on if code is None else code.standing(on, day),
        edition=choice.edition,
        pack=None if code is None else code.module,
        overrides=choice.chosen,
    )


def _last_change(registry: Registry, choice: RegulationChoice, day: date) -> date:
    """The last day up to `day` on which anything in the regulation changed: the rules are the same since then."""
    if choice.regulation not in registry.codes():
        raise Conflict(
            "regulation_removed",
            "The agency follows {regulation} on {day}, which is no longer installed here. Results that were set stay "
            "as they are; for new ones the operator installs it again, or lets the agency follow another.",
            regulation=choice.regulation,
            day=day,
        )
    loaded = registry.loaded(choice.regulation)
    force = loaded.identity.in_force
    if day not in force:
        return day
    changes = {force.start, *loaded.parameters.change_days(), *(one.valid_from for one in loaded.identity.editions)}
    return max(one for one in changes if one <= day and one in force)


def _agencies() -> Select[*tuple[Any, ...]]:
    hosts = select(AgencyHost.host).where(AgencyHost.tenant_id == Agency.tenant_id).order_by(AgencyHost.host)
    return select(
        Agency.tenant_id,
        Agency.uuid,
        Agency.slug,
        Agency.name,
        Agency.short_name,
        Agency.kind,
        Agency.region_code,
        Agency.bkn_code,
        Agency.time_zone,
        Agency.status,
        Agency.pack,
        func.array(hosts.scalar_subquery()).label("hosts"),
        Agency.ended_on,
    )


def _one(session: Session, query: Select[*tuple[Any, ...]], named: str) -> AgencyView:
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            "agency.unknown", "There is no agency {agency}. “selaras tenant list” shows those there are.", agency=named
        )
    return _view(row)


def _view(row: Row[*tuple[Any, ...]]) -> AgencyView:
    values = row._asdict()
    return AgencyView(**(values | {"hosts": tuple(values["hosts"])}))


def _linked(session: Session, condition: Any, *, forward: bool) -> tuple[Successor, ...]:
    other = aliased(Agency)
    joined = AgencySuccession.successor_id if forward else AgencySuccession.predecessor_id
    rows = session.execute(
        select(
            other.tenant_id,
            other.uuid,
            other.slug,
            other.name,
            AgencySuccession.effective,
            AgencySuccession.legal_basis,
            AgencySuccession.certainty,
        )
        .join(AgencySuccession, joined == other.tenant_id)
        .where(condition)
        .order_by(AgencySuccession.effective, other.slug)
    )
    return tuple(Successor(*row) for row in rows)
