"""The table of attacks in docs/ tells what the suite does."""

from __future__ import annotations

from factories.attacks import PAGE, page, rows


def test_the_page_is_in_step() -> None:
    assert PAGE.read_text() == page(), "PYTHONPATH=tests .venv/bin/python -m factories.attacks"


def test_each_attack_has_a_name_of_its_own() -> None:
    titles = [row.title for row in rows()]
    assert len(titles) == len(set(titles))
    assert len(titles) >= 15
