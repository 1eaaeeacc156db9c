"""Decision tables of pay: what the checks say is what the table does, and marks take off what their scale says."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selaras.errors import Invalid
from selaras.regulation.kit import (
    DecisionRow,
    RoundingStep,
    check_rounding,
    check_rows,
    read_marks,
    read_scheme,
    weighed,
)

OUTCOMES = ("baik", "kurang")
CLASSES = (1, 2, 3)

bound = st.none() | st.sampled_from([0.0, 50.0, 90.0, 100.0])
rows_of = st.lists(
    st.builds(
        DecisionRow,
        percent=st.sampled_from([0.0, 50.0, 100.0]),
        outcome=st.sampled_from([None, *OUTCOMES]),
        class_from=st.none() | st.integers(1, 3),
        class_to=st.none() | st.integers(1, 3),
        attendance_from=bound,
        attendance_below=bound,
    ),
    max_size=5,
)


def brute(rows: list[DecisionRow]) -> dict[tuple[str, int, float], list[int]]:
    """Case → the rows that fit it, over attendance in halves."""
    return {
        (outcome, job_class, half / 2): [n for n, row in enumerate(rows, 1) if row.holds(outcome, job_class, half / 2)]
        for outcome in OUTCOMES
        for job_class in CLASSES
        for half in range(201)
    }


@settings(max_examples=60, deadline=None)
@given(rows_of)
def test_checks_find_exactly_the_gaps_overlaps_and_unreachable_rows(rows: list[DecisionRow]) -> None:
    found = check_rows(rows, OUTCOMES, CLASSES, "unique")
    if any(one.code == "range_reversed" for one in found):
        return
    cases = brute(rows)
    assert any(one.code == "gap" for one in found) == any(not fitting for fitting in cases.values())
    differing = {
        (fitting[0], other)
        for fitting in cases.values()
        for other in fitting[1:]
        if rows[other - 1].percent != rows[fitting[0] - 1].percent
    }
    assert {one.rows for one in found if one.code == "overlap"} == differing
    reached = {fitting[0] for fitting in cases.values() if fitting}
    unreached = {n for n in range(1, len(rows) + 1)} - reached
    assert {one.rows[0] for one in found if one.code == "unreachable"} == unreached


@settings(max_examples=40, deadline=None)
@given(rows_of)
def test_a_sound_table_pays_everybody_the_percent_of_the_first_row(rows: list[DecisionRow]) -> None:
    stored = [{name: getattr(row, name) for name in DecisionRow.__dataclass_fields__} for row in rows]
    scheme = read_scheme(
        "tpp", "components", {}, "Uji", "sample", {"performance_weight": 60}, stored or [{"percent": 1}]
    )
    cases = list(brute(rows).items())
    facts = pl.DataFrame(
        [{"outcome": o, "job_class": c, "attendance": a, "base": 1_000_000.0} for (o, c, a), _ in cases]
    )
    paid = scheme.apply(facts)["performance"].to_list()
    if rows:
        assert paid == [rows[fitting[0] - 1].percent if fitting else None for _, fitting in cases]


def test_what_is_wrong_is_named_by_row() -> None:
    rows = [DecisionRow(100.0, "baik"), DecisionRow(90.0, "baik", 2, 2), DecisionRow(50.0, "hebat"),
            DecisionRow(250.0, "kurang", 3, 1)]  # fmt: skip
    found = {(one.code, one.rows) for one in check_rows(rows, OUTCOMES, CLASSES, "unique")}
    assert {("overlap", (1, 2)), ("unreachable", (2,)), ("outcome_unknown", (3,)), ("range_reversed", (4,)),
            ("percent_outside", (4,)), ("gap", ())} <= found  # fmt: skip
    gap = next(one for one in check_rows(rows, OUTCOMES, CLASSES, "first") if one.code == "gap")
    assert (gap.params["outcome"], gap.params["classes"]) == ("kurang", "1–3")
    assert all(
        one.severity == "note" for one in check_rows(rows[:2], ["baik"], CLASSES, "first") if one.code == "overlap"
    )


def test_rounding_has_an_order() -> None:
    def codes(*steps: RoundingStep, components: bool = False) -> list[str]:
        return [one.code for one in check_rounding(steps, components=components)]

    assert codes(RoundingStep("percent", 2), RoundingStep("amount", 0)) == []
    assert codes(RoundingStep("amount", 0), RoundingStep("percent", 2)) == ["rounding_order"]
    assert codes(RoundingStep("percent", 2)) == ["rounding_missing"]
    assert codes(RoundingStep("component", -2), RoundingStep("amount", 0), components=True) == ["rounding_idle"]
    with pytest.raises(Invalid, match="cannot round amount to 2 decimals"):
        read_scheme("tpp", "components", {}, "Uji", "sample", {"rounding": [{"step": "amount", "digits": 2}]})


def test_rounding_changes_the_amount_as_stated() -> None:
    options = {
        "components": {"a": 33.3, "b": 66.7},
        "rounding": [{"step": "percent", "digits": 0}, {"step": "amount", "digits": -3, "mode": "down"}],
    }
    scheme = read_scheme("tpp", "components", {"baik": 82.5}, "Uji", "sample", options)
    paid = scheme.apply(pl.DataFrame({"outcome": ["baik"], "base": [1_234_567.0]})).row(0, named=True)
    assert (paid["percent"], paid["amount"]) == (83.0, 1_024_000.0)  # 1,024,690.61 down to thousands


MARKS = [
    {"code": "TL1", "group": "attendance", "percent": 0.5},
    {"code": "TK", "group": "attendance", "percent": 5},
    {"code": "CS", "group": "leave", "percent": 0},
    {"code": "CS", "group": "leave", "percent": 2.5, "since": 3},
    {"code": "HD", "group": "discipline", "percent": 25},
]


def test_marks_take_off_by_their_scale() -> None:
    counts = pl.DataFrame(
        [("a", "TL1", 4.0), ("a", "TK", 1.0), ("a", "CS", 5.0), ("b", "HD", 1.0), ("c", "TK", 40.0),
         ("d", "KEHADIRAN", 92.5), ("d", "TL1", 1.0), ("e", "CS", 2.0), ("e", "???", 9.0)],
        schema=["person_id", "code", "count"], orient="row",
    )  # fmt: skip
    found = {one["person_id"]: (one["attendance"], one["taken_off"])
             for one in weighed(counts, read_marks(MARKS, "Uji")).iter_rows(named=True)}  # fmt: skip
    assert found == {"a": (93.0, 7.5), "b": (100.0, 25.0), "c": (0.0, 0.0), "d": (92.0, 0.0), "e": (100.0, 0.0)}
    for wrong in (
        {"code": "TL1", "group": "leave", "percent": 1, "since": 2},
        {"code": "X", "group": "else", "percent": 1},
        {"code": "X", "group": "leave", "percent": 101},
        {"code": "KEHADIRAN", "group": "leave", "percent": 1},
    ):
        with pytest.raises(Invalid, match="The marks of Uji"):
            read_marks([*MARKS, wrong], "Uji")


def test_leave_and_discipline_are_taken_off_the_pay_and_attendance_off_its_part() -> None:
    scheme = read_scheme("tpp", "components", {"baik": 90}, "Uji", "sample", {"performance_weight": 60})
    facts = pl.DataFrame({"outcome": ["baik"], "base": [1_000_000.0], "attendance": [80.0], "taken_off": [25.0]})
    assert scheme.apply(facts).row(0, named=True)["amount"] == 645_000  # (54 + 32) % of the base, less a quarter
    lines = {line.step: line.value for line in scheme.explain(facts.row(0, named=True))}
    assert (lines["attendance_used"], lines["taken_off_used"], lines["amount"]) == (80.0, 25.0, 645_000.0)
    month = read_scheme("tukin", "monthly_deduction", {"baik": 10}, "Uji", "sample", {})
    assert month.apply(facts).row(0, named=True)["percent"] == 52.5  # (100 − 10 − 20) less a quarter
