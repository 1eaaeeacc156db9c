"""Commands: take over goals and plans with their items and measures; set-based, never committing."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.db.bulk import read_frame
from selaras.db.merge import Merged, upsert, with_ids
from selaras.db.session import tenant_of


def known_goals(session: Session, years: Sequence[int]) -> pl.DataFrame:
    """`id`, `year`, `code`, `parent_id` of the goals of some years."""
    query = "SELECT id, year, code, parent_id FROM selaras.goal WHERE tenant_id = %(tenant)s AND year = ANY(%(years)s)"
    schema = {"id": pl.String, "year": pl.Int64, "code": pl.String, "parent_id": pl.String}
    return read_frame(session, query, {"tenant": tenant_of(session), "years": list(years)}, schema)


def known_items(session: Session, years: Sequence[int]) -> pl.DataFrame:
    """`id`, `plan_id`, `person_id`, `year`, `code` of the items in the plans (first segment) of some years."""
    query = """
        SELECT item.id, plan.id, plan.person_id, plan.year, item.code
        FROM selaras.plan plan
        JOIN selaras.plan_item item ON item.tenant_id = plan.tenant_id AND item.plan_id = plan.id
        WHERE plan.tenant_id = %(tenant)s AND plan.segment = 1 AND plan.year = ANY(%(years)s)
    """
    schema = {"id": pl.String, "plan_id": pl.String, "person_id": pl.String, "year": pl.Int64, "code": pl.String}
    return read_frame(session, query, {"tenant": tenant_of(session), "years": list(years)}, schema)


def take_goals(session: Session, goals: pl.DataFrame) -> Merged:
    """Goals by their code within a year.

    `goals`: `code`, `unit_id`, `year`, `title`, `indicator`, `target` (decimal text), `measure`, `parent_code`; parents
    are in the frame or already here.
    """
    known = known_goals(session, goals.get_column("year").unique().to_list())
    named = with_ids(session, goals, known, ["year", "code"])
    both = pl.concat([known.select("id", "year", "code"), named.select("id", "year", "code")]).unique()
    parents = both.select(pl.col("id").alias("parent_id"), "year", pl.col("code").alias("parent_code"))
    rows = named.join(parents, on=["year", "parent_code"], how="left").select(
        "id", "code", "unit_id", "year", "title", "indicator", "target", "measure", "parent_id"
    )
    values = ["unit_id", "title", "indicator", "target", "measure", "parent_id"]
    return upsert(session, "goal", rows, key=["year", "code"], values=values)


def take_plans(session: Session, rows: pl.DataFrame) -> dict[str, Merged]:
    """Agreed plans (first segment), one row of the frame per item and aspect; nothing is removed from a plan.

    `rows`: `person_id`, `year`, `appraiser_id`, `code`, `kind`, `title`, `parent_person_id`, `parent_code`, `goal_id`,
    `aspect`, `indicator`, `target` (decimal text), `measure`. A superior's item is in the frame or already here.
    """
    years = rows.get_column("year").unique().to_list()
    plans, planned = _plans(session, rows, years)
    items, listed = _items(session, rows.join(plans, on=["person_id", "year"]), years)
    measures = rows.join(items.select("item_id", "person_id", "year", "code"), on=["person_id", "year", "code"]).select(
        "item_id", "aspect", "indicator", "target", "measure"
    )
    measured = upsert(
        session, "item_measure", measures, key=["item_id", "aspect"], values=["indicator", "target", "measure"]
    )
    return {"plans": planned, "items": listed, "measures": measured}


def _plans(session: Session, rows: pl.DataFrame, years: Sequence[int]) -> tuple[pl.DataFrame, Merged]:
    """`plan_id`, `person_id`, `year` of every plan in the frame."""
    query = """
        SELECT id, person_id, year FROM selaras.plan
        WHERE tenant_id = %(tenant)s AND segment = 1 AND year = ANY(%(years)s)
    """
    schema = {"id": pl.String, "person_id": pl.String, "year": pl.Int64}
    known = read_frame(session, query, {"tenant": tenant_of(session), "years": list(years)}, schema)
    wanted = rows.select("person_id", "year", "appraiser_id").unique(["person_id", "year"], maintain_order=True)
    plans = with_ids(session, wanted, known, ["person_id", "year"])
    fresh = plans.join(known, on="id", how="anti").with_columns(
        segment=pl.lit(1), state=pl.lit("agreed"), agreed_at=pl.lit(now().isoformat())
    )
    written = upsert(session, "plan", fresh, key=["person_id", "year", "segment"], values=())
    return plans.select(pl.col("id").alias("plan_id"), "person_id", "year"), written


def _items(session: Session, rows: pl.DataFrame, years: Sequence[int]) -> tuple[pl.DataFrame, Merged]:
    """The items with `item_id`."""
    known = known_items(session, years)
    wanted = rows.select(
        "plan_id", "person_id", "year", "code", "kind", "title", "parent_person_id", "parent_code", "goal_id"
    ).unique(["plan_id", "code"], maintain_order=True)
    items = with_ids(session, wanted, known.select("id", "plan_id", "code"), ["plan_id", "code"])
    both = pl.concat([known.select("id", "person_id", "year", "code"), items.select("id", "person_id", "year", "code")])
    parents = both.unique().select(
        pl.col("id").alias("parent_item_id"),
        pl.col("person_id").alias("parent_person_id"),
        "year",
        pl.col("code").alias("parent_code"),
    )
    linked = items.join(parents, on=["parent_person_id", "year", "parent_code"], how="left")
    values = ["kind", "title", "parent_item_id", "goal_id"]
    written = upsert(
        session, "plan_item", linked.select("id", "plan_id", "code", *values), key=["plan_id", "code"], values=values
    )
    return linked.rename({"id": "item_id"}), written
