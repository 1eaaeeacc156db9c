"""Small cells stay hidden, whatever else is told; quarters and pages are counted right."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selaras_admin.rules import LEAST, last_quarter, page, suppressed

COUNTS = st.dictionaries(st.sampled_from(["sb", "b", "bp", "k", "sk"]), st.integers(0, 40), min_size=1)


@given(COUNTS)
def test_no_cell_of_less_than_five_people_is_shown(counts):
    shown = suppressed(counts)
    assert shown.keys() == counts.keys()
    assert all(people is None or people == counts[code] for code, people in shown.items())
    assert all(people is None or people == 0 or people >= LEAST for people in shown.values())


@given(COUNTS)
def test_nothing_is_hidden_without_need(counts):
    if all(people == 0 or people >= LEAST for people in counts.values()) and sum(counts.values()) >= 2 * LEAST:
        assert suppressed(counts) == counts


def _alike(counts):
    """Every distribution of as many people that looks the same once it is suppressed."""
    shown, total = suppressed(counts), sum(counts.values())
    for first in itertools.product(range(total + 1), repeat=len(counts) - 1):
        if sum(first) <= total:
            other = dict(zip(counts, (*first, total - sum(first)), strict=True))
            if suppressed(other) == shown:
                yield other


@pytest.mark.parametrize(
    "people", [(4, 4, 5), (5, 5, 4), (4, 4, 4), (1, 4, 5), (1, 1, 40), (4, 4, 20), (1, 5, 5), (2, 9, 9), (0, 4, 7)]
)
def test_the_hard_cases_keep_their_secret(people):
    _keeps_its_secret(dict(zip("abc", people, strict=True)))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=3, max_size=4))
def test_somebody_who_knows_the_method_and_the_total_cannot_undo_it(people):
    _keeps_its_secret(dict(zip("abcd", people, strict=False)))


def _keeps_its_secret(counts):
    alike = list(_alike(counts))
    assert counts in alike
    for code in counts:
        if 0 < counts[code] < LEAST:
            assert len({other[code] for other in alike}) > 1, code


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 11, 22), "2026-TW3"),
        (date(2026, 1, 1), "2025-TW4"),
        (date(2026, 3, 31), "2025-TW4"),
        (date(2026, 4, 1), "2026-TW1"),
        (date(2026, 10, 1), "2026-TW3"),
    ],
)
def test_the_quarter_that_is_due_is_the_last_one_that_is_over(day, code):
    assert last_quarter(day) == code


def test_a_page_outside_is_the_nearest_there_is():
    assert page([], 3).pages == 1
    assert list(page(list(range(10)), 2, size=4).items) == [4, 5, 6, 7]
    assert list(page(list(range(10)), 9, size=4).items) == [8, 9]
    assert page(list(range(10)), -1, size=4).number == 1
