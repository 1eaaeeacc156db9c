"""Commands: take over units, people with their numbers and posts, and stated superiors; set-based, never committing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
from sqlalchemy.orm import Session

from selaras.db.bulk import read_frame
from selaras.db.merge import Merged, change_dated, end_dated, latest_rows, update_frame, upsert
from selaras.db.session import tenant_of

DEFINITIVE: Mapping[str, str] = {"kind": "definitive"}
POST = ("unit_id", "title", "kind", "level", "job_class", "is_head")
HELD = ("unit_id", "position_id", "employment", "rank", "legal_status")


def known_units(session: Session) -> pl.DataFrame:
    """`unit_id`, `source_id`, `head_title`, `parent_id`, `leader_source_id` of every unit in its last place."""
    query = """
        SELECT DISTINCT ON (unit.id) unit.id, unit.source_id, unit.head_title, place.parent_id, place.leader_source_id
        FROM selaras.unit unit
        LEFT JOIN selaras.unit_placement place ON place.tenant_id = unit.tenant_id AND place.unit_id = unit.id
        WHERE unit.tenant_id = %(tenant)s ORDER BY unit.id, upper(place.during) DESC NULLS FIRST
    """
    names = ("unit_id", "source_id", "head_title", "parent_id", "leader_source_id")
    return read_frame(session, query, {"tenant": tenant_of(session)}, dict.fromkeys(names, pl.String))


def known_people(session: Session) -> pl.DataFrame:
    """`person_id`, `source_id`, `name`, `left_on` of every civil servant who is or was here."""
    query = """
        SELECT p.id, p.source_id, p.name, p.left_on FROM selaras.person p WHERE p.tenant_id = %(tenant)s
        AND NOT EXISTS (SELECT 1 FROM selaras.public_office o WHERE o.tenant_id = %(tenant)s AND o.person_id = p.id)
    """
    schema = {"person_id": pl.String, "source_id": pl.String, "name": pl.String, "left_on": pl.Date}
    return read_frame(session, query, {"tenant": tenant_of(session)}, schema)


def take_units(session: Session, units: pl.DataFrame, day: date, first: date | None) -> dict[str, Merged]:
    """Units and their places in the tree.

    `units`: `source_id` (unique), `name`, `kind`, `head_title`, `parent_source_id`, `leader_source_id`; parents are in
    the frame or already here. A new unit stands since `first` (None: since ever), a changed one from `day`.
    """
    described = units.select("source_id", "name", "kind", "head_title")
    named = upsert(session, "unit", described, key=["source_id"], values=["name", "kind", "head_title"])
    ids = known_units(session).select("unit_id", "source_id")
    parents = ids.rename({"unit_id": "parent_id", "source_id": "parent_source_id"})
    places = (
        units.join(ids, on="source_id")
        .join(parents, on="parent_source_id", how="left")
        .with_columns(first=pl.lit(first, pl.Date), since=pl.lit(None, pl.Date))
    )
    placed = change_dated(
        session, "unit_placement", places, key="unit_id", values=["parent_id", "leader_source_id"], day=day
    )
    return {"units": named, "places": placed}


def take_people(session: Session, people: pl.DataFrame, day: date) -> dict[str, Merged]:
    """People with their numbers and definitive posts; whoever is missing from the frame is left alone.

    `people`: `source_id`, `name`, `search_name`, `birth_date`, `sex`, `number`, `number_kind`, `number_since`,
    `unit_id`, `title`, `kind`, `level`, `job_class`, `is_head`, `employment`, `rank`, `legal_status`, `since` (when the
    present post or rank began), `first` (when to begin if nothing was known). One row per person.
    """
    facts = ["name", "search_name", "birth_date", "sex", "left_on"]
    described = people.select("source_id", *facts[:-1]).with_columns(left_on=pl.lit(None, pl.Date))
    named = upsert(session, "person", described, key=["source_id"], values=facts)
    held = people.join(known_people(session).select("person_id", "source_id"), on="source_id")
    numbers = held.select(
        "person_id",
        "number",
        pl.col("number_kind").alias("kind"),
        pl.col("number_since").alias("first"),
        pl.lit(None, pl.Date).alias("since"),
    )
    numbered = change_dated(session, "person_number", numbers, key="person_id", values=["number", "kind"], day=day)
    posts, created = _posts(session, held)
    appointed = change_dated(session, "appointment", posts, key="person_id", values=HELD, day=day, only=DEFINITIVE)
    return {"people": named, "numbers": numbered, "posts": created, "appointments": appointed}


def _posts(session: Session, held: pl.DataFrame) -> tuple[pl.DataFrame, Merged]:
    """The frame with `position_id`, after making the posts that did not exist yet."""
    wanted = held.select(POST).unique()
    created = upsert(session, "position", wanted, key=POST, values=())
    query = """
        SELECT id, unit_id, title, kind, level, job_class, is_head::text FROM selaras.position
        WHERE tenant_id = %(tenant)s
    """
    schema: dict[str, pl.DataType | type] = dict.fromkeys(("position_id", *POST), pl.String)
    known = read_frame(session, query, {"tenant": tenant_of(session)}, schema | {"job_class": pl.Int64})
    known = known.with_columns(pl.col("is_head") == "true")
    return held.join(known, on=list(POST), how="left", nulls_equal=True), created


def release_people(session: Session, people: pl.DataFrame, day: date) -> Merged:
    """Those of `people` (`person_id`) have left on `day`: numbers, posts and reporting lines end, nothing is lost."""
    if people.is_empty():
        return Merged()
    leaving = people.select(pl.col("person_id").alias("id"), pl.lit(day).alias("left_on"))
    left = update_frame(session, "person", leaving, ["left_on"])
    ids = people.get_column("person_id")
    ended = Merged()
    for table in ("person_number", "appointment", "reporting_line"):
        ended += end_dated(session, table, ids, key="person_id", day=day)
    return Merged(0, left, ended.ended + ended.updated)


def state_superiors(session: Session, stated: pl.DataFrame) -> Merged:
    """Superiors that the agency states against the unit's head: `person_id`, `superior_id`, `since`."""
    lines = stated.with_columns(origin=pl.lit("stated"), first="since")
    return change_dated(session, "reporting_line", lines, key="person_id", values=["superior_id", "origin"], day=None)


def unstate_superiors(session: Session, people: pl.DataFrame) -> Merged:
    """Stated superiors end (`person_id`, `since`); `reporting.recompute` then opens the line to the unit's head."""
    known = latest_rows(session, "reporting_line", "person_id", ["superior_id", "origin"])
    mine = known.filter((pl.col("origin") == "stated") & pl.col("until").is_null()).join(people, on="person_id")
    total = Merged()
    for (since,), group in mine.group_by("since_right"):
        total += end_dated(session, "reporting_line", group["person_id"], key="person_id", day=since)
    return total
