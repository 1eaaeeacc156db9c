"""Set-based merging of a frame into a walled table: upsert by natural key, and dated rows that follow each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from psycopg import sql
from sqlalchemy.orm import Session

from selaras.db.base import SCHEMA
from selaras.db.bulk import connection_of, insert_frame, read_frame, staged
from selaras.db.session import tenant_of


@dataclass(frozen=True)
class Merged:
    """How many rows a merge wrote. `ended` are dated rows closed because a newer one follows or the thing is gone."""

    inserted: int = 0
    updated: int = 0
    ended: int = 0

    def __add__(self, other: Merged) -> Merged:
        return Merged(self.inserted + other.inserted, self.updated + other.updated, self.ended + other.ended)

    @property
    def any(self) -> bool:
        """Whether anything was written."""
        return bool(self.inserted or self.updated or self.ended)


def with_ids(session: Session, frame: pl.DataFrame, known: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """`frame` with the column `id`: that of the row of `known` with the same `key`, else a new one."""
    found = frame.join(known.select("id", *key), on=list(key), how="left", maintain_order="left")
    missing = found.get_column("id").null_count()
    if not missing:
        return found
    query = "SELECT uuidv7() FROM generate_series(1, %(count)s)"
    made = read_frame(session, query, {"count": missing}, {"made": pl.String}).with_row_index("turn", offset=1)
    turn = pl.col("id").is_null().cum_sum().cast(made.schema["turn"])
    joined = found.with_columns(turn=turn).join(made, on="turn", how="left", maintain_order="left")
    return joined.with_columns(id=pl.coalesce("id", "made")).drop("turn", "made")


def upsert(
    session: Session,
    table: str,
    frame: pl.DataFrame,
    *,
    key: Sequence[str],
    values: Sequence[str],
    touched: Sequence[str] = (),
) -> Merged:
    """Insert the rows of `frame`, or update those with the same `key` whose `values` differ; equal rows stay untouched.

    The key must be a unique constraint of the table (with `tenant_id`) and unique within the frame. `touched` columns
    are written whenever a value differs, columns in no list only on insert. No `values`: existing rows are left alone.
    """
    if frame.is_empty():
        return Merged()
    with staged(session, table, frame) as stage, connection_of(session).cursor() as cursor:
        cursor.execute(
            _upsert(table, frame.columns, key, _action(values, touched), stage), {"tenant": tenant_of(session)}
        )
        inserted, updated = cursor.fetchone() or (0, 0)
    return Merged(inserted, updated)


def _upsert(
    table: str, columns: Sequence[str], key: Sequence[str], action: sql.Composable, stage: sql.Identifier
) -> sql.Composed:
    names = _names(columns)
    return sql.SQL(
        "WITH merged AS (INSERT INTO {target} AS t (tenant_id, {names}) SELECT %(tenant)s, {names} FROM {stage}"
        " ON CONFLICT (tenant_id, {key}) DO {action} RETURNING old.tenant_id IS NULL AS inserted)"
        " SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted) FROM merged"
    ).format(target=_table(table), names=names, stage=stage, key=_names(key), action=action)


def _action(values: Sequence[str], touched: Sequence[str]) -> sql.Composable:
    if not values:
        return sql.SQL("NOTHING")
    sets = [sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in (*values, *touched)]
    old = [sql.SQL("t.{}").format(sql.Identifier(name)) for name in values]
    new = [sql.SQL("excluded.{}").format(sql.Identifier(name)) for name in values]
    comma = sql.SQL(", ")
    return sql.SQL("UPDATE SET {} WHERE ROW({}) IS DISTINCT FROM ROW({})").format(
        comma.join(sets), comma.join(old), comma.join(new)
    )


def update_frame(session: Session, table: str, frame: pl.DataFrame, columns: Sequence[str]) -> int:
    """Set `columns` of the rows named by `id` where they differ; returns how many rows were written."""
    if frame.is_empty():
        return 0
    with staged(session, table, frame.select("id", *columns)) as stage, connection_of(session).cursor() as cursor:
        assignments = [sql.SQL("{0} = s.{0}").format(sql.Identifier(name)) for name in columns]
        differs = [sql.SQL("t.{0} IS DISTINCT FROM s.{0}").format(sql.Identifier(name)) for name in columns]
        cursor.execute(
            sql.SQL(
                "UPDATE {target} t SET {assignments} FROM {stage} s"
                " WHERE t.tenant_id = %(tenant)s AND t.id = s.id AND ({differs})"
            ).format(
                target=_table(table),
                assignments=sql.SQL(", ").join(assignments),
                stage=stage,
                differs=sql.SQL(" OR ").join(differs),
            ),
            {"tenant": tenant_of(session)},
        )
        return cursor.rowcount


def delete_rows(session: Session, table: str, ids: pl.DataFrame) -> int:
    """Delete the rows named by the frame's column `id`."""
    if ids.is_empty():
        return 0
    with staged(session, table, ids.select("id")) as stage, connection_of(session).cursor() as cursor:
        cursor.execute(
            sql.SQL("DELETE FROM {target} t USING {stage} s WHERE t.tenant_id = %(tenant)s AND t.id = s.id").format(
                target=_table(table), stage=stage
            ),
            {"tenant": tenant_of(session)},
        )
        return cursor.rowcount


def latest_rows(
    session: Session, table: str, key: str, values: Sequence[str], only: Mapping[str, str] | None = None
) -> pl.DataFrame:
    """The last dated row of every `key`: `id`, the key, the values (all as text), `since`, `until` (None: open)."""
    held = only or {}
    where = "".join(f" AND {name} = %({name})s" for name in held)
    chosen = ", ".join((key, *values))
    query = (
        f"SELECT DISTINCT ON ({key}) id, {chosen}, lower(during), upper(during) FROM {SCHEMA}.{table}"  # noqa: S608  # names of ours
        f" WHERE tenant_id = %(tenant)s{where} ORDER BY {key}, upper(during) DESC NULLS FIRST"
    )
    texts: dict[str, pl.DataType | type] = dict.fromkeys(("id", key, *values), pl.String)
    schema = texts | {"since": pl.Date, "until": pl.Date}
    return read_frame(session, query, {"tenant": tenant_of(session), **held}, schema)


def change_dated(
    session: Session,
    table: str,
    wanted: pl.DataFrame,
    *,
    key: str,
    values: Sequence[str],
    day: date | None,
    only: Mapping[str, str] | None = None,
) -> Merged:
    """Make the last dated row of every `key` hold the `values` of `wanted`: the old row is closed, a new one opened.

    `wanted`: the key, the values, `first` (since when, if nothing was known before; None: since ever) and `since`
    (when a change takes effect). Without a `since` later than the row it changes, a change takes effect on `day`; and
    without a `day` later than that row it puts the row right, from its own first day. Equal rows stay untouched.
    """
    known = latest_rows(session, table, key, values, only)
    rows = wanted.with_columns(pl.col(key, *values).cast(pl.String)).join(known, on=key, how="left", suffix="_known")
    rows = _with_start(rows, values, day)
    changed = rows.filter(~pl.col("same"))
    ending = changed.filter("follows").select("id", during=_range("since_known", "start"))
    ended = update_frame(session, table, ending, ["during"])
    corrected = delete_rows(session, table, changed.filter("corrects").select("id"))
    fixed = [pl.lit(value).alias(name) for name, value in (only or {}).items()]
    opened = changed.select(key, *values, *fixed, during=_range("start", None))
    if not opened.is_empty():
        insert_frame(session, table, opened)
    return Merged(opened.height - corrected, corrected, ended)


def _with_start(rows: pl.DataFrame, values: Sequence[str], day: date | None) -> pl.DataFrame:
    present, running = pl.col("id").is_not_null(), pl.col("until").is_null()
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_known")) for name in values)
    began = pl.col("since_known").fill_null(date.min)
    effective = pl.when(pl.col("since") > began).then("since").otherwise(pl.lit(day or date.min))
    start = (
        pl.when(~present)
        .then("first")
        .when(~running)
        .then(pl.max_horizontal(pl.col("since").fill_null(day or date.min), "until"))
        .when(effective > began)
        .then(effective)
        .otherwise("since_known")
    )
    return rows.with_columns(
        same=present & running & same,
        follows=present & running & (effective > began),
        corrects=present & running & (effective <= began),
        start=start,
    )


def end_dated(session: Session, table: str, keys: pl.Series, *, key: str, day: date) -> Merged:
    """Close, on `day`, every row of `keys` that runs past it; rows that would only begin later are removed."""
    if keys.is_empty():
        return Merged()
    query = (
        f"SELECT id, {key}, lower(during), lower(during) >= %(day)s::date FROM {SCHEMA}.{table}"  # noqa: S608  # names of ours
        " WHERE tenant_id = %(tenant)s AND coalesce(upper(during), 'infinity'::date) > %(day)s::date"
    )
    schema: dict[str, pl.DataType | type] = {"id": pl.String, key: pl.String, "since": pl.Date, "later": pl.String}
    running = read_frame(session, query, {"tenant": tenant_of(session), "day": day}, schema)
    mine = running.filter(pl.col(key).is_in(keys.implode()))
    removed = delete_rows(session, table, mine.filter(pl.col("later") == "t"))
    closing = mine.filter(pl.col("later") != "t").with_columns(until=pl.lit(day))
    ended = update_frame(session, table, closing.select("id", during=_range("since", "until")), ["during"])
    return Merged(0, removed, ended)


def _range(start: str, end: str | None) -> pl.Expr:
    """A half-open daterange as text; None is open."""
    lower = pl.col(start).dt.to_string("%Y-%m-%d").fill_null("")
    upper = pl.col(end).dt.to_string("%Y-%m-%d").fill_null("") if end else pl.lit("")
    return pl.format("[{},{})", lower, upper)


def _table(table: str) -> sql.Identifier:
    return sql.Identifier(SCHEMA, table)


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in columns)
