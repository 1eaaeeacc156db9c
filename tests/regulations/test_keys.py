"""Keys of rows: repeated ones are found in short and long frames, in order or not, and empty ones too."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from selaras.errors import Invalid
from selaras.regulation import load_registry

RULES = load_registry().rules("permenpan_6_2022", on=date(2026, 6, 30))
LONG = 3_000
ASCENDING: list[str | None] = [f"{number:06}" for number in range(LONG)]


def people(keys: list[str | None]) -> pl.DataFrame:
    rated = pl.lit("sesuai")
    frame = pl.DataFrame({"person": keys}, schema={"person": pl.String})
    return frame.with_columns(rating_hasil_kerja=rated, rating_perilaku=rated)


@pytest.mark.parametrize("keys", [ASCENDING, ASCENDING[::-1], [*ASCENDING[5:], *ASCENDING[:5]], [*ASCENDING[1:], None]])
def test_different_keys_are_taken_in_any_order(keys: list[str | None]) -> None:
    assert RULES.appraise(people(keys)).outcomes.height == LONG


@pytest.mark.parametrize(
    "keys",
    [
        ["1", "1"],
        [None, None],
        [*ASCENDING, ASCENDING[-1]],
        [*ASCENDING, ASCENDING[0]],
        [*ASCENDING[::-1], ASCENDING[7]],
        [None, *ASCENDING, None],
        [None, None, *ASCENDING],
        [*ASCENDING, None, None],
    ],
    ids=["short", "short-empty", "last-twice", "first-again", "backwards", "empty-ends", "empty-first", "empty-last"],
)
def test_repeated_keys_are_refused(keys: list[str | None]) -> None:
    with pytest.raises(Invalid, match="appears more than once"):
        RULES.appraise(people(keys))


@pytest.mark.parametrize("size", [3, LONG])
def test_an_item_belongs_to_its_person(size: int) -> None:
    rules = load_registry().rules("pp46_2011", on=date(2019, 12, 31))
    cells = {column.name: pl.Series([1.0] * size) for column in rules.item_columns}
    own = pl.DataFrame({"person": ASCENDING[:size], "item": ["1"] * size, **cells})
    assert rules.score_items(own).height == size
    with pytest.raises(Invalid, match="The same person \\+ item appears more than once"):
        rules.score_items(pl.concat([own, own.tail(1)]))
