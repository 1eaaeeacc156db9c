"""PP 30/2019 (penghargaan): what the results of the last years make a person a candidate for."""

from __future__ import annotations

from polars import Expr, lit, when

from selaras.regulation import Columns, ItemAggregates, Values, item_step, person_step

LAW = "PP 30/2019 (penghargaan)"


def _counted(item: Columns, outcomes: list[str], years: int) -> Expr:
    counts = item.predikat_then.is_in(outcomes) & (item.year_back <= years)
    return when(counts).then(1.0).otherwise(0.0)


def _said(years: Expr, needed: int) -> Expr:
    return when(years.fill_null(0) >= needed).then(lit("ya")).otherwise(lit("tidak"))


@item_step(article=LAW, label={"id": "Tahun untuk suksesi", "en": "Year towards succession"}, certainty="assumed")
def succession_year(item: Columns, p: Values) -> Expr:
    """1 for a year whose outcome counts. Assumed: which years count was read in quotations only."""
    return _counted(item, p.succession_outcomes, p.succession_years)


@item_step(article=LAW, label={"id": "Tahun untuk pengembangan", "en": "Year towards development"}, certainty="assumed")
def development_year(item: Columns, p: Values) -> Expr:
    """1 for a year whose outcome counts. Assumed: which years count was read in quotations only."""
    return _counted(item, p.development_outcomes, p.development_years)


@item_step(article=LAW, label={"id": "Tahun untuk KPLB", "en": "Year towards KPLB"}, certainty="assumed")
def accelerated_year(item: Columns, p: Values) -> Expr:
    """1 for a year whose outcome counts. Assumed: which years count was read in quotations only."""
    return _counted(item, p.accelerated_outcomes, p.accelerated_years)


@person_step(
    article=LAW,
    label={"id": "Prioritas kelompok suksesi", "en": "Priority for the succession group"},
    kind="code",
    certainty="assumed",
)
def succession_priority(items: ItemAggregates, p: Values) -> Expr:
    """Enough years with such an outcome. Assumed: a priority to be weighed by the officials, never automatic."""
    return _said(items.succession_year.sum(), p.succession_years)


@person_step(
    article=LAW,
    label={"id": "Prioritas pengembangan kompetensi", "en": "Priority for competence development"},
    kind="code",
    certainty="assumed",
)
def development_priority(items: ItemAggregates, p: Values) -> Expr:
    """Enough years with such an outcome. Assumed: a priority to be weighed by the officials, never automatic."""
    return _said(items.development_year.sum(), p.development_years)


@person_step(
    article=LAW,
    label={"id": "Calon kenaikan pangkat istimewa (KPLB)", "en": "Candidate for an accelerated promotion (KPLB)"},
    kind="code",
    certainty="assumed",
)
def accelerated_candidate(items: ItemAggregates, p: Values) -> Expr:
    """A candidate only: the authorised official proposes, the appointing official decides."""
    return _said(items.accelerated_year.sum(), p.accelerated_years)


ITEM_STEPS = (succession_year, development_year, accelerated_year)
REWARD_STEPS = (succession_priority, development_priority, accelerated_candidate)
