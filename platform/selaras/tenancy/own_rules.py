"""What a capability declares of the rules that belong to an agency, so that they travel in packs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.db.base import TenantModel
from selaras.regulation import Registry
from selaras.tenancy.queries import AgencyView
from selaras.tenancy.rule_rows import RuleRow, canonical


@dataclass(frozen=True)
class Taking:
    """Rules on their way into an agency: whose they become, what is installed, who takes them and why.

    `origin` reads `pack:<name>`; `reason` (20 characters or more) stands in tables that keep one.
    """

    session: Session
    registry: Registry
    agency: AgencyView
    origin: str
    reason: str
    account_id: UUID | None = None


def _accept(_taking: Taking, _row: RuleRow) -> None:
    return None


@dataclass(frozen=True)
class OwnRules:
    """One kind of an agency's rules. `code` is the `of` of its rows.

    `read` gives every row in canonical values; `check` refuses in words what this agency cannot have; `end` lets
    nothing hold from a day on (None: never); `add` writes rows that were checked, onto days that are free.
    `apart`: the word in the values that tells rules apart that hold side by side.
    `carried`: the columns `table.column` that travel; `left`: those that do not, with the reason. A test holds the
    two together to be every column of the tables.
    """

    code: str
    label: Mapping[str, str]
    read: Callable[[Session], Sequence[RuleRow]]
    end: Callable[[Taking, date | None], None]
    add: Callable[[Taking, Sequence[RuleRow]], None]
    carried: frozenset[str]
    left: Mapping[str, str] = field(default_factory=dict)
    check: Callable[[Taking, RuleRow], None] = _accept
    apart: str | None = None

    def placed(self, row: RuleRow) -> RuleRow:
        """The row, told apart from those that hold beside it."""
        return replace(row, apart=str(row.values.get(self.apart, ""))) if self.apart else row

    @property
    def tables(self) -> frozenset[str]:
        """The tables that this kind carries."""
        return frozenset(one.split(".")[0] for one in self.carried)


@dataclass(frozen=True)
class Dated:
    """A table of dated rows of the usual form: `during`, and columns that are said in a pack under other names.

    `columns`: the pack's word → the column; `made`: the columns that do not travel, as they are written.
    `said`, `kept`: a row's values by the pack's words → as a pack says them (None: it is no rule), and back.
    """

    model: type[TenantModel]
    columns: Mapping[str, str]
    left: Mapping[str, str]
    made: Callable[[Taking], Mapping[str, object]]
    said: Callable[[Mapping[str, Any]], Mapping[str, Any] | None] = lambda values: values
    kept: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda values: values


def dated_rules(
    code: str,
    label: Mapping[str, str],
    table: Dated,
    check: Callable[[Taking, RuleRow], None] = _accept,
    *,
    apart: str | None = None,
) -> OwnRules:
    """The declaration of such a table."""
    name = table.model.__tablename__
    held = {"during", *table.columns.values()}
    left = {"id": "given anew by each database", "tenant_id": "whose rule it is", **table.left}
    return OwnRules(
        code,
        label,
        lambda session: _read(session, code, table),
        lambda taking, start: _end(taking, table, start),
        lambda taking, rows: _add(taking, table, rows),
        frozenset(f"{name}.{column}" for column in held),
        {f"{name}.{column}": reason for column, reason in left.items()},
        check,
        apart,
    )


def _read(session: Session, code: str, table: Dated) -> list[RuleRow]:
    found = []
    for one in session.scalars(select(table.model)):
        said = table.said({word: getattr(one, column) for word, column in table.columns.items()})
        values, during = canonical(said), _during(one)
        if isinstance(values, dict):
            found.append(RuleRow(code, during.lower, during.upper, values))
    return found


def _end(taking: Taking, table: Dated, start: date | None) -> None:
    session = taking.session
    for one in session.scalars(select(table.model).with_for_update()):
        during = _during(one)
        if start is None or (during.lower or date.min) >= start:
            session.delete(one)
        elif during.upper is None or during.upper > start:
            one.during = Range(during.lower, start)  # type: ignore[attr-defined]  # every dated table has it
    session.flush()


def _add(taking: Taking, table: Dated, rows: Sequence[RuleRow]) -> None:
    for row in rows:
        kept = table.kept(row.values)
        values = {column: kept[word] for word, column in table.columns.items() if word in kept}
        row_of = {**values, **table.made(taking), "during": Range(row.starts, row.ends)}
        taking.session.add(table.model(**row_of))
    taking.session.flush()


def _during(one: TenantModel) -> Range[date]:
    during: Range[date] = one.during  # type: ignore[attr-defined]  # every dated table has it
    return during
