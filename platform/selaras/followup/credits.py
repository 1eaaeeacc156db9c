"""Credit points of one functional official: each conversion with its months, what is gathered, missing, and by when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.errors import Invalid, NotFound
from selaras.followup.credit_facts import counted, credit_items
from selaras.followup.rulebooks import answering
from selaras.identity.actor import Actor
from selaras.organisation.access import agency_day, person_for
from selaras.organisation.models import Appointment, Position
from selaras.organisation.queries import PersonView
from selaras.regulation import Registry, Rules
from selaras.regulation.receipt import ReceiptLine, receipt_from_steps

STEP = "accumulated"
FULL = 100
FAR = 12 * 40
AIMS = ("rank", "level")


@dataclass(frozen=True)
class Post:
    """The level that is held, and since when this post."""

    level: str
    since: date


@dataclass(frozen=True)
class Conversion:
    """One conversion (PAK): months in one level with one outcome. `counted`: it counts towards the level held now."""

    period: str
    starts: date
    ends: date
    level: str
    months: int
    outcome: str
    points: float | None
    counted: bool
    lines: tuple[ReceiptLine, ...]


@dataclass(frozen=True)
class Aim:
    """The next rank or the next level (`aim`): what it needs, what is missing, and the first day by the arithmetic.

    `by` is None where nothing is missing, and where the supposed predikat does not get there within forty years.
    """

    aim: str
    needed: float
    missing: float
    enough: bool
    months: int | None
    by: date | None
    article: str
    certainty: str


@dataclass(frozen=True)
class Credits:
    """An official's credit points on a day, by one rule. `supposed`: the outcome of the time to come."""

    person: PersonView
    rules: Rules
    level: str
    conversions: tuple[Conversion, ...]
    accumulated: float
    accumulated_line: ReceiptLine
    counted_until: date
    supposed: str
    outcomes: tuple[str, ...]
    aims: tuple[Aim, ...]


def credit_points(
    session: Session, actor: Actor, registry: Registry, person_id: UUID, supposed: str | None = None
) -> Credits:
    """The credit points of a person whom the actor may see; every number is a step of the rulebook.

    NotFound for whoever is no functional official today, or is of an employment that no rulebook covers; Invalid for
    an outcome that it does not know.
    """
    person = person_for(session, actor, person_id)
    day = agency_day(session, actor)
    rules = answering(session, registry, STEP, day, _employment(person))
    post = _post(session, person_id, day)
    if rules is None or post is None:
        raise NotFound(
            "credits.none", "Credit points are of functional officials; this person holds no such post today."
        )
    known = tuple(next(one.allowed for one in rules.item_columns if one.name == "outcome"))
    outcome = supposed or _plain_outcome(rules)
    if outcome not in known:
        raise Invalid(
            "credits.outcome",
            "{outcome} is no predikat; write one of: {known}.",
            outcome=outcome,
            known=", ".join(known),
        )
    found = credit_items(session, rules, day, person_id)
    return _worked_out(person, rules, post, found, outcome, known)


def _worked_out(
    person: PersonView, rules: Rules, post: Post, found: pl.DataFrame, outcome: str, known: tuple[str, ...]
) -> Credits:
    level = post.level
    chosen = counted(rules, found.with_columns(jenjang_now=pl.lit(level)))
    every = rules.appraise(_asked("1", level), _items(found)).item_steps
    steps = rules.appraise(_asked("1", level), _items(chosen)).person_steps.row(0, named=True)
    description = rules.describe()
    lines = {one.step: one for one in receipt_from_steps(description, steps).lines}
    counts = set(chosen["item"])
    until = max(chosen["ends"], default=None) or post.since - timedelta(days=1)
    shown = [_conversion(rules, description, row, every, row["item"] in counts) for row in found.iter_rows(named=True)]
    gathered = float(steps[STEP])
    aims = [_aim(rules, level, steps, lines, aim, until, outcome) for aim in AIMS]
    return Credits(
        person=person,
        rules=rules,
        level=level,
        conversions=tuple(shown),
        accumulated=gathered,
        accumulated_line=lines[STEP],
        counted_until=until,
        supposed=outcome,
        outcomes=known,
        aims=tuple(one for one in aims if one is not None),
    )


def _aim(
    rules: Rules,
    level: str,
    steps: Mapping[str, object],
    lines: Mapping[str, ReceiptLine],
    aim: str,
    until: date,
    outcome: str,
) -> Aim | None:
    """What one aim needs; None for a level above which there is none."""
    needed = steps[f"needed_for_{aim}"]
    if needed is None:
        return None
    enough = steps[f"enough_for_{aim}"] == "ya"
    months = 0 if enough else _months_until(rules, level, float(str(steps[STEP])), f"enough_for_{aim}", outcome)
    line = lines[f"needed_for_{aim}"]
    return Aim(
        aim=aim,
        needed=float(str(needed)),
        missing=float(str(steps[f"missing_for_{aim}"])),
        enough=enough,
        months=months,
        by=None if enough or months is None else _after(until, months),
        article=line.article,
        certainty=line.certainty,
    )


def _months_until(rules: Rules, level: str, opening: float, step: str, outcome: str) -> int | None:
    """After how many more months the rule itself says `ya`: every number of months is asked, in whole years and a rest.

    So the rounding of each conversion, and whatever else the rule does, is in the answer.
    """
    asked = pl.DataFrame({"person": [str(n) for n in range(1, FAR + 1)]}).with_columns(
        jenjang_now=pl.lit(level), opening=pl.lit(opening)
    )
    rows = [
        (str(n), str(part), float(months))
        for n in range(1, FAR + 1)
        for part, months in enumerate([12] * (n // 12) + ([n % 12] if n % 12 else []))
    ]
    items = pl.DataFrame(rows, schema=["person", "item", "months"], orient="row").with_columns(
        jenjang=pl.lit(level), outcome=pl.lit(outcome)
    )
    enough = rules.appraise(asked, items).person_steps.filter(pl.col(step) == "ya")
    return min((int(one) for one in enough["person"]), default=None)


def _conversion(
    rules: Rules, description: Mapping[str, object], row: Mapping[str, object], every: pl.DataFrame, counted: bool
) -> Conversion:
    steps = every.filter(pl.col("item") == row["item"]).row(0, named=True)
    names = {one.name for one in rules.item_steps}
    values = {"item": row["item"], **{name: value for name, value in steps.items() if name in names}}
    receipt = receipt_from_steps(description, {}, [values])
    starts, ends = row["starts"], row["ends"]
    assert isinstance(starts, date)
    assert isinstance(ends, date)
    return Conversion(
        period=str(row["period"]),
        starts=starts,
        ends=ends,
        level=str(row["jenjang"]),
        months=int(str(row["months"]).split(".")[0]),
        outcome=str(row["outcome"]),
        points=steps["converted"],
        counted=counted,
        lines=tuple(one for one in receipt.lines if one.value is not None),
    )


def _plain_outcome(rules: Rules) -> str:
    """What is supposed unless somebody says otherwise: the outcome that neither raises nor cuts the points."""
    percents: Mapping[str, float] = rules.values.predikat_percent
    return next((code for code, percent in percents.items() if percent == FULL), next(iter(percents)))


def _asked(person: str, level: str) -> pl.DataFrame:
    return pl.DataFrame({"person": [person], "jenjang_now": [level]})


def _items(found: pl.DataFrame) -> pl.DataFrame:
    return found.select(pl.lit("1").alias("person"), "item", "jenjang", "outcome", pl.col("months").cast(pl.Float64))


def _employment(person: PersonView) -> str | None:
    held = person.line.employment
    return "pns" if held == "cpns" else held


def _post(session: Session, person_id: UUID, day: date) -> Post | None:
    """The post as a functional official on a day, if it has a level."""
    row = session.execute(
        select(Position.level, Appointment.during)
        .join(Appointment, Appointment.position_id == Position.id)
        .where(
            Appointment.person_id == person_id,
            Appointment.kind == "definitive",
            Appointment.during.contains(day),
            Position.kind == "jf",
            Position.level.is_not(None),
        )
    ).one_or_none()
    return None if row is None or row.level is None else Post(row.level, row.during.lower or day)


def _after(day: date, months: int) -> date:
    """The first day on which so many months after `day` have passed."""
    first = day + timedelta(days=1)
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
