"""Pure decisions of the console: which cells are too small to show, which quarter is due, how a list is arranged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

Item = TypeVar("Item")
LEAST = 5
PER_PAGE = 50


def suppressed(counts: Mapping[str, int], least: int = LEAST) -> dict[str, int | None]:
    """Counts of people with every cell below `least` hidden (None), and more where one would follow from the rest.

    Somebody who knows the total and this very rule still cannot tell the size of a small cell. Of fewer than twice
    `least` people nothing is shown. Nobody at all in a cell is no secret.
    """
    if sum(counts.values()) < 2 * least:
        return dict.fromkeys(counts)
    hidden = {code for code, people in counts.items() if 0 < people < least}
    larger = sorted({people for people in counts.values() if people >= least})
    if larger and _tells([counts[code] for code in hidden], least):
        # Every cell of that size: choosing among equal ones by anything else would tell which one is small.
        hidden |= {code for code, people in counts.items() if people == larger[0]}
    return {code: None if code in hidden else people for code, people in counts.items()}


def _tells(small: Sequence[int], least: int) -> bool:
    """Whether the sum of some hidden cells, each from 1 to `least` - 1, leaves only one possibility for each."""
    return bool(small) and (len(small) < 2 or sum(small) in (len(small), len(small) * (least - 1)))


def last_quarter(day: date) -> str:
    """The code of the last quarter that was over before `day`: the one that is closed now."""
    quarter = (day.month - 1) // 3
    return f"{day.year}-TW{quarter}" if quarter else f"{day.year - 1}-TW4"


@dataclass(frozen=True)
class Slice(Generic[Item]):
    """One page of a list: its items, its number from 1, how many pages and how many items there are."""

    items: Sequence[Item]
    number: int
    pages: int
    total: int


def page(items: Sequence[Item], number: int, size: int = PER_PAGE) -> Slice[Item]:
    """The page `number` of a list; one that lies outside is the nearest there is."""
    pages = max(1, -(-len(items) // size))
    chosen = min(max(1, number), pages)
    return Slice(items[(chosen - 1) * size : chosen * size], chosen, pages, len(items))
