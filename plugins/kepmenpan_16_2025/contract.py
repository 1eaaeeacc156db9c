"""KepmenPANRB 16/2025: a contract of one year, evaluated in every quarter and for the year."""

from __future__ import annotations

from polars import Expr, lit, when

from selaras.regulation import Columns, Values, lookup, person_step

LAW = "KepmenPANRB 16/2025"


@person_step(article=LAW, label={"id": "Hari terakhir perjanjian kerja", "en": "Last day of the contract"}, kind="code")
def contract_until(person: Columns, p: Values) -> Expr:
    """The day before the same day one contract term later."""
    return person.contract_from.dt.offset_by(f"{p.contract_months}mo").dt.offset_by("-1d").dt.to_string("%Y-%m-%d")


@person_step(
    article=LAW,
    label={"id": "Triwulan yang belum dievaluasi", "en": "Quarters not yet evaluated"},
    unit="triwulan",
)
def quarters_missing(person: Columns, p: Values) -> Expr:
    missing: Expr = p.quarters - person.quarters_evaluated
    return missing


@person_step(
    article=LAW,
    label={"id": "Rekomendasi perjanjian kerja", "en": "Recommendation for the contract"},
    kind="code",
    certainty="assumed",
)
def contract_recommendation(person: Columns, p: Values) -> Expr:
    """A recommendation: the appointing official decides. While a quarter is not evaluated, that comes first."""
    is_incomplete = person.quarters_missing > 0
    return when(is_incomplete).then(lit("contract_incomplete")).otherwise(lookup(p.recommendation, person.outcome))


PERSON_STEPS = (contract_until, quarters_missing, contract_recommendation)
