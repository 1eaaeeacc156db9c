"""The remuneration kit by itself: two kinds that stay apart, bands, months, schemes; and the books built on it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from remunerasi import books
from selaras.errors import DomainError, Invalid
from selaras.regulation import Registry, load_registry
from selaras.regulation.kit import (
    KINDS,
    SHAPES,
    Tpp,
    Tukin,
    banded,
    less,
    minute_of_day,
    month_code,
    month_index,
    quarter_start,
    read_scheme,
    refuse_wrong_kind,
    total,
)
from selaras.regulation.purity import impurities

ON = date(2026, 6, 30)
BOOKS = [code for code in load_registry().codes("remuneration") if code.startswith("remun_")]
PERCENTS = {"a": 100, "b": 80, "c": 0}


def value(expr: pl.Expr, **columns: object) -> object:
    return pl.DataFrame({name: [one] for name, one in columns.items()}).select(expr.alias("found")).item()


# --- the two kinds


def test_the_two_kinds_of_pay_are_never_added() -> None:
    assert Tukin(Decimal(1)) + Tukin(Decimal(2)) == Tukin(Decimal(3))
    assert total(Tpp, [Tpp(Decimal(1)), Tpp(Decimal(2))]) == Tpp(Decimal(3))
    for mixed in (lambda: Tukin(Decimal(1)) + Tpp(Decimal(1)), lambda: total(Tpp, [Tukin(Decimal(1))])):  # type: ignore[list-item]  # wrong on purpose
        with pytest.raises(Invalid, match="are not added together"):
            mixed()
    with pytest.raises(Invalid, match="are not added together"):
        Tpp(Decimal(1)) + 5  # type: ignore[operator]  # wrong on purpose, or known better here


@pytest.mark.parametrize(
    ("kind", "shape", "regional", "problem"),
    [
        ("tukin", "components", None, "is for tpp, not for tukin"),
        ("tpp", "weighted", None, "is for tukin, not for tpp"),
        ("tpp", "score_engine", None, "is for tukin, not for tpp"),
        ("tpp", "quarter_to_next_quarter", False, "not this agency's to pay"),
        ("tukin", "quarter_to_next_quarter", True, "not this agency's to pay"),
        ("wage", "quarter_to_next_quarter", None, "no scheme of the kind wage"),
        ("tpp", "circle", None, "the shape circle"),
    ],
)
def test_a_shape_or_kind_of_the_other_government_is_refused(
    kind: str, shape: str, regional: bool | None, problem: str
) -> None:
    with pytest.raises(Invalid, match=problem):
        refuse_wrong_kind(kind, shape, regional=regional)


def test_every_shape_has_a_kind_and_every_book_a_shape() -> None:
    assert set().union(*SHAPES.values()) == set(KINDS)
    found = {load_registry().loaded(code).plugin.shape for code in BOOKS}  # type: ignore[attr-defined]  # there, or the test fails
    # The sixth, the score engine, is an agency's code: it has a rulebook of its own.
    assert found == set(SHAPES) - {"score_engine"}
    assert "kmk_127_2026" in load_registry().codes("remuneration")


def test_a_book_of_one_kind_cannot_use_parts_of_the_other(tmp_path: Path) -> None:
    (tmp_path / "skema.yaml").write_text(
        "kind: tpp\nshape: quarter_to_next_quarter\nparts: {payment: {article: x, certainty: assumed}}\n"
    )
    with pytest.raises(Invalid, match="not for tpp"):
        books.Book(tmp_path)


# --- expressions


@given(some.integers(-5, 300))
@settings(deadline=None)
def test_a_band_ends_where_the_next_begins(minute: int) -> None:
    bands = [[1, 0.5], [31, 1], [61, 1.5], [91, 2]]
    want = 0.0 if minute < 1 else 0.5 if minute < 31 else 1.0 if minute < 61 else 1.5 if minute < 91 else 2.0
    assert value(banded(pl.col("m"), bands, below=0.0), m=minute) == want


def test_a_value_that_is_missing_or_below_all_bands_says_so() -> None:
    missing = pl.DataFrame({"m": [None, 0.5]}, schema={"m": pl.Float64})
    found = missing.select(banded(pl.col("m"), [[1, 7]], empty=9.0).alias("x"))["x"].to_list()
    assert found == [9.0, None]


@pytest.mark.parametrize(
    ("clock", "minute"),
    [
        ("00:00", 0), ("09:30", 570), ("9.30", 570), (" 09:30:59 ", 570), ("23:59", 1439),
        ("24:00", None), ("09:60", None), ("930", None), ("", None), ("pagi", None),
    ],
)  # fmt: skip
def test_a_clock_time_is_read_in_the_ways_people_write_it(clock: str, minute: int | None) -> None:
    assert value(minute_of_day(pl.col("t")), t=clock) == minute


@given(some.integers(2000, 2100), some.integers(1, 4), some.integers(0, 30))
@settings(deadline=None)
def test_months_go_on_over_the_year(year: int, quarter: int, later: int) -> None:
    found = value(month_code(quarter_start(pl.col("y"), pl.col("q")) + later), y=year, q=quarter)
    month = (quarter - 1) * 3 + later
    assert found == f"{year + month // 12}-{month % 12 + 1:02}"
    assert value(month_index(pl.col("y"), pl.col("m")), y=year, m=quarter) == year * 12 + quarter - 1


def test_deductions_never_take_more_than_there_is() -> None:
    assert value(less(pl.col("a"), pl.lit(60), pl.lit(70)), a=100.0) == 0
    assert value(less(pl.col("a"), pl.lit(2.5), pl.lit(5)), a=1000.0) == 925


# --- schemes


@given(some.integers(0, 10**9), some.floats(0, 100), some.booleans())
@settings(max_examples=60, deadline=None)
def test_more_attendance_never_pays_less_and_nothing_is_lost(base: int, attendance: float, candidate: bool) -> None:
    options = {"performance_weight": 60, "candidate_percent": 80, "components": {"x": 25, "y": 75}}
    scheme = read_scheme("tpp", "components", PERCENTS, "test", "assumed", options)
    facts = pl.DataFrame(
        {"outcome": list(PERCENTS), "base": [base] * 3, "candidate": [candidate] * 3, "acting_base": [None] * 3},
        schema_overrides={"acting_base": pl.Float64},
    )
    low = scheme.apply(facts.with_columns(attendance=pl.lit(attendance)))
    full = scheme.apply(facts.with_columns(attendance=pl.lit(None, dtype=pl.Float64)))
    assert (low["amount"] <= full["amount"]).all()
    assert low["amount"].is_sorted(descending=True)
    assert not low["amount"].is_nan().any()
    whole = scheme.apply(facts.reverse().with_columns(attendance=pl.lit(attendance)))
    assert whole["amount"].to_list() == low["amount"].reverse().to_list()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"weather": 3}, "weather is unknown"),
        ({"acting": "both"}, "acting is none of"),
        ({"candidate_percent": 120}, "a share is not from 0 to 100"),
        ({"components": {"x": 50, "y": 40}}, "do not add up to 100"),
    ],
)
def test_an_option_that_cannot_be_is_refused(options: dict[str, object], problem: str) -> None:
    with pytest.raises(Invalid, match=problem):
        read_scheme("tpp", "components", PERCENTS, "test", "assumed", options)


def test_an_outcome_without_a_percent_pays_nothing_that_is_known() -> None:
    scheme = read_scheme("tukin", "quarter_to_next_quarter", PERCENTS, "test", "assumed", {})
    assert scheme.explain({"outcome": "z", "base": 100})[-1].value is None


# --- books


@pytest.mark.parametrize("code", BOOKS)
def test_a_book_says_where_each_number_and_step_stands(code: str) -> None:
    loaded = load_registry().loaded(code)
    for parameter in loaded.parameters:
        for one in parameter.values:
            assert one.source.article
            if "assumed" in one.source.certainty:
                assert one.source.note, f"{code}: {parameter.name} is assumed and does not say why"
    rules = load_registry().rules(code, on=loaded.identity.in_force.start)
    assert rules.subject == "remuneration"
    assert all(step.article for step in (*rules.item_steps, *rules.person_steps))


def test_the_catalogue_is_pure() -> None:
    assert impurities(books.SHARED) == []


def test_a_regulation_that_ended_is_not_applied_afterwards(registry: Registry) -> None:
    """The ministry was split in October 2024: its rule holds up to then, and only then."""
    assert registry.rules("remun_klhk", on=date(2024, 10, 20)).code == "remun_klhk"
    for day in (date(2024, 10, 21), date(2025, 1, 1)):
        with pytest.raises(DomainError, match="not in force"):
            registry.rules("remun_klhk", on=day)


def test_a_gap_stays_empty_and_says_so(registry: Registry) -> None:
    rules = registry.rules("remun_kemendikdasmen", on=ON)
    receipt = rules.receipt({"tahun_dinilai": 2026, "triwulan_dinilai": 4, "predikat": "kurang", "hari_alpa": 0})
    values = {line.step: line.value for line in receipt.lines}
    assert values["potongan_persen"] is None
    assert values["bulan_1"] == "2027-01"
    assert "not found" in rules.parameters_in_force["potongan_predikat"]["note"]
    conflict = registry.rules("remun_kemenkeu", on=ON).parameters_in_force["potongan_alpa_sehari"]
    assert conflict["certainty"] == "assumed"
    assert conflict["conflict"]


def test_a_misspelt_predikat_is_refused(registry: Registry) -> None:
    rules = registry.rules("remun_kemlu", on=ON)
    people = pl.DataFrame(
        {
            "person": ["1"],
            "tahun_dinilai": [2026],
            "triwulan_dinilai": [1],
            "predikat": ["cukup"],
            "tukin_kelas_jabatan": [1],
        }
    )
    assert [one.column for one in rules.validate(people)] == ["predikat"]
