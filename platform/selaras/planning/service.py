"""Commands: take over goals, plans with all that is in them, and assignments; set-based, never committing."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import polars as pl
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.db.bulk import read_frame
from selaras.db.merge import Merged, delete_rows, upsert, with_ids
from selaras.db.session import tenant_of

_ITEM = ("section", "perspective", "origin", "expectation", "assignment_id")
LATER = ("model", "variant", "agreed_at", "manual", *_ITEM)
"""What a file of plans may say besides."""
PLAN = ("person_id", "year", "first")
"""What a plan is known by: whose it is, and its first day."""


def known_goals(session: Session, years: Sequence[int]) -> pl.DataFrame:
    """`id`, `year`, `code`, `parent_id` of the goals of some years."""
    query = "SELECT id, year, code, parent_id FROM selaras.goal WHERE tenant_id = %(tenant)s AND year = ANY(%(years)s)"
    schema = {"id": pl.String, "year": pl.Int64, "code": pl.String, "parent_id": pl.String}
    return read_frame(session, query, {"tenant": tenant_of(session), "years": list(years)}, schema)


_DAYS = "coalesce(plan.starts, make_date(plan.year, 1, 1)), coalesce(plan.ends, make_date(plan.year, 12, 31))"
_DATES: dict[str, type[pl.DataType]] = {"first": pl.Date, "last": pl.Date}


def known_items(session: Session, years: Sequence[int]) -> pl.DataFrame:
    """`id`, `plan_id`, `person_id`, `year`, `code` of the items of some years; `first`, `last`: their plan's days."""
    query = f"""
        SELECT item.id, plan.id, plan.person_id, plan.year, item.code, {_DAYS}
        FROM selaras.plan plan
        JOIN selaras.plan_item item ON item.tenant_id = plan.tenant_id AND item.plan_id = plan.id
        WHERE plan.tenant_id = %(tenant)s AND plan.year = ANY(%(years)s)
    """  # noqa: S608  # our own text
    texts = {"id": pl.String, "plan_id": pl.String, "person_id": pl.String, "year": pl.Int64, "code": pl.String}
    return read_frame(session, query, {"tenant": tenant_of(session), "years": list(years)}, {**texts, **_DATES})


def take_goals(session: Session, goals: pl.DataFrame) -> Merged:
    """Goals by their code within a year.

    `goals`: `code`, `unit_id`, `year`, `title`, `indicator`, `target` (decimal text), `measure`, `parent_code`,
    `document`; parents are in the frame or already here. Where no row names a document, those that are known stay.
    """
    known = known_goals(session, goals.get_column("year").unique().to_list())
    named = with_ids(session, goals, known, ["year", "code"])
    both = pl.concat([known.select("id", "year", "code"), named.select("id", "year", "code")]).unique()
    parents = both.select(pl.col("id").alias("parent_id"), "year", pl.col("code").alias("parent_code"))
    rows = named.join(parents, on=["year", "parent_code"], how="left").select(
        "id", "code", "unit_id", "year", "title", "indicator", "target", "measure", "parent_id", "document"
    )
    values = ["unit_id", "title", "indicator", "target", "measure", "parent_id"]
    if rows.get_column("document").is_not_null().any():
        values.append("document")
    return upsert(session, "goal", rows, key=["year", "code"], values=values)


def take_plans(session: Session, rows: pl.DataFrame, given: AbstractSet[str]) -> dict[str, Merged]:
    """Agreed plans, one row of the frame per item and aspect; nothing is removed from a plan.

    `rows`: `person_id`, `year`, `first`, `last` (the plan's days, by the first of which it is known), `appraiser_id`,
    `code`, `kind`, `title`, `parent_person_id`, `parent_code`, `goal_id`, `aspect` (null: the item has none),
    `indicator`, `target` (decimal text), `measure`, `detail` (JSON), and the columns of `LATER`: plans and items that
    are here already take over only those that are `given`, and `detail` only if `given`. A superior's item is in the
    frame or here.
    """
    years = rows.get_column("year").unique().to_list()
    plans, planned = _plans(session, rows, years, sorted(given & {"model", "variant", "agreed_at"}))
    items, listed = _items(session, rows.join(plans, on=PLAN), years, given)
    measures = (
        rows.filter(pl.col("aspect").is_not_null())
        .join(items.select("item_id", *PLAN, "code"), on=[*PLAN, "code"])
        .select("item_id", "aspect", "indicator", "target", "measure", "manual")
    )
    values = ["indicator", "target", "measure", *sorted(given & {"manual"})]
    measured = upsert(session, "item_measure", measures, key=["item_id", "aspect"], values=values)
    return {"plans": planned, "items": listed, "measures": measured}


def _plans(
    session: Session, rows: pl.DataFrame, years: Sequence[int], values: Sequence[str]
) -> tuple[pl.DataFrame, Merged]:
    """`plan_id` and PLAN of every plan in the frame; of those that were here only their days and `values` change."""
    known = known_plans(session, years)
    wanted = rows.select(*PLAN, "last", "appraiser_id", "model", "variant", "agreed_at").unique(
        PLAN, maintain_order=True
    )
    plans = with_ids(session, wanted, known.rename({"plan_id": "id"}), PLAN)
    whole = (pl.col("first").dt.strftime("%m-%d") == "01-01") & (pl.col("last").dt.strftime("%m-%d") == "12-31")
    named = plans.with_columns(
        pl.col("agreed_at").fill_null(now().isoformat()),
        _numbers(plans, known),
        state=pl.lit("agreed"),
        starts=pl.when(~whole).then("first"),
        ends=pl.when(~whole).then("last"),
    )
    columns = ["id", "person_id", "year", "segment", "appraiser_id", "model", "variant", "agreed_at", "state"]
    written = upsert(
        session,
        "plan",
        named.select(*columns, "starts", "ends"),
        key=["person_id", "year", "segment"],
        values=["starts", "ends", *values],
    )
    return plans.select(pl.col("id").alias("plan_id"), *PLAN), written


def _numbers(plans: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """`segment` of each plan: that which it has here, else the next of its person and year."""
    whose = ["person_id", "year"]
    taken = known.group_by(whose).agg(taken=pl.col("segment").max())
    found = plans.join(known.select(*PLAN, "segment"), on=PLAN, how="left", maintain_order="left")
    found = found.join(taken, on=whose, how="left", maintain_order="left")
    turn = pl.col("segment").is_null().cast(pl.Int64).cum_sum().over(whose)
    return found.select(segment=pl.coalesce("segment", pl.col("taken").fill_null(0) + turn)).get_column("segment")


def _items(
    session: Session, rows: pl.DataFrame, years: Sequence[int], given: AbstractSet[str]
) -> tuple[pl.DataFrame, Merged]:
    """The items with `item_id`; of those that were here, columns of `LATER` change only where `given`."""
    known = known_items(session, years)
    wanted = rows.select(
        "plan_id",
        *PLAN,
        "last",
        "code",
        "kind",
        "title",
        "parent_person_id",
        "parent_code",
        "goal_id",
        "detail",
        *_ITEM,
    ).unique(["plan_id", "code"], maintain_order=True)
    items = with_ids(session, wanted, known.select("id", "plan_id", "code"), ["plan_id", "code"])
    both = pl.concat([items.select("id", *PLAN, "last", "code"), known.select("id", *PLAN, "last", "code")])
    linked = served(items, both.unique("id", keep="first"))
    always = ["kind", "title", "parent_item_id", "goal_id"]
    values = [*always, *(name for name in ("detail", *_ITEM) if name in given)]
    rows = linked.select("id", "plan_id", "code", "detail", *always, *_ITEM)
    written = upsert(session, "plan_item", rows, key=["plan_id", "code"], values=values)
    return linked.rename({"id": "item_id"}), written


def served(rows: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """`rows` (`parent_person_id`, `parent_code`, `year`, `first`, `last`) with `parent_item_id` out of `items`.

    A superior may have several plans of the year: the result is that of the one in which the row's own plan ends, or
    of the latest one that shares a day with it. Null where there is none.
    """
    theirs = items.select(
        pl.col("id").alias("parent_item_id"),
        pl.col("person_id").alias("parent_person_id"),
        pl.col("code").alias("parent_code"),
        "year",
        begins=pl.col("first"),
        until=pl.col("last"),
    )
    placed = rows.with_row_index("place")
    found = (
        placed.select("place", "parent_person_id", "year", "parent_code", "first", "last")
        .join(theirs, on=["parent_person_id", "year", "parent_code"])
        .filter(pl.col("begins") <= pl.col("last"), pl.col("until") >= pl.col("first"))
        .sort("place", "begins")
        .unique("place", keep="last")
        .select("place", "parent_item_id")
    )
    return placed.join(found, on="place", how="left", maintain_order="left").drop("place")


def items_on_day(rows: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """`rows` (`person_id`, `year`, `code`, `on_day`) with `item_id`: the result in the plan that is for that day."""
    key = ["person_id", "year", "code"]
    placed = rows.with_row_index("place")
    found = (
        placed.select("place", "on_day", *key)
        .join(items.select(pl.col("id").alias("item_id"), *key, "first", "last"), on=key)
        .filter(pl.col("on_day").is_between(pl.col("first"), pl.col("last")))
        .select("place", "item_id")
    )
    return placed.join(found, on="place", how="left", maintain_order="left").drop("place")


def known_details(session: Session, years: Sequence[int]) -> pl.DataFrame:
    """`person_id`, `year`, `first`, `code`, `held` (JSON) of the items of some years of which a form asked more."""
    query = f"""
        SELECT plan.person_id, plan.year, item.code, item.detail::text, {_DAYS}
        FROM selaras.plan plan
        JOIN selaras.plan_item item ON item.tenant_id = plan.tenant_id AND item.plan_id = plan.id
        WHERE plan.tenant_id = %(tenant)s AND plan.year = ANY(%(years)s) AND item.detail <> '{{}}'
    """  # noqa: S608  # our own text
    texts = {"person_id": pl.String, "year": pl.Int64, "code": pl.String, "held": pl.String}
    return read_frame(session, query, {"tenant": tenant_of(session), "years": list(years)}, {**texts, **_DATES})


def known_plans(session: Session, years: Sequence[int]) -> pl.DataFrame:
    """`plan_id`, `person_id`, `year`, `segment`, `first`, `last` of the plans of some years."""
    query = f"""
        SELECT plan.id, plan.person_id, plan.year, plan.segment, {_DAYS} FROM selaras.plan plan
        WHERE plan.tenant_id = %(tenant)s AND plan.year = ANY(%(years)s)
    """  # noqa: S608  # our own text
    numbers = {"plan_id": pl.String, "person_id": pl.String, "year": pl.Int64, "segment": pl.Int64}
    return read_frame(session, query, {"tenant": tenant_of(session), "years": list(years)}, {**numbers, **_DATES})


def known_assignments(session: Session) -> pl.DataFrame:
    """`id`, `code`, `person_id`, `leader_id` of every assignment."""
    query = "SELECT id, code, person_id, leader_id FROM selaras.assignment WHERE tenant_id = %(tenant)s"
    schema = dict.fromkeys(("id", "code", "person_id", "leader_id"), pl.String)
    return read_frame(session, query, {"tenant": tenant_of(session)}, schema)


def take_texts(session: Session, annexes: pl.DataFrame, expectations: pl.DataFrame, strategies: pl.DataFrame) -> Merged:
    """Texts of plans, in order: what a frame says of a plan's annex or an item's stage replaces all lines of it.

    `annexes`: `plan_id`, `kind`, `content`. `expectations`: `plan_id`, `behaviour`, `content`. `strategies`:
    `item_id`, `stage`, `content`.
    """
    expected = upsert(session, "plan_expectation", expectations, key=["plan_id", "behaviour"], values=["content"])
    lines = _take_lines(session, "plan_annex", annexes, ["plan_id", "kind"])
    return expected + lines + _take_lines(session, "item_strategy", strategies, ["item_id", "stage"])


def _take_lines(session: Session, table: str, lines: pl.DataFrame, key: Sequence[str]) -> Merged:
    if lines.is_empty():
        return Merged()
    placed = lines.with_columns(place=pl.int_range(1, pl.len() + 1).over(key))
    query = f"SELECT id, {', '.join(key)}, place FROM selaras.{table} WHERE tenant_id = %(tenant)s"  # noqa: S608  # names of ours
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(("id", *key), pl.String)
    known = read_frame(session, query, {"tenant": tenant_of(session)}, schema | {"place": pl.Int64})
    surplus = known.join(placed, on=key, how="semi").join(placed, on=[*key, "place"], how="anti")
    removed = delete_rows(session, table, surplus)
    return upsert(session, table, placed, key=[*key, "place"], values=["content"]) + Merged(0, 0, removed)


def take_shares(session: Session, shares: pl.DataFrame) -> Merged:
    """Cells of matrices: `item_id` (the leader's), `person_id`, `kind`, `share` (decimal text), `output`."""
    return upsert(session, "result_share", shares, key=["item_id", "person_id"], values=["kind", "share", "output"])


def take_assignments(session: Session, assignments: pl.DataFrame) -> Merged:
    """Assignments by code and person; all columns of the table but the id, `during` as the text of a range."""
    values = [
        "role",
        "leader_id",
        "leader_name",
        "origin",
        "unit_id",
        "agency_name",
        "task",
        "basis",
        "result",
        "during",
    ]
    return upsert(session, "assignment", assignments, key=["code", "person_id"], values=values)


def take_inputs(session: Session, inputs: pl.DataFrame) -> Merged:
    """What team leaders say: `assignment_id`, `period_code`, `giver_id`, `given_on`, `content`."""
    values = ["giver_id", "given_on", "content"]
    return upsert(session, "team_input", inputs, key=["assignment_id", "period_code"], values=values)
