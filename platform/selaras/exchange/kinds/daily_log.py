"""A daily log (log_harian.xlsx): what was done when, for which result; one's own, or an agency's with numbers."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import polars as pl
from sqlalchemy import select

from selaras.db.bulk import insert_frame, read_frame
from selaras.db.merge import Merged, upsert
from selaras.evaluation.locking import Matter
from selaras.evaluation.models import Period
from selaras.exchange.intake import Intake, holders, on_its_days, refuse_duplicates, refuse_locked, resolve_people
from selaras.identity.permissions import Permission

_CLOCK = r"^([01]?[0-9]|2[0-3])[.:]([0-5][0-9])(:[0-5][0-9])?$"
_KEY = ["person_id", "action", "on_day", "starts", "content"]


def load(intake: Intake, table: pl.DataFrame) -> Mapping[str, Merged]:
    """The lines of the file that are not there yet; a line is known by person, result, day, beginning and words."""
    timed = _with_hours(intake, table)
    coming = timed.filter(pl.col("on_day") > intake.today)
    intake.problems.add_rows("day_in_future", coming, column="Tanggal", value="on_day")
    _refuse_settled(intake, timed)
    found = _people(intake, timed)
    refuse_locked(intake, found, Matter.PROGRESS, on_its_days, column="Tanggal", value="on_day")
    intake.problems.refuse_errors()
    refuse_duplicates(intake, found, _KEY, "Kegiatan Harian", "line")
    placed = _items(intake, found)
    _check_links(intake, placed)
    intake.problems.refuse_errors()
    return _take(intake, placed)


def _with_hours(intake: Intake, table: pl.DataFrame) -> pl.DataFrame:
    for name, header in (("starts", "Jam Mulai"), ("ends", "Jam Selesai")):
        wrong = table.filter(pl.col(name).is_not_null() & ~pl.col(name).str.contains(_CLOCK))
        intake.problems.add_rows("not_a_time", wrong, column=header, value=name)
        clock = pl.col(name).str.replace(r"\.", ":").str.extract(r"^([0-9]{1,2}:[0-9]{2})").str.zfill(5)
        table = table.with_columns(clock.alias(name))
    turned = table.filter(pl.col("starts") > pl.col("ends"))
    intake.problems.add_rows("hours_turned", turned, column="Jam Selesai", value="ends")
    return table


def _refuse_settled(intake: Intake, table: pl.DataFrame) -> None:
    rows = intake.session.execute(select(Period.code, Period.starts, Period.ends).where(Period.state != "open"))
    for one in rows.all():
        inside = table.filter(pl.col("on_day").is_between(one.starts, one.ends))
        intake.problems.add_rows("day_settled", inside, column="Tanggal", value="on_day", period=one.code)


def _people(intake: Intake, table: pl.DataFrame) -> pl.DataFrame:
    """With `person_id`: a row without a number is whoever brings the file; others need the right to import."""
    mine = intake.actor.person_id
    held = holders(intake)
    dated = table.with_columns(day=pl.col("on_day"))
    own = held.filter(pl.col("person_id") == str(mine)).get_column("number")
    is_own = pl.col("number").is_null() | pl.col("number").is_in(own.implode())
    theirs = dated.filter(~is_own)
    if Permission.IMPORT not in intake.actor.permissions:
        intake.problems.add_rows("outside_reach", theirs, column="NIP", value="number")
        theirs = theirs.clear()
    if mine is None:
        nobodys = dated.filter(pl.col("number").is_null())
        intake.problems.add_rows("empty", nobodys, column="NIP", value="number")
        is_own = pl.lit(value=False)
    resolved = resolve_people(intake, theirs, held, "number", "NIP", "person_id")
    ours = dated.filter(is_own).with_columns(person_id=pl.lit(str(mine)))
    return pl.concat([ours, resolved.select(ours.columns)]).sort("row")


def _items(intake: Intake, found: pl.DataFrame) -> pl.DataFrame:
    """With `item_id`: the result of the plan for that day whose code, or words, the action names."""
    query = """
        SELECT plan.person_id, item.id, item.code, item.title,
               coalesce(plan.starts, make_date(plan.year, 1, 1)), coalesce(plan.ends, make_date(plan.year, 12, 31))
        FROM selaras.plan plan
        JOIN selaras.plan_item item ON item.tenant_id = %(tenant)s AND item.plan_id = plan.id
        WHERE plan.tenant_id = %(tenant)s AND plan.state <> 'draft' AND plan.year = ANY(%(years)s)
    """
    years = found.get_column("on_day").dt.year().unique().to_list()
    texts: dict[str, pl.DataType | type] = dict.fromkeys(("person_id", "item_id", "code", "title"), pl.String)
    schema = texts | {"first": pl.Date, "last": pl.Date}
    items = read_frame(intake.session, query, {"tenant": intake.tenant, "years": years}, schema)
    named = pl.concat([items.with_columns(named=_plain(pl.col(one))) for one in ("code", "title")]).unique(
        ["person_id", "item_id", "named"]
    )
    rows = found.with_row_index("place").with_columns(named=_plain(pl.col("action")))
    matched = (
        rows.select("place", "person_id", "named", "on_day")
        .join(named, on=["person_id", "named"])
        .filter(pl.col("on_day").is_between(pl.col("first"), pl.col("last")))
        .unique("place", keep="first", maintain_order=True)
        .select("place", "item_id")
    )
    joined = rows.join(matched, on="place", how="left", maintain_order="left").drop("place", "named")
    unknown = joined.filter(pl.col("item_id").is_null())
    intake.problems.add_rows("unknown_action", unknown, column="Rencana Aksi", value="action")
    return joined


def _plain(words: pl.Expr) -> pl.Expr:
    return words.str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()


def _check_links(intake: Intake, table: pl.DataFrame) -> None:
    wrong = table.filter(pl.col("url").is_not_null() & ~pl.col("url").str.contains(r"^https?://[^\s@/]+\S*$"))
    intake.problems.add_rows("not_an_address", wrong, column="Bukti Dukung", value="url")


def _take(intake: Intake, rows: pl.DataFrame) -> Mapping[str, Merged]:
    said = pl.concat_str([pl.col("item_id"), pl.col("on_day").cast(pl.String), pl.col("starts"), pl.col("content")],
                         separator="\x1f", ignore_nulls=True)  # fmt: skip
    keyed = rows.with_columns(
        request_key=pl.lit("file:") + said.map_elements(_digest, return_dtype=pl.String), source=pl.lit("import")
    )
    columns = ["person_id", "item_id", "on_day", "starts", "ends", "content", "amount", "measure", "source"]
    lines = keyed.select(*columns, "request_key")
    written = upsert(intake.session, "activity", lines, key=["person_id", "request_key"], values=[])
    links = keyed.select("person_id", "request_key", "url")
    return {"lines": written, "evidence": _links(intake, links)}


def _digest(said: str) -> str:
    return sha256(said.encode()).hexdigest()


def _links(intake: Intake, links: pl.DataFrame) -> Merged:
    """Addresses that the lines of the file do not hold yet."""
    wanted = links.filter(pl.col("url").is_not_null())
    if wanted.is_empty():
        return Merged()
    values = {"tenant": intake.tenant, "keys": wanted.get_column("request_key").to_list()}
    query = (
        "SELECT a.id, a.person_id, a.request_key, e.url FROM selaras.activity a"
        " LEFT JOIN selaras.evidence e ON e.tenant_id = %(tenant)s AND e.activity_id = a.id"
        " WHERE a.tenant_id = %(tenant)s AND a.request_key = ANY(%(keys)s)"
    )
    texts: dict[str, pl.DataType | type] = dict.fromkeys(("activity_id", "person_id", "request_key", "url"), pl.String)
    held = read_frame(intake.session, query, values, texts)
    lines = held.select("activity_id", "person_id", "request_key").unique()
    placed = wanted.join(lines, on=["person_id", "request_key"]).select("activity_id", "url", state=pl.lit("ready"))
    fresh = placed.join(held, on=["activity_id", "url"], how="anti")
    if not fresh.is_empty():
        insert_frame(intake.session, "evidence", fresh)
    return Merged(fresh.height)
