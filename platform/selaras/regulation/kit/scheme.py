"""An agency's scheme of performance pay as data: from outcomes and bases to percent and rupiah, set by set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from selaras.errors import Invalid
from selaras.regulation.kit.decision import DecisionRow, decided, read_rows
from selaras.regulation.kit.marks import Mark, read_marks
from selaras.regulation.kit.pay import refuse_wrong_kind
from selaras.regulation.kit.roundings import USUAL, RoundingStep, read_rounding, rounded
from selaras.regulation.kit.shares import less, part_of, weighted
from selaras.regulation.types import Label

ActingWay = Literal["own", "acting", "own_and_share"]
ACTING_WAYS: tuple[ActingWay, ...] = ("own", "acting", "own_and_share")
FACTS = {
    "outcome": pl.String(),
    "base": pl.Float64(),
    "candidate": pl.Boolean(),
    "acting_base": pl.Float64(),
    "attendance": pl.Float64(),
    "job_class": pl.Int64(),
    "taken_off": pl.Float64(),
}
"""What `PayScheme.apply` reads of each person; everything but the outcome and the base may be empty."""

_LABELS: Mapping[str, tuple[Label, str]] = {
    "own_base": ({"id": "Dasar menurut kelas jabatan", "en": "Base of the job class"}, "Rp"),
    "candidate_base": ({"id": "Dasar sebagai CPNS", "en": "Base as a candidate (CPNS)"}, "Rp"),
    "full_base": ({"id": "Dasar yang dipakai", "en": "Base that is used"}, "Rp"),
    "performance": ({"id": "Bagian kinerja menurut predikat", "en": "Performance by the predikat"}, "%"),
    "attendance_used": ({"id": "Bagian kehadiran", "en": "Attendance"}, "%"),
    "taken_off_used": ({"id": "Potongan cuti dan hukuman disiplin", "en": "Deduction for leave and discipline"}, "%"),
    "percent": ({"id": "Persentase yang dibayarkan", "en": "Percentage that is paid"}, "%"),
    "amount": ({"id": "Tunjangan sebulan", "en": "Pay a month"}, "Rp"),
}
_WITHOUT_ATTENDANCE: Label = {
    "id": "Belum dikurangi kehadiran: faktanya belum ada",
    "en": "Before deductions for attendance: those facts are not here",
}


@dataclass(frozen=True)
class PayLine:
    """One line of the receipt of an amount; `value` is None where a remark stands alone."""

    step: str
    label: Label
    value: float | None
    unit: str
    source: str
    certainty: str


@dataclass(frozen=True)
class PayScheme:
    """How an agency pays: percents by outcome, and what its rule adds to that.

    performance_weight: per cent of the pay that hangs on performance; the rest hangs on attendance.
    candidate_percent: per cent of the base that a candidate gets. acting: what an acting officer's base is, their own,
    the acting post's, or their own and `acting_percent` of the acting post's. components: component → per cent of
    the base; each is realised and rounded by itself. sources: step → (article, certainty) where it is not the table's.
    rows: a decision table, in place of percents by outcome alone. rounding: what is rounded, in this order. marks: what
    attendance, leave and discipline of a month take off; attendance_lag: how many months before the paid one they lie.
    """

    kind: str
    shape: str
    percents: Mapping[str, float]
    source: str
    certainty: str
    performance_weight: float = 100.0
    candidate_percent: float = 100.0
    acting: ActingWay = "own"
    acting_percent: float = 0.0
    components: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    rows: tuple[DecisionRow, ...] = ()
    rounding: tuple[RoundingStep, ...] = USUAL
    marks: tuple[Mark, ...] = ()
    attendance_lag: int = 1

    @property
    def is_plain(self) -> bool:
        """Whether the amount is one percent of one base: then one statement pays everybody."""
        simple = self.performance_weight == 100 and self.acting == "own" and self.rounding == USUAL
        return simple and not self.components and not self.rows

    @property
    def heeds_attendance(self) -> bool:
        """Whether how somebody attended changes what they are paid."""
        asked = self.performance_weight != 100 or any(row.asks_attendance for row in self.rows)
        return asked or self.shape == "monthly_deduction"

    @property
    def paid(self) -> Mapping[str, float]:
        """Outcome → per cent that is paid: for deductions, what they leave."""
        if self.shape == "monthly_deduction":
            return {outcome: 100 - percent for outcome, percent in self.percents.items()}
        return self.percents

    def apply(self, facts: pl.DataFrame) -> pl.DataFrame:
        """`facts` (see FACTS, further columns stay) with every step as a column; percent and amount are the last.

        Empty where the outcome has no percent or there is no base. Attendance that is not known counts in full.
        """
        known = [
            pl.col(name).cast(kind) if name in facts.columns else pl.lit(None, kind).alias(name)
            for name, kind in FACTS.items()
        ]
        frame = facts.with_columns(known).with_columns(attendance_used=pl.col("attendance").fill_null(100.0))
        frame = frame.with_columns(**self._bases(), performance=self._performance())
        return frame.with_columns(**self._percents()).with_columns(amount=self._amount())

    def explain(self, facts: Mapping[str, Any]) -> tuple[PayLine, ...]:
        """The receipt of one person's amount, from the same facts by the same steps."""
        row = self.apply(pl.DataFrame([{name: facts.get(name) for name in FACTS}], schema=FACTS)).row(0, named=True)
        lines = [self._line(step, row[step]) for step in _LABELS if self._says(step, row)]
        if facts.get("attendance") is None:
            lines.insert(-1, PayLine("no_attendance", _WITHOUT_ATTENDANCE, None, "", self.source, self.certainty))
        return tuple(lines)

    def _bases(self) -> dict[str, pl.Expr]:
        own, acting = pl.col("base"), pl.col("acting_base")
        cut = pl.when(pl.col("candidate").fill_null(False)).then(part_of(own, self.candidate_percent)).otherwise(own)
        way: dict[str, pl.Expr] = {
            "own": cut,
            "acting": pl.coalesce(acting, cut),
            "own_and_share": cut + part_of(acting, self.acting_percent).fill_null(0),
        }
        return {"own_base": own, "candidate_base": cut, "full_base": way[self.acting]}

    def _performance(self) -> pl.Expr:
        if self.rows:
            found = decided(self.rows)
            return 100 - found if self.shape == "monthly_deduction" else found
        codes, values = list(self.paid), [float(value) for value in self.paid.values()]
        return pl.col("outcome").replace_strict(codes, values, default=None, return_dtype=pl.Float64)

    def _percents(self) -> dict[str, pl.Expr]:
        performance, attendance = pl.col("performance"), pl.col("attendance_used")
        taken = pl.col("taken_off").fill_null(0.0)
        if self.shape == "monthly_deduction":
            whole = less(pl.lit(100.0), 100 - performance, 100 - attendance)
        else:
            parts = [(self.performance_weight, performance), (100 - self.performance_weight, attendance)]
            whole = weighted(parts)
        return {"taken_off_used": taken, "percent": rounded(less(whole, taken), "percent", self.rounding, self.source)}

    def _amount(self) -> pl.Expr:
        shares = list(self.components.values()) or [100.0]
        parts = [
            rounded(
                part_of(part_of(pl.col("full_base"), share), pl.col("percent")), "component", self.rounding, self.source
            )
            for share in shares
        ]
        return rounded(pl.sum_horizontal(*parts, ignore_nulls=False), "amount", self.rounding, self.source)

    def _says(self, step: str, row: Mapping[str, Any]) -> bool:
        if step == "candidate_base":
            return bool(row["candidate"])
        if step == "full_base":
            return bool(row["acting_base"] is not None and self.acting != "own")
        if step == "taken_off_used":
            return bool(row["taken_off_used"])
        if step == "performance":
            return self.performance_weight != 100 or self.shape == "monthly_deduction"
        if step == "attendance_used":
            return self.performance_weight != 100 or (self.heeds_attendance and row["attendance"] is not None)
        return True

    def _line(self, step: str, value: float | None) -> PayLine:
        label, unit = _LABELS[step]
        article, certainty = self.sources.get(step, (self.source, self.certainty))
        return PayLine(step, label, value, unit, article, certainty)


def read_scheme(
    kind: str,
    shape: str,
    percents: Mapping[str, Any],
    source: str,
    certainty: str,
    options: Mapping[str, Any],
    rows: Iterable[Mapping[str, Any]] = (),
) -> PayScheme:
    """A scheme from its stored parts; raises Invalid for a shape of the other kind or an option that cannot be."""
    refuse_wrong_kind(kind, shape)
    numbers = {name: float(options[name]) for name in _NUMBERS if name in options}
    unknown = sorted(set(options) - {*_NUMBERS, *_OTHERS})
    acting = options.get("acting", "own")
    components = {str(name): float(share) for name, share in options.get("components", {}).items()}
    problem = ""
    if unknown:
        problem = f"{unknown[0]} is unknown"
    elif acting not in ACTING_WAYS:
        problem = f"acting is none of {', '.join(ACTING_WAYS)}"
    elif any(not 0 <= number <= 100 for number in (*numbers.values(), *components.values())):
        problem = "a share is not from 0 to 100"
    elif components and abs(sum(components.values()) - 100) > 1e-9:
        problem = "the components do not add up to 100"
    if problem:
        raise Invalid("remuneration.option", "The scheme of {source}: {problem}.", source=source, problem=problem)
    return PayScheme(
        kind=kind,
        shape=shape,
        percents={code: float(percent) for code, percent in percents.items()},
        source=source,
        certainty=certainty,
        acting=acting,
        components=components,
        sources={step: (str(pair[0]), str(pair[1])) for step, pair in options.get("sources", {}).items()},
        rows=read_rows(rows),
        rounding=read_rounding(options.get("rounding", ()), source),
        marks=read_marks(options.get("marks", ()), source),
        attendance_lag=int(options.get("attendance_lag", 1)),
        **numbers,
    )


_OTHERS = ("acting", "components", "sources", "rounding", "marks", "attendance_lag", "hit")
_NUMBERS = ("performance_weight", "candidate_percent", "acting_percent")
