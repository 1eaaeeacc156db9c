"""Who appraises whom: worked out from the heads of units, unless the agency states otherwise; and no circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy.orm import Session

from selaras.db.bulk import read_frame
from selaras.db.merge import Merged, change_dated, end_dated, latest_rows
from selaras.db.session import tenant_of
from selaras.organisation.service import known_units

_SERVING = """
    SELECT DISTINCT ON (a.person_id) a.person_id, p.source_id, a.unit_id, post.is_head::text, lower(a.during), 'false'
    FROM selaras.appointment a
    JOIN selaras.person p ON p.tenant_id = a.tenant_id AND p.id = a.person_id AND p.left_on IS NULL
    JOIN selaras.position post ON post.tenant_id = a.tenant_id AND post.id = a.position_id
    WHERE a.tenant_id = %(tenant)s AND a.kind = 'definitive' AND upper_inf(a.during)
    UNION ALL
    SELECT o.person_id, p.source_id, o.unit_id, (o.unit_id IS NOT NULL)::text, lower(o.during), 'true'
    FROM selaras.public_office o
    JOIN selaras.person p ON p.tenant_id = o.tenant_id AND p.id = o.person_id AND p.left_on IS NULL
    WHERE o.tenant_id = %(tenant)s AND upper_inf(o.during)
    ORDER BY person_id
"""


@dataclass(frozen=True)
class Tree:
    """The units: parent of each, its leader (person id) if any, and its depth below the top."""

    parent: Mapping[str, str | None]
    leader: Mapping[str, str]

    def upwards(self, unit: str | None) -> Iterator[str]:
        """The unit and every unit above it; a circle ends where it began."""
        seen: set[str] = set()
        while unit is not None and unit not in seen:
            yield unit
            seen.add(unit)
            unit = self.parent.get(unit)

    def depth(self, unit: str) -> int:
        """How many units stand above."""
        return sum(1 for _ in self.upwards(self.parent.get(unit)))

    def nearest_leader(self, unit: str | None) -> str | None:
        """The leader of the unit, or of the first unit above it that is not vacant."""
        return next((self.leader[above] for above in self.upwards(unit) if above in self.leader), None)


def recompute(session: Session, day: date) -> Merged:
    """Bring every reporting line up to date with units, leaders and posts; stated superiors who still serve stay.

    A change takes effect when the post of the person or of the new superior began, if that is later than the line it
    replaces, else on `day`. Whoever has nobody above them has no line.
    """
    serving = _serving(session)
    wanted = from_units(known_units(session), serving)
    known = latest_rows(session, "reporting_line", "person_id", ["superior_id", "origin"])
    running = known.filter(pl.col("until").is_null())
    stated = running.filter(
        (pl.col("origin") == "stated") & pl.col("superior_id").is_in(serving["person_id"].implode())
    )
    lines = wanted.join(stated, on="person_id", how="anti").with_columns(origin=pl.lit("unit_head"))
    written = change_dated(session, "reporting_line", lines, key="person_id", values=["superior_id", "origin"], day=day)
    orphaned = running.join(lines, on="person_id", how="anti").join(stated, on="person_id", how="anti")
    return written + end_dated(session, "reporting_line", orphaned["person_id"], key="person_id", day=day)


def _serving(session: Session) -> pl.DataFrame:
    names = ("person_id", "source_id", "unit_id", "is_head")
    schema: dict[str, pl.DataType | type] = dict.fromkeys(names, pl.String)
    dated = schema | {"since": pl.Date, "in_office": pl.String}
    frame = read_frame(session, _SERVING, {"tenant": tenant_of(session)}, dated)
    return frame.with_columns(pl.col("is_head") == "true", pl.col("in_office") == "true")


def from_units(units: pl.DataFrame, serving: pl.DataFrame) -> pl.DataFrame:
    """`person_id`, `superior_id`, `since`, `first` for everybody with somebody above them.

    `units`: see `service.known_units`; `serving`: `person_id`, `source_id`, `unit_id`, `is_head`, `since`, `in_office`
    (the holder of a public office leads the unit before anybody else; False where the column is missing). Members
    answer to the leader of their unit; a leader to the leader above the highest unit they lead, so no circle can arise.
    """
    tree = _tree(units, serving)
    tops: dict[str, str] = {}
    for unit, person in tree.leader.items():
        if person not in tops or tree.depth(unit) < tree.depth(tops[person]):
            tops[person] = unit
    of_unit = {unit: tree.nearest_leader(unit) for unit in tree.parent}
    of_leader = {person: tree.nearest_leader(tree.parent.get(unit)) for person, unit in tops.items()}
    leads = pl.col("person_id").is_in(list(of_leader))
    above = serving.with_columns(
        superior_id=pl.when(leads)
        .then(pl.col("person_id").replace_strict(of_leader, default=None, return_dtype=pl.String))
        .otherwise(pl.col("unit_id").replace_strict(of_unit, default=None, return_dtype=pl.String))
    )
    began = serving.select(pl.col("person_id").alias("superior_id"), pl.col("since").alias("superior_since"))
    return (
        above.filter(pl.col("superior_id").is_not_null())
        .join(began, on="superior_id", how="left")
        .with_columns(since=pl.max_horizontal("since", "superior_since"))
        .select("person_id", "superior_id", "since", pl.col("since").alias("first"))
    )


def _tree(units: pl.DataFrame, serving: pl.DataFrame) -> Tree:
    parent = dict(units.select("unit_id", "parent_id").iter_rows())
    held = serving.filter("is_head").sort("person_id", descending=True).select("unit_id", "person_id")
    named = units.join(serving, left_on="leader_source_id", right_on="source_id").select("unit_id", "person_id")
    above: dict[str, str] = {}
    if "in_office" in serving.columns:
        above = dict(serving.filter("in_office", "is_head").select("unit_id", "person_id").iter_rows())
    return Tree(parent, dict(held.iter_rows()) | dict(named.iter_rows()) | above)


def circles(session: Session) -> list[list[str]]:
    """Groups of person ids who appraise each other in a circle, in order; empty when all is well."""
    known = latest_rows(session, "reporting_line", "person_id", ["superior_id"]).filter(pl.col("until").is_null())
    return find_circles(known.select("person_id", "superior_id"))


def find_circles(edges: pl.DataFrame) -> list[list[str]]:
    """The circles in a frame of two columns, each thing and the one above it (at most one).

    Whoever has nobody above or nobody below is peeled off until only circles are left.
    """
    left = edges.select(below=pl.first(), above=pl.last())
    while True:
        kept = left.filter(
            pl.col("above").is_in(left["below"].implode()) & pl.col("below").is_in(left["above"].implode())
        )
        if kept.height == left.height:
            return _walk(dict(kept.iter_rows()))
        left = kept


def _walk(above: dict[str, str]) -> list[list[str]]:
    found: list[list[str]] = []
    while above:
        start = next(iter(above))
        circle, at = [start], above.pop(start)
        while at != start:
            circle.append(at)
            at = above.pop(at)
        found.append(circle)
    return found
