"""The rules in a pack.toml: ranking, remuneration, choices and dated rows, with what is known and what is assumed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from selaras.errors import DomainError
from selaras.regulation.kit import KINDS, SHAPES, read_scheme
from selaras.tenancy.pack_fields import Fields
from selaras.tenancy.rule_rows import RuleRow, Values, canonical

DEFAULTS = "pack_defaults.toml"
RANKING, REMUNERATION, CHOICE = "ranking", "remuneration", "choice"
_SHAPE_OF = {"next_quarter": "quarter_to_next_quarter", "next_year": "year_to_next_year"}


class Certainty(StrEnum):
    """How sure we are of a value; `sample` says that it was made up because the real one was not found."""

    REGULATION = "regulation"
    CIRCULAR = "circular"
    APPLICATION = "application"
    ASSUMED = "assumed"
    SAMPLE = "sample"


class Comparable(StrEnum):
    """Attributes that can make people comparable when they are ranked; locations name units of one agency only."""

    POST_KIND = "post_kind"
    POST_LEVEL = "post_level"
    JOB_CLASS = "job_class"
    EMPLOYMENT = "employment"
    UNIT = "unit"
    BRANCH = "branch"
    JOB_FAMILY = "job_family"


@dataclass(frozen=True)
class RankingRule:
    """Who is ranked against whom; groups with fewer people than the minimum are pooled (first, all, none).

    `families`: the name of a job family, and how the titles of its posts begin.
    """

    attributes: tuple[Comparable, ...]
    minimum_size: int
    pooling: str = "first"
    families: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def values(self) -> Values:
        """The same as the values of a dated row; what is as usual is left out."""
        said: dict[str, Any] = {
            "group_by": [one.value for one in self.attributes],
            "minimum_size": self.minimum_size,
            "pooling": self.pooling,
            "families": [{"name": name, "beginnings": list(beginnings)} for name, beginnings in self.families],
        }
        return ranking_said(said)


@dataclass(frozen=True)
class RemunerationTable:
    """Outcome code → percent of the base; job class → base in whole rupiah a month; the shape and its options.

    `options` are what `selaras.regulation.kit.read_scheme` takes besides; numbers may be text. `rows`: a decision table
    where the outcome alone does not say the percent.
    """

    name: str
    kind: str
    effect: str
    shape: str
    options: Mapping[str, object]
    percents: Mapping[str, Decimal]
    bases: Mapping[int, int]
    source: str
    certainty: Certainty
    rows: tuple[Mapping[str, object], ...] = ()

    def values(self) -> Values:
        """The same as the values of a dated row."""
        said = {name: getattr(self, name) for name in ("name", "kind", "effect", "shape", "source")}
        base = {str(job_class): amount for job_class, amount in self.bases.items()}
        options: dict[str, object] = {"options": self.options} if self.options else {}
        options |= {"rows": self.rows} if self.rows else {}
        found = canonical(
            {**said, **options, "percent": self.percents, "base": base, "certainty": self.certainty.value}
        )
        assert isinstance(found, dict)
        return found


@dataclass(frozen=True)
class Fact:
    """Something known (or assumed) about an agency's rules: which part of the pack it is about, and its source."""

    about: str
    says: str
    source: str
    certainty: Certainty


@cache
def defaults() -> tuple[RankingRule, Mapping[str, RemunerationTable]]:
    """What holds where a pack says nothing: the ranking rule, and a remuneration table for tukin and one for tpp."""
    raw = tomllib.loads(files("selaras.tenancy").joinpath(DEFAULTS).read_text("utf-8"), parse_float=Decimal)
    top = Fields("selaras", DEFAULTS, raw)
    tables = {kind: read_remuneration(top.table(kind)) for kind in ("tukin", "tpp")}
    return read_ranking(top.table("ranking")), MappingProxyType(tables)


def read_choices(top: Fields) -> Mapping[str, Mapping[str, object]]:
    """`[choices.<regulation>]`: open parameter → value."""
    chosen = top.table_or_none("choices")
    if chosen is None:
        return MappingProxyType({})
    return MappingProxyType({code: MappingProxyType(chosen.table(code).values()) for code in chosen.names()})


def read_ranking(row: Fields) -> RankingRule:
    """Who is ranked against whom, as `[ranking]` says it."""
    attributes = tuple(row.choice_of("group_by", one, Comparable) for one in row.texts("group_by"))
    pooling = row.one_of("pooling", ("first", "all", "none"), default="first")
    families = []
    for one in row.tables("families", required=False):
        families.append((one.text("name"), one.texts("beginnings")))
        one.refuse_rest()
    rule = RankingRule(attributes, row.whole("minimum_size", 1, 1000), pooling, tuple(families))
    row.refuse_rest()
    return rule


def ranking_said(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A ranking rule as a pack says it: pooling and families only where they are not as usual."""
    usual = {"pooling": "first", "families": []}
    return {name: value for name, value in values.items() if name not in usual or value != usual[name]}


def read_remuneration(row: Fields) -> RemunerationTable:
    """A table of remuneration, as `[remuneration]` says it; it is tried before it is taken."""
    effect = row.one_of("effect", ("next_month", "next_quarter", "next_year"))
    options = row.table_or_none("options")
    table = RemunerationTable(
        name=row.text("name"),
        kind=row.one_of("kind", tuple(KINDS)),
        effect=effect,
        shape=row.one_of("shape", tuple(SHAPES), default=_SHAPE_OF.get(effect, "monthly_deduction")),
        options=MappingProxyType({} if options is None else options.plain()),
        percents=row.table("percent").percents(),
        bases=row.table("base").amounts(),
        source=row.text("source"),
        certainty=row.choice("certainty", Certainty),
        rows=tuple(one.plain() for one in row.tables("rows", required=False)),
    )
    row.refuse_rest()
    try:
        read_scheme(table.kind, table.shape, table.percents, table.source, table.certainty, table.options, table.rows)
    except DomainError as error:
        row.wrong("shape", str(error), "write a shape of this kind and options that it knows")
    return table


def read_facts(top: Fields) -> tuple[Fact, ...]:
    """`[[fact]]`: what is known of the agency's rules and by what source, or that it is assumed."""
    found = []
    for row in top.tables("fact", required=False):
        found.append(Fact(row.text("about"), row.text("says"), row.text("source"), row.choice("certainty", Certainty)))
        row.refuse_rest()
    return tuple(found)


def read_rows(top: Fields) -> tuple[RuleRow, ...]:
    """`[[rule]]`: dated rows of whatever kind `of` names; whether they can be is judged by whoever knows the kind."""
    found = []
    for row in top.tables("rule", required=False):
        last = row.day_or_none("until")
        starts = row.day_or_none("from")
        if starts and last and last < starts:
            row.wrong("until", f"{last} lies before {starts}", "write a later day; it is the last one")
        ends = last + timedelta(days=1) if last else None
        of, values = row.text("of"), canonical(row.rest())
        assert isinstance(values, dict)
        found.append(RuleRow(of, starts, ends, values))
    return tuple(found)


@dataclass(frozen=True)
class Said:
    """What a pack says in one table each, without days: it holds from the days on which the agency's law begins."""

    ranking: RankingRule | None
    remuneration: RemunerationTable | None
    choices: Mapping[str, Mapping[str, object]]

    def rows(self, spans: Iterable[tuple[str, date]]) -> tuple[RuleRow, ...]:
        """The same as dated rows; `spans`: regulation → its first day, in order.

        A table of remuneration is today's: it says nothing of what was paid under an older regulation. A choice
        holds from the first day of its regulation, or, for a rulebook, of the agency's first one.
        """
        began = dict(reversed([*spans]))
        if not began:
            return ()
        first, newest = min(began.values()), max(began.values())
        rows = []
        if self.ranking:
            rows.append(RuleRow(RANKING, first, None, self.ranking.values()))
        if self.remuneration:
            rows.append(RuleRow(REMUNERATION, newest, None, self.remuneration.values()))
        for code, chosen in self.choices.items():
            values = canonical({"regulation": code, "parameters": chosen})
            assert isinstance(values, dict)
            rows.append(RuleRow(CHOICE, began.get(code, first), None, values))
        return tuple(rows)
