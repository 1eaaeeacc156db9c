"""A table of pay as it is edited: rows, bases, rounding, marks; out of a version in force, and into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from selaras.errors import DomainError, Invalid
from selaras.followup.models import RemunerationTable
from selaras.regulation.kit import (
    DecisionRow,
    Finding,
    Hit,
    PayScheme,
    check_rounding,
    check_rows,
    read_rows,
    read_scheme,
)
from selaras.tenancy.pack_fields import HIGHEST_CLASS

EFFECTS = ("next_month", "next_quarter", "next_year")
CERTAINTIES = ("regulation", "circular", "application", "assumed", "sample")
MOST_ROWS = 400
MOST_BASE = Decimal(10) ** 12


@dataclass(frozen=True)
class RowContent:
    """One row of the decision table; a condition that is None holds for everybody."""

    percent: Decimal
    outcome: str | None = None
    class_from: int | None = None
    class_to: int | None = None
    attendance_from: Decimal | None = None
    attendance_below: Decimal | None = None


@dataclass(frozen=True)
class BaseContent:
    """The base of one job class, in whole rupiah a month."""

    job_class: int
    base: Decimal


@dataclass(frozen=True)
class RoundingContent:
    """One rounding, in its order."""

    step: str
    digits: int
    mode: str = "half_away"


@dataclass(frozen=True)
class MarkContent:
    """What each occurrence of a mark takes off in a month, from the `since`-th on."""

    code: str
    group: str
    percent: Decimal
    since: int = 1


@dataclass(frozen=True)
class PayContent:
    """A whole table. `options` are those of the kit that have no field of their own here."""

    name: str
    shape: str
    effect: str
    source: str
    certainty: str
    rows: tuple[RowContent, ...]
    bases: tuple[BaseContent, ...]
    hit: str = "unique"
    performance_weight: Decimal = Decimal(100)
    candidate_percent: Decimal = Decimal(100)
    acting: str = "own"
    acting_percent: Decimal = Decimal(0)
    components: Mapping[str, Decimal] | None = None
    rounding: tuple[RoundingContent, ...] = ()
    marks: tuple[MarkContent, ...] = ()
    attendance_lag: int = 1
    sources: Mapping[str, Any] | None = None

    def stored(self) -> dict[str, Any]:
        """As JSON: numbers of money and percent as text."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    def scheme(self, kind: str) -> PayScheme:
        """The scheme of the kit that this is. Raises Invalid for one that cannot be."""
        rows = [_plain(asdict(one)) for one in self.rows]
        return read_scheme(kind, self.shape, {}, self.source or "–", self.certainty, self.options(), rows)

    def options(self) -> dict[str, Any]:
        """What the kit reads besides rows and bases; what is usual is left out."""
        found: dict[str, Any] = {"hit": self.hit, "attendance_lag": self.attendance_lag}
        usual = {"performance_weight": 100, "candidate_percent": 100, "acting_percent": 0}
        found |= {name: str(getattr(self, name)) for name, value in usual.items() if getattr(self, name) != value}
        if self.acting != "own":
            found["acting"] = self.acting
        for name in ("components", "rounding", "marks", "sources"):
            if value := getattr(self, name):
                found[name] = _plain([asdict(one) for one in value] if isinstance(value, tuple) else value)
        return found

    def revision(self, outcomes: Sequence[str]) -> dict[str, Any]:
        """What a version in force keeps (`followup.service.revise`); a table by outcome alone becomes percents."""
        rows = [_plain(asdict(one)) for one in self.rows]
        percents: dict[str, str] = {}
        if all(one.by_outcome_only for one in read_rows(rows)):
            for row in self.rows:
                for outcome in [row.outcome] if row.outcome else outcomes:
                    percents.setdefault(outcome, str(row.percent))
            rows = []
        return {
            "name": self.name,
            "shape": self.shape,
            "effect": self.effect,
            "source": self.source,
            "certainty": self.certainty,
            "options": self.options(),
            "percents": percents,
            "rows": rows,
            "bases": {str(one.job_class): str(one.base) for one in self.bases},
        }


def content_of(table: RemunerationTable) -> PayContent:
    """A version in force, as it is edited."""
    options = dict(table.options or {})
    rows = table.rows or [{"outcome": code, "percent": percent} for code, percent in table.percents.items()]
    bases = [{"job_class": job_class, "base": base} for job_class, base in table.bases.items()]
    named = {name: getattr(table, name) for name in ("name", "shape", "effect", "source", "certainty")}
    return read_content(
        {**options, **named, "rows": rows, "bases": sorted(bases, key=lambda one: int(one["job_class"]))}
    )


def read_content(stored: Mapping[str, Any]) -> PayContent:
    """A table as it is stored, or as a request states it with the right types."""
    content = PayContent(
        name=str(stored["name"]).strip(),
        shape=str(stored["shape"]),
        effect=str(stored["effect"]),
        source=str(stored["source"]).strip(),
        certainty=str(stored["certainty"]),
        rows=tuple(_row(one) for one in stored["rows"]),
        bases=tuple(BaseContent(int(one["job_class"]), Decimal(str(one["base"]))) for one in stored["bases"]),
    )
    numbers = ("performance_weight", "candidate_percent", "acting_percent")
    more: dict[str, Any] = {name: Decimal(str(stored[name])) for name in numbers if stored.get(name) is not None}
    more |= {name: str(stored[name]) for name in ("hit", "acting") if stored.get(name)}
    if stored.get("attendance_lag") is not None:
        more["attendance_lag"] = int(stored["attendance_lag"])
    if stored.get("components"):
        more["components"] = {str(name): Decimal(str(share)) for name, share in stored["components"].items()}
    if stored.get("sources"):
        more["sources"] = dict(stored["sources"])
    more["rounding"] = tuple(
        RoundingContent(str(one["step"]), int(one.get("digits") or 0), one.get("mode") or "half_away")
        for one in stored.get("rounding") or ()
    )
    more["marks"] = tuple(
        MarkContent(str(one["code"]).strip().upper(), str(one["group"]), Decimal(str(one["percent"])),
                    int(one.get("since") or 1))
        for one in stored.get("marks") or ()
    )  # fmt: skip
    return replace(content, **more)


def check(content: PayContent, kind: str, outcomes: Sequence[str], held: Sequence[int]) -> list[Finding]:
    """Everything that is wrong or odd about a table. `held`: the job classes of posts that somebody holds."""
    try:
        scheme = content.scheme(kind)
    except DomainError as error:
        return [Finding("unusable", "error", params={"problem": str(error)})]
    classes = [one.job_class for one in content.bases]
    found = _of_bases(content, held)
    if not content.rows:
        return [*found, Finding("no_rows", "error")]
    hit: Hit = "first" if content.hit == "first" else "unique"
    found += check_rows(_decision(content), outcomes, sorted({*classes, *held}), hit)
    found += check_rounding(scheme.rounding, components=bool(scheme.components))
    if any(mark.group == "attendance" for mark in scheme.marks) and not scheme.heeds_attendance:
        found.append(Finding("attendance_idle", "note"))
    if content.certainty in ("assumed", "sample"):
        found.append(Finding("not_of_law", "note"))
    return sorted(found, key=lambda one: (one.severity != "error", one.rows, one.code))


def refuse_unsound(content: PayContent) -> None:
    """`Invalid` for what cannot even be kept as a draft: too much of it, or numbers beyond any pay."""
    problem = ""
    if len(content.rows) > MOST_ROWS or len(content.bases) > MOST_ROWS or len(content.marks) > MOST_ROWS:
        problem = f"it has more than {MOST_ROWS} rows"
    elif (
        content.effect not in EFFECTS or content.certainty not in CERTAINTIES or content.hit not in ("unique", "first")
    ):
        problem = "effect, certainty or the way in which rows count is none of those known"
    elif not content.name or not content.source or len(content.name) > 200 or len(content.source) > 500:
        problem = "name and source are needed, of at most 200 and 500 characters"
    elif not 0 <= content.attendance_lag <= 3:
        problem = "attendance counts from none to three months later"
    if problem := problem or _unsound_numbers(content):
        raise Invalid("remuneration.draft_unsound", "This table cannot be kept: {problem}.", problem=problem)


def _unsound_numbers(content: PayContent) -> str:
    if any(not 1 <= one.job_class <= HIGHEST_CLASS for one in content.bases):
        return f"a job class lies from 1 to {HIGHEST_CLASS}"
    if any(not 0 <= one.base <= MOST_BASE or one.base % 1 for one in content.bases):
        return "a base is whole rupiah from 0 on"
    return "a percent lies from 0 to 1000" if any(not 0 <= one.percent <= 1000 for one in content.rows) else ""


def _decision(content: PayContent) -> tuple[DecisionRow, ...]:
    return read_rows([asdict(one) for one in content.rows])


def _of_bases(content: PayContent, held: Sequence[int]) -> list[Finding]:
    classes = [one.job_class for one in content.bases]
    found = [
        Finding("base_twice", "error", params={"job_class": one})
        for one in sorted({*classes})
        if classes.count(one) > 1
    ]
    missing = sorted(set(held) - set(classes))
    found += [Finding("base_missing", "error", params={"job_class": one}) for one in missing]
    return found


def _row(one: Mapping[str, Any]) -> RowContent:
    return RowContent(
        percent=Decimal(str(one["percent"])),
        outcome=one.get("outcome") or None,
        class_from=_class(one.get("class_from")),
        class_to=_class(one.get("class_to")),
        attendance_from=_decimal(one.get("attendance_from")),
        attendance_below=_decimal(one.get("attendance_below")),
    )


def _class(value: Any) -> int | None:
    return None if value in (None, "") else int(value)


def _decimal(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | date):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
