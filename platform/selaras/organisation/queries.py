"""Reads: people with search and paging, one person's view, teams, the tree of units, who appraises whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, select, text
from sqlalchemy.orm import Session

from selaras.db.paging import Page, bounded, cursor, position
from selaras.db.session import tenant_of
from selaras.errors import Invalid, NotFound
from selaras.organisation.models import Person
from selaras.organisation.reach import PERSON_WITHIN
from selaras.organisation.statements import (
    APPOINTMENTS,
    BELOW,
    LEADERS,
    LINE,
    LINES,
    NUMBERS,
    PEOPLE,
    PERSON,
    SHOWN,
    SUPERIOR,
    TEAM,
    UNITS,
)


@dataclass(frozen=True)
class PersonLine:
    """A person as a list shows them on one day; post and number are None where there is none on that day."""

    person_id: UUID
    name: str
    number: str | None
    unit_id: UUID | None
    unit_name: str | None
    position_title: str | None
    position_kind: str | None
    employment: str | None
    rank: str | None
    superior_id: UUID | None
    superior_name: str | None


@dataclass(frozen=True)
class NumberLine:
    """A NIP or NI PPPK on the days `[since, until)`; None is open."""

    number: str
    kind: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class AppointmentLine:
    """A post held on the days `[since, until)`; `kind` is definitive, plt or plh."""

    unit_id: UUID
    unit_name: str
    position_title: str
    position_kind: str
    level: str | None
    job_class: int | None
    is_head: bool
    employment: str
    rank: str | None
    legal_status: str | None
    kind: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class PersonView:
    """Everything the organisation knows about one person: today's line, and every number and post, newest first."""

    line: PersonLine
    source_id: str
    birth_date: date | None
    sex: str | None
    left_on: date | None
    account_id: UUID | None
    team_size: int
    numbers: tuple[NumberLine, ...]
    appointments: tuple[AppointmentLine, ...]


@dataclass(frozen=True)
class UnitLine:
    """A unit of the tree on one day: depth 0 is the top; `people` counts its own definitive appointments."""

    unit_id: UUID
    source_id: str
    parent_id: UUID | None
    name: str
    head_id: UUID | None
    head_name: str | None
    depth: int
    people: int


def people(
    session: Session,
    *,
    search: str | None = None,
    unit_id: UUID | None = None,
    after: str | None = None,
    limit: int = 50,
    day: date,
    within: frozenset[UUID] | None = None,
) -> Page[PersonLine]:
    """People who have not left by `day`, ordered by name; `search` is the beginning of a name, or of a number.

    With `unit_id`, those whose definitive post lies in that unit or below it; with `within`, in one of these units
    (see `reach`). `after` is a page's `next`.
    """
    size = bounded(limit)
    wanted = " ".join((search or "").lower().split())
    parameters: dict[str, Any] = {"tenant": tenant_of(session), "day": day, "limit": size + 1}
    where = [*_matching(wanted, parameters), *_within(unit_id, parameters), *_beyond(after, parameters)]
    if within is not None:
        where.append(PERSON_WITHIN.format(person="p.id"))
        parameters["reach"] = list(within)
    rows = session.execute(_shown(PEOPLE, "".join(where)), parameters).all()
    lines = tuple(_line(row) for row in rows[:size])
    return Page(lines, cursor(rows[size - 1].search_name, str(rows[size - 1].id)) if len(rows) > size else None)


def _matching(wanted: str, parameters: dict[str, Any]) -> list[str]:
    if not wanted:
        return []
    if wanted.replace(" ", "").isdigit():
        parameters |= _prefix(wanted.replace(" ", ""))
        return [
            " AND EXISTS (SELECT 1 FROM selaras.person_number n WHERE n.tenant_id = :tenant AND n.person_id = p.id"
            " AND n.number ~>=~ :low AND n.number ~<~ :high AND n.during @> CAST(:day AS date))"
        ]
    parameters |= _prefix(wanted)
    return [" AND p.search_name ~>=~ :low AND p.search_name ~<~ :high"]


def _prefix(wanted: str) -> Mapping[str, str]:
    # The pattern operators are leakproof, so the planner may use the index below the row-level policy; LIKE is not.
    return {"low": wanted, "high": wanted + "\U0010ffff"}


def _within(unit_id: UUID | None, parameters: dict[str, Any]) -> list[str]:
    if unit_id is None:
        return []
    parameters["unit"] = unit_id
    return [BELOW]


def _beyond(after: str | None, parameters: dict[str, Any]) -> list[str]:
    if not after:
        return []
    name, identifier = position(after, 2)
    try:
        parameters |= {"after_name": name, "after_id": UUID(identifier)}
    except ValueError as error:
        raise Invalid("cursor_unusable", "The position in the list is unusable; start from the first page.") from error
    return [" AND p.search_name ~>=~ :after_name AND (p.search_name ~>~ :after_name OR p.id > :after_id)"]


def person(session: Session, person_id: UUID, day: date) -> PersonView:
    """One person on a day, or `NotFound`. Ask `organisation.access.person_for` whether the actor may see them."""
    parameters = {"tenant": tenant_of(session), "person": person_id, "day": day}
    row = session.execute(_shown(PERSON), parameters).one_or_none()
    if row is None:
        raise NotFound("person_unknown", "There is no such person here.")
    return PersonView(
        line=_line(row),
        source_id=row.source_id,
        birth_date=row.birth_date,
        sex=row.sex,
        left_on=row.left_on,
        account_id=row.account_id,
        team_size=row.team_size,
        numbers=tuple(NumberLine(*one) for one in session.execute(text(NUMBERS), parameters)),
        appointments=tuple(AppointmentLine(*one) for one in session.execute(text(APPOINTMENTS), parameters)),
    )


def team(session: Session, person_id: UUID, day: date) -> list[PersonLine]:
    """Those whom the person appraises on `day`, ordered by name."""
    parameters = {"tenant": tenant_of(session), "person": person_id, "day": day}
    return [_line(row) for row in session.execute(_shown(TEAM), parameters)]


def lines_of(session: Session, people: Collection[UUID], day: date) -> list[PersonLine]:
    """Some people as a list shows them on `day`, ordered by name; whoever is unknown is left out."""
    parameters = {"tenant": tenant_of(session), "people": list(people), "day": day}
    return [_line(row) for row in session.execute(_shown(LINES), parameters)]


def superior_of(session: Session, person_id: UUID, day: date) -> UUID | None:
    """Who appraises the person on `day`; None at the top, or where the post above is vacant."""
    parameters = {"tenant": tenant_of(session), "person": person_id, "day": day}
    return session.execute(text(SUPERIOR), parameters).scalar_one_or_none()


def person_of_account(session: Session, account_id: UUID) -> UUID | None:
    """The person that an account belongs to, if it is one of the agency's people."""
    statement = text("SELECT id FROM selaras.person WHERE tenant_id = :tenant AND account_id = :account")
    return session.execute(statement, {"tenant": tenant_of(session), "account": account_id}).scalar_one_or_none()


def person_by_number(session: Session, number: str, day: date) -> UUID | None:
    """The person who holds a NIP or NI PPPK on `day`."""
    statement = text(
        "SELECT person_id FROM selaras.person_number"
        " WHERE tenant_id = :tenant AND number = :number AND during @> CAST(:day AS date)"
    )
    parameters = {"tenant": tenant_of(session), "number": number, "day": day}
    return session.execute(statement, parameters).scalar_one_or_none()


def names_of(session: Session, people: Collection[UUID]) -> dict[UUID, str]:
    """Person id → name, of some of the agency's people."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(people))) if people else ()
    return {row.id: row.name for row in rows}


def units(session: Session, day: date) -> list[UnitLine]:
    """The tree on `day`, parents before their children, each family in the order of names."""
    return [UnitLine(*row) for row in session.execute(text(UNITS), {"tenant": tenant_of(session), "day": day})]


def leaders(session: Session, day: date) -> dict[UUID, UUID]:
    """Unit id → person id of whoever leads it on `day` (definitive or acting); vacant units are left out."""
    rows = session.execute(text(LEADERS), {"tenant": tenant_of(session), "day": day})
    return {row.unit_id: row.person_id for row in rows}


def _shown(template: str, where: str = "") -> TextClause:
    return text(template.format(shown=SHOWN, line=LINE, where=where))


def _line(row: Row[Any]) -> PersonLine:
    return PersonLine(
        row.id,
        row.name,
        row.number,
        row.unit_id,
        row.unit_name,
        row.position_title,
        row.position_kind,
        row.employment,
        row.rank,
        row.superior_id,
        row.superior_name,
    )
