"""The evaluation document: for the person, the appraiser and the manager, of every result that is set."""

from __future__ import annotations

from factories.site import PERIOD, Home, Site


def _path(home: Home, n: int) -> str:
    return f"/people/{home.person(n)}/receipts/{PERIOD}/evaluation"


def test_both_parties_and_the_manager_print_it(site: Site) -> None:
    home = site.closed
    for visitor in (home.as_person(4), home.as_person(1), home.manager()):
        answer = visitor.get(_path(home, 4))
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.data.startswith(b"%PDF-")
    assert "evaluasi-2026-TW3-" in answer.headers["Content-Disposition"]
    assert "/evaluation" in home.as_person(4).page(f"/people/{home.person(4)}/receipts/{PERIOD}")


def test_nobody_else_does_and_nothing_is_printed_before_it_is_set(site: Site) -> None:
    home = site.closed
    assert home.as_person(5).get(_path(home, 4)).status_code == 404
    assert site.open.manager().get(_path(home, 4)).status_code == 404
    assert site.open.manager().get(_path(site.open, 4)).status_code == 404
