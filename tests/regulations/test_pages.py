"""The pages for lawyers: they stand in docs/regulations, are up to date, and say what the plugins say."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from selaras.cli.regulation import regulation
from selaras.regulation import Registry, at_most, round_law
from selaras.regulation.articles import tell
from selaras.regulation.formula import Untold, formula
from selaras.regulation.pages import COMMAND, INDEX, pages, stale
from selaras.regulation.telling import is_told

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[2] / "docs" / "regulations"


@pytest.fixture(scope="module")
def written(registry: Registry) -> dict[str, str]:
    """The pages as they are written now."""
    return pages(registry)


def test_the_pages_are_up_to_date(written: dict[str, str]) -> None:
    found = stale(written, FOLDER)
    assert not found, f"{', '.join(found)}: out of date in docs/regulations; run: {COMMAND}"


def test_they_are_the_same_whenever_they_are_written(registry: Registry, written: dict[str, str]) -> None:
    assert pages(registry) == written


def test_a_missing_a_changed_and_an_obsolete_page_are_named(written: dict[str, str], tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert run(regulation, ["pages", "--out", str(tmp_path)]).exit_code == 0
    assert run(regulation, ["pages", "--check", "--out", str(tmp_path)]).exit_code == 0
    (tmp_path / "pp46_2011.md").write_text((tmp_path / "pp46_2011.md").read_text() + "more\n")
    (tmp_path / "pp0_1900.md").write_text((tmp_path / "permenpan_6_2022.md").read_text())
    (tmp_path / "permenpan_6_2022.md").unlink()
    (tmp_path / "own.md").write_text("# A page of somebody's own\n")
    checked = run(regulation, ["pages", "--check", "--out", str(tmp_path)])
    assert checked.exit_code == 1
    assert re.findall(r"(\w+)\.md is out of date; run: selaras regulation pages", checked.output) == [
        "permenpan_6_2022",
        "pp46_2011",
        "pp0_1900",
    ]
    run(regulation, ["pages", "--out", str(tmp_path)])
    assert stale(written, tmp_path) == []
    assert {path.name for path in tmp_path.iterdir()} == {*written, "own.md"}


def test_every_parameter_step_article_and_example_is_on_the_page(registry: Registry, written: dict[str, str]) -> None:
    assert set(written) == {INDEX, *(f"{code}.md" for code in registry.codes())}
    for code in registry.codes():
        text, told = written[f"{code}.md"], tell(registry, code)
        for parameter in registry.loaded(code).parameters:
            assert f"(`{parameter.name}`)" in text
            for value in parameter.values:
                assert f"### {value.source.article}\n" in text
        for step in told.steps:
            assert f"(`{step.info.name}`; " in text
        for case in told.cases:
            assert f"\n| {case['id']} | " in text
        assert f"]({code}.md)" in written[INDEX]


def test_a_formula_is_told_in_the_words_of_its_labels(registry: Registry) -> None:
    steps = {
        step.info.name: step.lines for step in tell(registry, "pp46_2011").steps if step.level in ("item", "person")
    }
    assert steps["time_score"] == (
        "bila Realisasi waktu = 0: 0",
        "bila Efisiensi waktu ≤ Batas efisiensi [24]: [a]",
        "selain itu: Nilai bila realisasi sama dengan target [76] − ([a] − 100)",
        "dengan [a] = (Faktor waktu dan biaya [1,76] × Target waktu − Realisasi waktu) ÷ Target waktu × 100",
    )
    assert steps["predikat"][-1] == "selain itu: “buruk”"
    assert "Batas bawah predikat (sangat baik) [91]" in steps["predikat"][1]
    assert steps["activities_mean"][0].endswith("rata-rata Nilai capaian kegiatan")


def test_examples_are_found_by_the_steps_that_they_expect(registry: Registry) -> None:
    told = tell(registry, "pp46_2011")
    articles = {article.name: article for article in told.articles}
    assert articles["Perka BKN 1/2013, lampiran I (tugas tambahan)"].cases == ["A17"]
    assert "P01" in articles["Perka BKN 1/2013, lampiran I (waktu, biaya)"].cases, "by the parameters of its step"
    assert articles["PP 46/2011 Ps 22-26"].cases == ["P08"], "by what is asked"
    assert "PP 46/2011 Ps 5-6" in told.untouched


def test_an_example_may_name_articles_itself(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = {"id": "N1", "rule": "no.such.rule", "expected": {}, "articles": ["PP 46/2011 Ps 5-6"]}
    lost = {"id": "N2", "rule": "no.such.rule", "expected": {}}
    monkeypatch.setattr("selaras.regulation.articles.shipped_cases", lambda _: [case, lost])
    told = tell(registry, "pp46_2011")
    assert told.touches == {"N1": ("PP 46/2011 Ps 5-6",), "N2": ()}
    assert told.homeless == ("N2",)
    assert next(one for one in told.articles if one.name == "PP 46/2011 Ps 5-6").cases == ["N1"]


a, b = pl.col("a"), pl.col("b")


@pytest.mark.parametrize(
    ("expr", "lines"),
    [
        ((a + b) * 2 - (a - b), ["(A + B) × 2 − (A − B)"]),
        (a / (b * 2), ["A ÷ (B × 2)"]),
        (a - b - 1, ["A − B − 1"]),
        (pl.when(a.is_null() | (b > 1234.5)).then(pl.lit("di_atas")), ["bila A kosong atau B > 1.234,5: “di atas”"]),
        (pl.when(a == 1).then(2).otherwise(3) + b, ["(bila A = 1: 2; selain itu: 3) + B"]),
        (pl.max_horizontal(a, 0).fill_null(b), ["yang terbesar dari (A; 0) atau, bila kosong, B"]),
        (a.is_in([1, 2]) & ~b, ["A salah satu dari 1; 2 dan tidak (B)"]),
        (a.cast(pl.Float64).alias("x"), ["A"]),
        (a.sum().over("b"), ["jumlah semua A per B"]),
        (a.clip(0, 5), ["A dalam batas 0; 5"]),
        (pl.col("items.a.mean"), ["rata-rata A"]),
        (pl.lit(True), ["ya"]),
        (-a.abs().floor(), ["minus (bilangan bulat ke bawah dari (nilai mutlak (A)))"]),
    ],
)  # fmt: skip
def test_expressions_have_words(expr: pl.Expr, lines: list[str]) -> None:
    assert formula(expr, str.upper) == lines


def test_what_has_no_words_is_not_guessed() -> None:
    with pytest.raises(Untold):
        formula(a.ewm_mean(alpha=0.5), str.upper)


def test_telling_leaves_no_trace(registry: Registry) -> None:
    pages(registry)
    assert not is_told()
    frame = pl.DataFrame({"a": [90.5, 24 + 1e-10]})
    assert frame.select(round_law(a, 0, article="x")).to_series().to_list() == [91, 24]
    assert frame.select(at_most(a, 24)).to_series().to_list() == [False, True]
