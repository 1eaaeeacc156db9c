"""One import under way: its file as a frame, its day, and what the file's numbers and codes refer to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.db.bulk import read_frame
from selaras.db.merge import Merged
from selaras.db.session import tenant_of
from selaras.evaluation.lock_sets import Locked, locked
from selaras.evaluation.locking import Matter
from selaras.evaluation.models import Period
from selaras.exchange.report import Problems
from selaras.identity.actor import Actor
from selaras.organisation.service import known_units
from selaras.regulation.registry import Registry

SUBJECT = "person_id"
"""The column of the person whom a row is about; other columns name a superior, a leader, a giver."""
NEAR = 10
"""Unknown numbers for which a similar known one is looked up."""


@dataclass
class Intake:
    """What the reader of one kind of file works with.

    `today`: in the agency's zone. `day`: when changes take effect that carry no date of their own. `first`: since when
    things stand that were not known before and carry no date (None: since ever). `batch_id`: the import itself.
    `declared`: columns that only a regulation can know, with their headers as the file writes them. `unused`: headers
    of columns that turned out to mean nothing.
    `units`: those that the actor imports for, None for the whole agency.
    """

    session: Session
    actor: Actor
    batch_id: UUID
    today: date
    day: date
    first: date | None
    registry: Registry | None = None
    accept_vanished: bool = False
    units: frozenset[UUID] | None = None
    problems: Problems = field(default_factory=Problems)
    declared: Mapping[str, str] = field(default_factory=dict)
    unused: set[str] = field(default_factory=set)

    @property
    def moment(self) -> str:
        """Now, as text for a timestamp column."""
        return now().isoformat()

    @property
    def tenant(self) -> int:
        """The agency's number, for the statements that name it."""
        return tenant_of(self.session)


Loader = Callable[[Intake, pl.DataFrame], Mapping[str, Merged]]


def refuse_duplicates(intake: Intake, table: pl.DataFrame, key: Sequence[str], column: str, what: str) -> None:
    """Every row whose `key` already stands in an earlier row is a problem that names both rows."""
    complete = table.filter(pl.all_horizontal(pl.col(list(key)).is_not_null()))
    counted = complete.with_columns(other=_place().first().over(key), turn=pl.int_range(pl.len()).over(key))
    twice = counted.filter(pl.col("turn") > 0)
    intake.problems.add_rows("duplicate", twice, column=column, value=key[0], what=what, other="=other")


def refuse_settled_years(intake: Intake, table: pl.DataFrame) -> None:
    """Rows (`year`) of a year whose close has begun are a problem: what its results rest on stays as it is."""
    statement = select(Period.code).where(Period.kind == "year", Period.state != "open")
    settled = [int(code) for code in intake.session.scalars(statement)]
    rows = table.filter(pl.col("year").is_in(settled))
    intake.problems.add_rows("year_settled", rows, column="TAHUN", value="year")


def refuse_locked(
    intake: Intake,
    found: pl.DataFrame,
    matter: Matter,
    inside: Callable[[Locked], pl.Expr],
    *,
    column: str,
    value: str,
    person: str = SUBJECT,
) -> None:
    """Rows of a period that is locked for their person are a problem: a file does nothing that a page refuses.

    `inside`: which rows lie in a locked period; `person`: the column of whose plan, progress or rating it is.
    """
    for one in locked(intake.session, matter):
        closed = ~pl.col(person).is_in([str(who) for who in one.opened]).fill_null(value=False)
        rows = found.filter(inside(one) & closed)
        since = one.from_day.isoformat()
        intake.problems.add_rows("period_locked", rows, column=column, value=value, period=one.code, since=since)


def of_year(one: Locked) -> pl.Expr:
    """Rows (`year`) of a year that is locked."""
    return pl.col("year").cast(pl.String) == one.code


def on_its_days(one: Locked) -> pl.Expr:
    """Rows (`on_day`) of the days of a period that is locked."""
    return pl.col("on_day").is_between(one.starts, one.ends)


def _place() -> pl.Expr:
    """The row as a problem names it: `12`, or `12 (PPPK)` in a workbook of several sheets."""
    row = pl.col("row").cast(pl.String)
    return pl.when(pl.col("sheet").is_null()).then(row).otherwise(pl.format("{} ({})", row, "sheet"))


def refuse_inconsistent(
    intake: Intake, table: pl.DataFrame, key: Sequence[str], columns: Mapping[str, str], what: str
) -> None:
    """Rows with the same `key` must agree on `columns` (name → header)."""
    first = table.with_columns(other=_place().first().over(key))
    for name, header in columns.items():
        differing = first.filter(pl.col(name).ne_missing(pl.col(name).first().over(key)))
        intake.problems.add_rows("inconsistent", differing, column=header, value=name, what=what, other="=other")


def holders(intake: Intake) -> pl.DataFrame:
    """Every number ever held here: `number`, `person_id`, `since`, `until`."""
    query = (
        "SELECT number, person_id, lower(during), upper(during) FROM selaras.person_number WHERE tenant_id = %(tenant)s"
    )
    schema = {"number": pl.String, "person_id": pl.String, "since": pl.Date, "until": pl.Date}
    return read_frame(intake.session, query, {"tenant": intake.tenant}, schema)


def resolve_people(
    intake: Intake, table: pl.DataFrame, held: pl.DataFrame, number: str, header: str, person: str
) -> pl.DataFrame:
    """`table` with the column `person`: whoever holds the number in column `number` on the row's `day`.

    A number that only one person ever held names that person on any day. Unknown numbers become problems.
    """
    only = held.group_by("number").agg(pl.col("person_id").first(), pl.col("person_id").n_unique().alias("people"))
    single = only.filter(pl.col("people") == 1).select("number", pl.col("person_id").alias(person))
    found = table.join(single, left_on=number, right_on="number", how="left", maintain_order="left")
    shared = held.join(only.filter(pl.col("people") > 1).select("number"), on="number", how="semi")
    if not shared.is_empty():
        found = _on_the_day(found, shared, number, person)
    if intake.units is not None and person == SUBJECT:
        found = _only_reached(intake, found, number, header)
        unknown = found.clear()
    else:
        unknown = found.filter(pl.col(number).is_not_null() & pl.col(person).is_null())
    _report_unknown(intake, unknown, held.get_column("number"), number, header)
    return found


def _only_reached(intake: Intake, found: pl.DataFrame, number: str, header: str) -> pl.DataFrame:
    """Whom the actor does not import for is told as nobody: the answer gives nothing away about other units."""
    query = """
        SELECT person_id FROM selaras.appointment
        WHERE tenant_id = %(tenant)s AND kind = 'definitive' AND during @> %(day)s::date AND unit_id = ANY(%(units)s)
    """
    values = {"tenant": intake.tenant, "day": intake.today, "units": list(intake.units or ())}
    reached = read_frame(intake.session, query, values, {SUBJECT: pl.String})
    outside = pl.col(number).is_not_null() & ~pl.col(SUBJECT).is_in(reached[SUBJECT].implode()).fill_null(value=False)
    intake.problems.add_rows("outside_reach", found.filter(outside), column=header, value=number)
    return found.filter(~outside)


def refuse_other_units(intake: Intake, table: pl.DataFrame, header: str) -> None:
    """Rows (`unit_id`, `unit_source_id`) about a unit that the actor does not import for are a problem each."""
    if intake.units is not None:
        inside = pl.col("unit_id").is_in([str(one) for one in intake.units]).fill_null(value=False)
        intake.problems.add_rows("unit_outside_reach", table.filter(~inside), column=header, value="unit_source_id")


def _on_the_day(table: pl.DataFrame, shared: pl.DataFrame, number: str, person: str) -> pl.DataFrame:
    rows = table.with_row_index("turn")
    matching = rows.select("turn", "day", number).join(shared, left_on=number, right_on="number")
    on_day = matching.filter(
        (pl.col("since").is_null() | (pl.col("since") <= pl.col("day")))
        & (pl.col("until").is_null() | (pl.col("until") > pl.col("day")))
    ).select("turn", pl.col("person_id").alias("dated"))
    joined = rows.join(on_day, on="turn", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce(person, "dated").alias(person)).drop("turn", "dated")


def _report_unknown(intake: Intake, unknown: pl.DataFrame, known: pl.Series, number: str, header: str) -> None:
    wanted = unknown.get_column(number).unique().head(NEAR if intake.units is None else 0)
    near = {value: _similar(value, known) for value in wanted}
    suggested = {value: other for value, other in near.items() if other}
    named = unknown.with_columns(near=pl.col(number).replace_strict(suggested, default=None, return_dtype=pl.String))
    for code, rows in (
        ("unknown_person", named.filter(pl.col("near").is_null())),
        ("unknown_person_near", named.filter(pl.col("near").is_not_null())),
    ):
        intake.problems.add_rows(code, rows, column=header, value=number, day="=day", near="=near")


def _similar(value: str, known: pl.Series) -> str | None:
    """A known number that shares the first or the last nine digits, if there is exactly one."""
    candidates = known.filter(known.str.starts_with(value[:9]) | known.str.ends_with(value[9:])).unique()
    return str(candidates.item()) if len(candidates) == 1 else None


def resolve_units(intake: Intake, table: pl.DataFrame, header: str, *, source: str = "unit_source_id") -> pl.DataFrame:
    """`table` with `unit_id`, `head_title` and `leader_source_id` of the unit whose national id stands in `source`."""
    units = known_units(intake.session).select("unit_id", "source_id", "head_title", "leader_source_id")
    found = table.join(units, left_on=source, right_on="source_id", how="left", maintain_order="left")
    unknown = found.filter(pl.col(source).is_not_null() & pl.col("unit_id").is_null())
    intake.problems.add_rows("unknown_unit", unknown, column=header, value=source)
    return found


def appraisers(intake: Intake, day: date) -> pl.DataFrame:
    """`person_id`, `appraiser_id` on `day`."""
    query = """
        SELECT person_id, superior_id FROM selaras.reporting_line
        WHERE tenant_id = %(tenant)s AND during @> %(day)s::date
    """
    schema = {"person_id": pl.String, "appraiser_id": pl.String}
    return read_frame(intake.session, query, {"tenant": intake.tenant, "day": day}, schema)
