"""Into which segments a period falls: by post, appraiser, standing and regulation, as the regulation wants it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from selaras.evaluation.segments import Held, Law, cut, several
from selaras.regulation import Segmentation

FIRST, LAST = date(2019, 1, 1), date(2019, 12, 31)
AFTER = LAST + timedelta(days=1)
PP46 = (Law("pp46_2011", FIRST, AFTER, ("pns", "cpns")),)
HALVES = (
    Law("pp46_2011", FIRST, date(2019, 7, 1), ("pns", "cpns")),
    Law("pp30_2019", date(2019, 7, 1), AFTER, ("pns", "cpns")),
)


def frame(rows: list[dict[str, Any]], **more: Any) -> pl.DataFrame:
    schema = {"person": pl.String, "starts": pl.Date, "until": pl.Date, **more}
    filled = [{"person": "a", "starts": FIRST, "until": AFTER, **row} for row in rows]
    return pl.DataFrame(filled, schema=schema)


def post(**row: Any) -> dict[str, Any]:
    given = {"unit_id": "u1", "position_id": "p1", "employment": "pns", "legal_status": "01", "job_class": 7}
    return {**given, **row}


def line(superior: str, since: date = date(2015, 1, 1), **row: Any) -> dict[str, Any]:
    return {"superior_id": superior, "since": since, **row}


def held(
    posts: list[dict[str, Any]],
    lines: list[dict[str, Any]] | None = None,
    acting: list[dict[str, Any]] | None = None,
    closed: list[dict[str, Any]] | None = None,
) -> Held:
    words = dict.fromkeys(("unit_id", "position_id", "employment", "legal_status"), pl.String)
    return Held(
        frame(posts, **words, job_class=pl.Int32),
        frame([line("x")] if lines is None else lines, superior_id=pl.String, since=pl.Date),
        frame(acting or []),
        frame(closed or [], period_id=pl.String),
    )


def cuts(given: Held, law: tuple[Law, ...] = PP46, **how: Any) -> list[tuple[Any, ...]]:
    """(first day, last day, cause, appraiser, evaluated) of each segment."""
    found = cut(given, FIRST, LAST, law, Segmentation(**how))
    columns = found.select("starts", "ends", "cause", "appraiser_id", "evaluated").rows()
    return [(f"{starts:%m-%d}", f"{ends:%m-%d}", *rest) for starts, ends, *rest in columns]


MOVED = [post(until=date(2019, 7, 1)), post(starts=date(2019, 7, 1), unit_id="u2", position_id="p2")]


def test_a_year_on_which_nothing_changes_is_one_plain_whole() -> None:
    given = held([post()])
    assert cuts(given) == [("01-01", "12-31", "start", "x", True)]
    assert several(cut(given, FIRST, LAST, PP46, Segmentation()), LAST, "pp46_2011").is_empty()


def test_a_move_divides_the_year_between_two_appraisers() -> None:
    lines = [line("x", until=date(2019, 7, 1)), line("y", date(2019, 7, 1), starts=date(2019, 7, 1))]
    assert cuts(held(MOVED, lines)) == [("01-01", "06-30", "start", "x", True), ("07-01", "12-31", "move", "y", True)]


def test_a_higher_class_is_a_promotion() -> None:
    higher = [MOVED[0], {**MOVED[1], "job_class": 9}]
    assert [segment[2] for segment in cuts(held(higher))] == ["start", "promotion"]
    assert [segment[2] for segment in cuts(held(higher), causes=("move",))] == ["start", "move"]
    assert cuts(held(higher), causes=()) == [("01-01", "12-31", "start", "x", True)]


@pytest.mark.parametrize(("months", "appraisers"), [(0, ["x", "y"]), (1, ["x"]), (6, ["x"])])
def test_a_new_appraiser_of_three_weeks_leaves_it_to_the_one_before(months: int, appraisers: list[str]) -> None:
    late = date(2019, 12, 11)
    lines = [line("x", until=late), line("y", late, starts=late)]
    found = cuts(held([post()], lines), supervision_months=months)
    assert [segment[3] for segment in found] == appraisers
    kept = several(cut(held([post()], lines), FIRST, LAST, PP46, Segmentation(supervision_months=1)), LAST, "pp46_2011")
    # Not the superior of the last day: so the row must say who rates.
    assert kept.select("number", "ends", "appraiser_id").rows() == [(1, LAST, "x")]


def test_whoever_moves_for_the_last_weeks_is_rated_by_the_earlier_appraiser_where_they_were_long_enough() -> None:
    late = date(2019, 12, 11)
    moved = [post(until=late), post(starts=late, unit_id="u2", position_id="p2")]
    lines = [line("x", until=late), line("y", late, starts=late)]
    assert cuts(held(moved, lines), supervision_months=1) == [("01-01", "12-31", "start", "x", True)]
    assert cut(held(moved, lines), FIRST, LAST, PP46, Segmentation(supervision_months=1))["unit_id"].to_list() == ["u2"]


def test_supervision_counts_from_before_the_period() -> None:
    early = date(2019, 1, 15)
    lines = [line("x", until=early), line("y", early, starts=early)]
    assert [segment[3] for segment in cuts(held([post()], lines), supervision_months=1)] == ["x", "y"]
    fresh = [line("x", date(2019, 1, 1), until=early), line("y", early, starts=early)]
    assert [segment[3] for segment in cuts(held([post()], fresh), supervision_months=1)] == ["y"]


def test_a_vacant_superior_divides_nothing() -> None:
    lines = [line("x", until=date(2019, 3, 1)), line("x", starts=date(2019, 9, 1))]
    assert cuts(held([post()], lines)) == [("01-01", "12-31", "start", "x", True)]
    assert cuts(held([post()], [])) == [("01-01", "12-31", "start", None, True)]


def test_leave_and_study_are_segments_without_an_outcome() -> None:
    days = [date(2019, 3, 1), date(2019, 5, 1), date(2019, 9, 1)]
    posts = [
        post(until=days[0]),
        post(starts=days[0], until=days[1], legal_status="02"),
        post(starts=days[1], until=days[2]),
        post(starts=days[2], legal_status="03"),
    ]
    assert [(segment[2], segment[4]) for segment in cuts(held(posts))] == [
        ("start", True),
        ("leave", False),
        ("return", True),
        ("study", False),
    ]


def test_a_post_that_ends_ends_the_person_s_period() -> None:
    left = held([post(until=date(2019, 5, 1))])
    found = several(cut(left, FIRST, LAST, PP46, Segmentation()), LAST, "pp46_2011")
    assert found.select("ends", "ended").rows() == [(date(2019, 4, 30), "departure")]
    pensioned = held([post(until=date(2019, 5, 1)), post(starts=date(2019, 5, 1), legal_status="99")])
    found = several(cut(pensioned, FIRST, LAST, PP46, Segmentation()), LAST, "pp46_2011")
    assert found.select("ends", "ended", "evaluated").rows() == [(date(2019, 4, 30), "retirement", True)]


def test_acting_in_another_post_begins_and_ends_a_segment() -> None:
    acting = [{"starts": date(2019, 2, 1), "until": date(2019, 8, 1)}]
    assert [segment[2] for segment in cuts(held([post()], acting=acting))] == ["start", "acting", "return"]
    assert [segment[2] for segment in cuts(held([post()], acting=acting), causes=("return",))] == ["start"]


def test_a_year_of_two_regulations_has_two_halves() -> None:
    given = held([post()])
    assert cuts(given, HALVES) == [
        ("01-01", "06-30", "start", "x", True),
        ("07-01", "12-31", "regulation_change", "x", True),
    ]
    found = cut(given, FIRST, LAST, HALVES, Segmentation())
    assert found["regulation"].to_list() == ["pp46_2011", "pp30_2019"]


def test_whom_no_regulation_covers_has_no_segments() -> None:
    contracted = held([post(employment="pppk")])
    assert several(cut(contracted, FIRST, LAST, HALVES, Segmentation()), LAST, "pp30_2019").is_empty()


def test_a_closed_half_stands_for_all_that_happened_in_it() -> None:
    moved = [post(until=date(2019, 4, 1)), post(starts=date(2019, 4, 1), unit_id="u2", position_id="p2")]
    closed = [{"until": date(2019, 7, 1), "period_id": "s1"}]
    found = cut(held(moved, closed=closed), FIRST, LAST, HALVES, Segmentation())
    assert found.select("starts", "ends", "cause", "source_period_id").rows() == [
        (FIRST, date(2019, 6, 30), "start", "s1"),
        (date(2019, 7, 1), LAST, "regulation_change", None),
    ]


def test_people_do_not_mingle() -> None:
    other = held([*MOVED, post(person="b")], [line("x"), line("x", person="b")])
    found = cut(other, FIRST, LAST, PP46, Segmentation()).sort("person", "number")
    assert found.select("person", "number").rows() == [("a", 1), ("a", 2), ("b", 1)]
    assert several(found, LAST, "pp46_2011")["person"].unique().to_list() == ["a"]
