"""PP 10/1979 against a plain reading of it, what the platform sees of it, and what a promotion then demands."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selaras.errors import Invalid
from selaras.regulation import Registry, load_registry

RULES = load_registry().rules("pp10_1979", on=date(2012, 12, 31))
PROMOTION = load_registry().rules("pp99_2000", on=date(2012, 12, 31))
SEVEN = ("kesetiaan", "prestasi_kerja", "tanggung_jawab", "ketaatan", "kejujuran", "kerja_sama", "prakarsa")

person = st.fixed_dictionaries(
    {
        "golongan": st.sampled_from(("I/c", "I/d", "II/a", "II/b", "III/d", "IV/e")),
        "holds_post": st.booleans(),
        **dict.fromkeys(SEVEN, st.one_of(st.integers(0, 100), st.sampled_from((50, 51, 60, 61, 75, 76, 90, 91)))),
        "kepemimpinan": st.one_of(st.none(), st.integers(0, 100)),
    }
)


def appraised(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    people = pl.DataFrame([{"person": str(n), **row} for n, row in enumerate(rows)], infer_schema_length=None)
    return RULES.appraise(people).person_steps.to_dicts()


def plain_reading(row: dict[str, Any]) -> tuple[Fraction | None, str | None]:
    """Mean and label in whole numbers and fractions, without any of the engine."""
    leads = row["holds_post"] and not row["golongan"].startswith("I/")
    values = [row[name] for name in SEVEN] + ([row["kepemimpinan"]] if leads else [])
    if None in values:
        return None, None
    mean = Fraction(sum(values), len(values))
    whole = -((-2 * mean + 1) // 2)  # to the nearest whole number, a half falls
    limits = ((91, "amat_baik"), (76, "baik"), (61, "cukup"), (51, "sedang"))
    return mean, next((label for limit, label in limits if whole >= limit), "kurang")


@settings(max_examples=150, deadline=None)
@given(st.lists(person, min_size=1, max_size=8))
def test_it_is_what_the_decree_says(rows: list[dict[str, Any]]) -> None:
    for row, found in zip(rows, appraised(*rows), strict=True):
        mean, label = plain_reading(row)
        assert found["sebutan"] == label
        assert found["elements_mean"] == (None if mean is None else pytest.approx(float(mean)))


def test_leadership_that_does_not_count_is_never_a_zero() -> None:
    row = {**dict.fromkeys(SEVEN, 80), "golongan": "I/d", "holds_post": True}
    given_anyway, left_empty = appraised({**row, "kepemimpinan": 0}, {**row, "kepemimpinan": None})
    assert (given_anyway["elements_mean"], left_empty["elements_mean"]) == (80, 80)
    assert given_anyway["leadership_rule"] == "diisi_tetapi_tidak_berlaku"
    assert given_anyway["kepemimpinan_sebutan"] is None


def test_files_must_state_rank_and_post() -> None:
    people = pl.DataFrame({"person": ["1"], **{name: ["80"] for name in SEVEN}})
    missing = {problem.column for problem in RULES.validate(people)}
    assert missing == {"golongan", "holds_post"}


def test_the_receipt_names_the_articles() -> None:
    receipt = RULES.receipt({**dict.fromkeys(SEVEN, 80), "golongan": "III/a", "holds_post": True, "kepemimpinan": 88})
    assert (receipt.outcome, receipt.score) == ("baik", 81)
    articles = {line.step: line.article for line in receipt.lines}
    assert articles["kepemimpinan_sebutan"] == articles["sebutan"] == "PP 10/1979 Ps 5 ayat (1)"
    assert articles["leadership_rule"] == "PP 10/1979 Ps 4 ayat (3)"


def test_time_coverage_period_and_objection(registry: Registry) -> None:
    assert RULES.periods == ("year",)
    assert (RULES.covers("pns"), RULES.covers("pppk")) == (True, False)
    assert RULES.deadline("appraisal", date(2012, 12, 31)) == date(2012, 12, 31)
    assert RULES.objection_until(date(2013, 1, 15)) == date(2013, 1, 29)
    assert RULES.values.confidential is True
    for day in (date(1979, 12, 31), date(2014, 1, 1)):
        with pytest.raises(Invalid, match="not in force"):
            registry.rules("pp10_1979", on=day)


years = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(("sangat_baik", "baik", "cukup", "kurang", None))),
    max_size=4,
    unique_by=lambda year: year[0],
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(("reguler", "jf", "penyesuaian_ijazah")), years)
def test_a_promotion_looks_at_the_last_years(kind: str, past: list[tuple[int, str | None]]) -> None:
    people = pl.DataFrame({"person": ["1"], "jenis_kenaikan": [kind]})
    rows = [{"person": "1", "item": str(back), "year_back": back, "predikat": predikat} for back, predikat in past]
    items = pl.DataFrame(rows, schema={"person": str, "item": str, "year_back": int, "predikat": str})
    needed = 1 if kind == "penyesuaian_ijazah" else 2
    looked_at = [dict(past).get(back) for back in range(1, needed + 1)]
    if any(predikat in ("cukup", "kurang") for predikat in looked_at):
        expected = "belum"
    else:
        expected = None if None in looked_at else "ya"
    assert PROMOTION.appraise(people, items).person_steps.item(0, "results_suffice") == expected
