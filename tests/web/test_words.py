"""Codes and figures as a reader sees them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from factories.site import Site

from selaras.edge import words
from selaras.edge.errors import filled
from selaras.errors import Invalid
from selaras.regulation import Label
from selaras.regulation.rounding import half_away
from selaras.web import vocabulary
from selaras.web.figures import bars

RULE = {
    "outcomes": [
        {"code": "good", "label": {"id": "Baik", "en": "Good"}, "tone": "b"},
        {"code": "bad", "label": {"id": "Kurang", "en": "Poor"}, "tone": "k"},
    ]
}


def test_money_and_percentages_are_written_as_indonesian_spelling_has_it(site: Site) -> None:
    with site.app.test_request_context(base_url=f"http://{site.empty.host}"):
        assert words.rupiah(Decimal(34_260_000)) == "Rp34.260.000"
        assert words.rupiah(-1_234) == "−Rp1.234"
        assert words.percent(53.7) == "53,7%"
        assert words.share(1, 3) == "33,3%"


def test_a_bar_is_as_long_as_its_share_of_everybody(site: Site) -> None:
    with site.app.test_request_context(base_url=f"http://{site.empty.host}"):
        assert [one.length for one in bars(RULE, {"good": 3, "bad": 1})] == [75, 25]
        assert [one.length for one in bars(RULE, {})] == [0, 0]


def test_what_an_import_counted_is_named(site: Site) -> None:
    with site.app.test_request_context(base_url=f"http://{site.empty.host}"):
        assert vocabulary.changed("ratings.new") == "Penilaian: baru"
        assert vocabulary.changed("reporting_lines.ended") == "Garis pelaporan: berakhir"


def test_labels_and_kinds_in_a_refusal_are_in_the_readers_language(site: Site) -> None:
    message = "{regulation} has no evaluation by {kind}; it knows: {known_kinds}."
    given = {"regulation": Label(id="Aturan X", en="Rule X"), "kind": "month", "known_kinds": "quarter, year"}
    with site.app.test_request_context(base_url=f"http://{site.empty.host}"):
        assert filled(message, given) == "Aturan X tidak mengenal evaluasi per bulan; yang dikenal: triwulan, tahun."
    assert str(Invalid("period_kind", message, **given)).startswith("Rule X has no evaluation by month")


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [(99.065, 2, "99.07"), (99.064, 2, "99.06"), (-0.125, 2, "-0.13"), (2.5, 0, "3"), (1e300, 2, None)],
)
def test_figures_are_rounded_as_people_do(value: float, digits: int, shown: str | None) -> None:
    assert str(half_away(value, digits)) == (shown or f"{Decimal(str(value)):f}.00")
