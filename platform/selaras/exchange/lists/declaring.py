"""How a list that can be exported is declared, and the pieces of SQL that their statements share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from selaras.exchange.layouts import LAYOUTS, Kind
from selaras.identity.permissions import Permission


@dataclass(frozen=True)
class ListExport:
    """One list. `query` yields, all as text, first the id of the person (or null) whom a row is about, then `columns`.

    It takes `%(tenant)s`, `%(day)s`, `%(units)s` (what the permission reaches; null: everything) and what `asks` names:
    `%(year)s` or `%(period)s`. `spread`: a last column of JSON whose keys become columns, as only a regulation knows
    them. `whole`: only for whoever holds the permission for the whole agency.
    """

    code: str
    permission: Permission
    columns: tuple[str, ...]
    query: str
    asks: str = ""
    spread: bool = False
    whole: bool = False


def of_kind(kind: Kind, permission: Permission, query: str, *names: str, **more: object) -> ListExport:
    """A list in the columns in which the same kind is imported; `names`: those that the query yields, in its order."""
    headers: Mapping[str, str] = {column.name: column.header for column in LAYOUTS[kind]}
    return ListExport(kind.value, permission, tuple(headers[name] for name in names), query, **more)  # type: ignore[arg-type]  # of the dataclass


def number_of(person: str, day: str = "%(day)s::date") -> str:
    """The number that somebody holds on a day, or held last."""
    return (
        "(SELECT n.number FROM selaras.person_number n WHERE n.tenant_id = %(tenant)s"  # noqa: S608  # our own text
        f" AND n.person_id = {person} ORDER BY n.during @> {day} DESC, lower(n.during) DESC NULLS LAST LIMIT 1)"
    )


def within(person: str) -> str:
    """The condition that the permission reaches a person today."""
    return (
        "(%(units)s::uuid[] IS NULL OR EXISTS (SELECT FROM selaras.appointment w WHERE w.tenant_id = %(tenant)s"
        f" AND w.person_id = {person} AND w.kind = 'definitive' AND w.unit_id = ANY(%(units)s::uuid[])"
        " AND w.during @> %(day)s::date))"
    )


def within_unit(unit: str) -> str:
    """The condition that the permission reaches a unit."""
    return f"(%(units)s::uuid[] IS NULL OR {unit} = ANY(%(units)s::uuid[]))"


def day(value: str) -> str:
    """A day as files write it."""
    return f"to_char({value}, 'DD-MM-YYYY')"


def moment(value: str) -> str:
    """A moment in UTC."""
    return f"to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"


def number(value: str) -> str:
    """A number without thousands, with a comma before decimals."""
    return f"replace(trim_scale({value}::numeric)::text, '.', ',')"


def coded(value: str, codes: Mapping[str, str]) -> str:
    """A code as the first of the words by which a file is read."""
    words: dict[str, str] = {}
    for word, code in codes.items():
        words.setdefault(code, word)
    cases = " ".join(f"WHEN '{code}' THEN '{word}'" for code, word in words.items())
    return f"CASE {value} {cases} END"
