"""docs/pages.md: no page with a serious finding, none too wide, none too heavy; and the page can be read again."""

from __future__ import annotations

import re
from pathlib import Path

from bench.pages import document, rows_of
from bench.pages_walk import rules_of
from flask import Flask

from selaras.web import install

PAGE = (Path(__file__).parents[2] / "docs" / "pages.md").read_text("utf-8")
COMMAND = "run `python -m bench pages --write --new`"


def test_pages_are_found_by_their_addresses() -> None:
    app = Flask("pages")
    install(app)
    before = set(rules_of(app).values())
    app.add_url_rule("/planted", "web.planted", lambda: "")
    assert set(rules_of(app).values()) - before == {"/planted"}
    assert "/team/board" in before
    assert len(rows_of(PAGE)) > 60


def test_no_page_has_a_serious_finding_or_is_too_wide_for_a_phone() -> None:
    for row in rows_of(PAGE).values():
        _, rule, _, _, weight, _, serious, fits, _ = (part.strip() for part in row.split("|"))
        assert (serious, fits) == ("0", "fits"), rule
        assert float(weight) < 100, rule


def test_what_is_written_can_be_read_again() -> None:
    rows, apart = rows_of(PAGE), set(re.findall(r"^- `(/[^`]*)`", PAGE, re.MULTILINE))
    assert document(rows, apart | {rule for rule, _ in rows}) == PAGE, COMMAND
