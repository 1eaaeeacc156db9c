"""The nine-box board: who stands in which box of a period, how they moved over the years, and pools of candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import polars as pl
from sqlalchemy.orm import Session

from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.errors import Invalid, NotFound
from selaras.followup.rulebooks import answering
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.access import agency_day, person_for
from selaras.organisation.inspecting import note
from selaras.organisation.reach import below, reach, reaches_person
from selaras.regulation import Label, Registry, Rules

BOX = "box"
PAGE = 25
# What was proposed of a box and not turned down, the newest revision of each person and period, with today's post.
_PLACED = """
    WITH held AS (
        SELECT DISTINCT ON (f.person_id, f.period_id) f.person_id, period.code, period.ends, f.outcome,
               (f.basis -> 'values' ->> 'box')::numeric::int AS box
        FROM selaras.proposal f
        JOIN selaras.period period ON period.tenant_id = %(tenant)s AND period.id = f.period_id
        WHERE f.tenant_id = %(tenant)s AND f.kind = 'talent_box'
          AND f.state NOT IN ('declined', 'rejected', 'withdrawn')
          AND (%(person)s::uuid IS NULL OR f.person_id = %(person)s::uuid)
        ORDER BY f.person_id, f.period_id, f.revision DESC
    )
    SELECT held.person_id, person.name, unit.name, unit.id, post.title, post.kind, post.level, held.code, held.ends,
           held.box, held.outcome
    FROM held
    JOIN selaras.person person ON person.tenant_id = %(tenant)s AND person.id = held.person_id
    LEFT JOIN selaras.appointment a ON a.tenant_id = %(tenant)s AND a.person_id = held.person_id
      AND a.kind = 'definitive' AND a.during @> %(day)s::date
    LEFT JOIN selaras.position post ON post.tenant_id = %(tenant)s AND post.id = a.position_id
    LEFT JOIN selaras.unit unit ON unit.tenant_id = %(tenant)s AND unit.id = a.unit_id
    WHERE %(units)s::uuid[] IS NULL OR a.unit_id = ANY(%(units)s::uuid[])
    ORDER BY held.person_id, held.ends DESC
"""
_SCHEMA: dict[str, type[pl.DataType]] = {
    "person": pl.String,
    "name": pl.String,
    "unit": pl.String,
    "unit_id": pl.String,
    "title": pl.String,
    "kind": pl.String,
    "level": pl.String,
    "period": pl.String,
    "ends": pl.Date,
    "box": pl.Int64,
    "outcome": pl.String,
}


@dataclass(frozen=True)
class Pool:
    """Which people are looked for; None or empty: any. `post`: words in the title, for a family of jobs.

    `years`: for so many mapped periods in a row in the box. `outcome`, `times`: with that outcome so many times or
    more, of all that were mapped.
    """

    unit_id: UUID | None = None
    level: str | None = None
    kind: str | None = None
    post: str = ""
    years: int = 1
    outcome: str | None = None
    times: int = 1


@dataclass(frozen=True)
class Advice:
    """What a box recommends, each by its words, with the article and how sure we are of it."""

    box: int
    words: tuple[Label, ...]
    article: str
    certainty: str
    note: str


@dataclass(frozen=True)
class Place:
    """Somebody in a box: `years` mapped periods in a row, `path` the boxes before it, the newest first."""

    person_id: UUID
    name: str
    unit: str | None
    title: str | None
    box: int
    outcome: str
    years: int
    path: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Moved:
    """How many went from one box to another since the mapped period before."""

    before: int
    after: int
    people: int


@dataclass(frozen=True)
class Grid:
    """The nine boxes as the rulebook names them: rows of performance, columns of potential."""

    rows: tuple[tuple[str, Label], ...]
    columns: tuple[tuple[str, Label], ...]
    boxes: Mapping[str, Mapping[str, int]]
    advice: Mapping[int, Advice]
    rules: Rules


@dataclass(frozen=True)
class Board:
    """A mapped period: how many stand in each box, over the years, between the last two, and one page of people."""

    period: str
    periods: tuple[str, ...]
    grid: Grid
    counts: Mapping[int, int]
    years: tuple[tuple[str, Mapping[int, int]], ...]
    moves: tuple[Moved, ...]
    people: tuple[Place, ...]
    found: int
    page: int
    levels: tuple[str, ...]
    outcomes: tuple[str, ...]

    @property
    def pages(self) -> int:
        """How many pages of people there are."""
        return max(1, -(-self.found // PAGE))


def board(
    session: Session,
    actor: Actor,
    registry: Registry,
    period: str | None = None,
    pool: Pool | None = None,
    *,
    box: int | None = None,
    page: int = 1,
) -> Board:
    """The board of a period (default: the newest that was mapped), of those whom the permission reaches.

    NotFound where no box was ever proposed, or none in that period. The number of statements does not depend on the
    number of people.
    """
    placed, here, chosen = _found(session, actor, registry, period, pool or Pool())
    periods = _periods(placed)
    shown = here if box is None else here.filter(pl.col(BOX) == box)
    part = _sorted(shown)[(page - 1) * PAGE : page * PAGE]
    people = tuple(_place(one) for one in part.iter_rows(named=True))
    note(session, actor, [one.person_id for one in people])
    ends = placed.filter(pl.col("period") == chosen)["ends"][0]
    return Board(
        period=chosen,
        periods=periods,
        grid=grid(session, registry, ends),
        counts=_counts(here),
        years=_years(placed, here, periods[periods.index(chosen) :]),
        moves=_moves(here),
        people=people,
        found=shown.height,
        page=page,
        levels=tuple(sorted(placed["level"].drop_nulls().unique())),
        outcomes=tuple(sorted(placed["outcome"].unique())),
    )


def candidates(
    session: Session,
    actor: Actor,
    registry: Registry,
    period: str | None = None,
    pool: Pool | None = None,
    *,
    box: int | None = None,
    most: int,
) -> tuple[str, tuple[Place, ...]]:
    """The period, and everybody of a pool in it, the best box first. Invalid where they are more than `most`."""
    _, here, chosen = _found(session, actor, registry, period, pool or Pool())
    shown = here if box is None else here.filter(pl.col(BOX) == box)
    if shown.height > most:
        raise Invalid(
            "talent.pool_long",
            "This pool holds {people} people, and a file of candidates takes up to {most}. Ask for fewer on the talent "
            "page, or have the whole list of talent boxes made as a file.",
            people=shown.height,
            most=most,
        )
    people = tuple(_place(one) for one in _sorted(shown).iter_rows(named=True))
    note(session, actor, [one.person_id for one in people])
    return chosen, people


def _found(
    session: Session, actor: Actor, registry: Registry, period: str | None, pool: Pool
) -> tuple[pl.DataFrame, pl.DataFrame, str]:
    """Everybody who was ever mapped, those of the pool in the period, and the period."""
    actor.require(Permission.SEE_TALENT)
    day = agency_day(session, actor)
    placed = _without_own(session, actor, registry, _placed(session, actor, day), day)
    periods = _periods(placed)
    chosen = period or next(iter(periods), None)
    if chosen is None or chosen not in periods:
        raise NotFound(
            "talent.none",
            "No talent box has been proposed here. Import the potential of people, close a period that the rulebook "
            "maps, and have the system propose what follows.",
        )
    return placed, _narrowed(session, _standing(placed, chosen), pool, day), chosen


def _periods(placed: pl.DataFrame) -> tuple[str, ...]:
    return tuple(placed.select("period", "ends").unique().sort("ends", descending=True)["period"])


def _sorted(people: pl.DataFrame) -> pl.DataFrame:
    return people.sort("box", "name", "person", descending=[True, False, False])


def grid(session: Session, registry: Registry, day: date) -> Grid:
    """The boxes, their axes and what they recommend, by the rulebook of that day with the agency's choices."""
    rules = answering(session, registry, BOX, day)
    if rules is None:
        raise NotFound("talent.no_rulebook", "No installed regulation maps talent on {day}.", day=day)
    labels = {one.name: [(code, one.labels[code]) for code in one.allowed] for one in rules.person_columns}
    advice = {int(box): _advice(rules, int(box), said) for box, said in rules.values.recommendations.items()}
    return Grid(tuple(labels["performance"]), tuple(reversed(labels["potential"])), rules.values.boxes, advice, rules)


def own_place(session: Session, actor: Actor, registry: Registry, person_id: UUID) -> tuple[Place, Grid]:
    """Where one person stands: for whoever SEE_TALENT reaches them, and for themself where the agency says so.

    NotFound for everybody else, and where no box was proposed.
    """
    person_for(session, actor, person_id)
    day = agency_day(session, actor)
    if not talent_shown(session, actor, registry, person_id):
        raise NotFound(
            "talent.hidden",
            "The talent box is not shown here: it is for those who hold the permission, and for the person only where "
            "the agency has chosen so.",
        )
    placed = _placed(session, None, day, person_id)
    if placed.is_empty():
        raise NotFound("talent.no_box", "No talent box has been proposed for this person.")
    newest = _standing(placed, placed["period"][0])
    return _place(newest.row(0, named=True)), grid(session, registry, placed["ends"][0])


def talent_shown(session: Session, actor: Actor, registry: Registry, person_id: UUID) -> bool:
    """Whether the actor may look for this person's box."""
    if actor.person_id == person_id:
        return may_see_own(session, registry, agency_day(session, actor))
    return reaches_person(session, actor, Permission.SEE_TALENT, person_id)


def may_see_own(session: Session, registry: Registry, day: date) -> bool:
    """Whether people of this agency see their own box: a choice that the rulebook leaves to it."""
    rules = answering(session, registry, BOX, day)
    return rules is not None and bool(rules.values.own_box_visible)


def _without_own(session: Session, actor: Actor, registry: Registry, placed: pl.DataFrame, day: date) -> pl.DataFrame:
    """Whoever looks at the board does not find themself on it, unless the agency shows people their own box."""
    if actor.person_id is None or may_see_own(session, registry, day):
        return placed
    return placed.filter(pl.col("person") != str(actor.person_id))


def _placed(session: Session, actor: Actor | None, day: date, person_id: UUID | None = None) -> pl.DataFrame:
    units = None if actor is None else reach(session, actor, Permission.SEE_TALENT, day)
    values = {
        "tenant": tenant_of(session),
        "day": day,
        "person": person_id,
        "units": None if units is None else [str(one) for one in units],
    }
    return read_frame(session, _PLACED, values, _SCHEMA)


def _standing(placed: pl.DataFrame, period: str) -> pl.DataFrame:
    """One row a person of the period, with `years`, `path` (boxes before) and `outcomes` (all that were mapped)."""
    ends = placed.filter(pl.col("period") == period)["ends"].first()
    upto = placed.filter(pl.col("ends") <= ends)
    same = (pl.col(BOX) == pl.col(BOX).first()).cast(pl.Int64).cum_prod()
    history = upto.group_by("person", maintain_order=True).agg(
        same.sum().alias("years"),
        pl.col("period").alias("times"),
        pl.col(BOX).alias("path"),
        pl.col("outcome").alias("outcomes"),
    )
    return upto.filter(pl.col("period") == period).join(history, on="person", how="left")


def _narrowed(session: Session, people: pl.DataFrame, pool: Pool, day: date) -> pl.DataFrame:
    found = people.filter(pl.col("years") >= pool.years)
    if pool.unit_id is not None:
        found = found.filter(pl.col("unit_id").is_in([str(one) for one in below(session, [pool.unit_id], day)]))
    for column, value in (("level", pool.level), ("kind", pool.kind)):
        if value:
            found = found.filter(pl.col(column) == value)
    if pool.post.strip():
        title = pl.col("title").fill_null("").str.to_lowercase()
        found = found.filter(title.str.contains(pool.post.strip().lower(), literal=True))
    if pool.outcome:
        found = found.filter(pl.col("outcomes").list.count_matches(pool.outcome) >= pool.times)
    return found


def _counts(people: pl.DataFrame) -> dict[int, int]:
    return {int(box): int(n) for box, n in people.group_by(BOX).len().iter_rows()}


def _years(
    placed: pl.DataFrame, here: pl.DataFrame, periods: tuple[str, ...]
) -> tuple[tuple[str, Mapping[int, int]], ...]:
    """The same people, over the periods up to the one that is shown; the newest first."""
    theirs = placed.join(here.select("person"), on="person", how="semi")
    return tuple((period, _counts(theirs.filter(pl.col("period") == period))) for period in periods)


def _moves(people: pl.DataFrame) -> tuple[Moved, ...]:
    before = people.with_columns(before=pl.col("path").list.get(1, null_on_oob=True)).drop_nulls("before")
    counted = before.group_by("before", BOX).len().sort("before", BOX)
    return tuple(Moved(int(a), int(b), int(n)) for a, b, n in counted.iter_rows() if a != b)


def _place(row: Mapping[str, object]) -> Place:
    times, path = row["times"], row["path"]
    assert isinstance(times, list)
    assert isinstance(path, list)
    return Place(
        UUID(str(row["person"])),
        str(row["name"]),
        None if row["unit"] is None else str(row["unit"]),
        None if row["title"] is None else str(row["title"]),
        int(str(row[BOX])),
        str(row["outcome"]),
        int(str(row["years"])),
        tuple(zip(times[1:], path[1:], strict=True)),
    )


def _advice(rules: Rules, box: int, said: str) -> Advice:
    words = rules.values.recommendation_words
    source = rules.values.source("recommendations")
    return Advice(box, tuple(words[one] for one in said.split("+")), source.article, source.certainty, source.note)
