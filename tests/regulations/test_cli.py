"""`selaras appraise`, `regulation` and `case` as a person meets them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from selaras.cli import main

PEOPLE = """person,extra_duties,creativity,orientasi_pelayanan,integritas,komitmen,disiplin,kerja_sama,kepemimpinan
0001,4,3,84,82,83,80,85,
0002,,,80,80,80,80,80,80
"""
ITEMS = """person,item,quantity_target,quantity_actual,quality_actual,time_target,time_actual,cost_target,cost_actual
0001,1,12,12,85,12,12,,
0001,2,12,15,88,12,11,,
0001,3,4,4,90,6,6,50000000,45000000
0001,4,4,0,0,12,0,,
0002,1,10,10,90,12,12,,
"""
RATINGS = "person,rating_hasil_kerja,rating_perilaku\n1,di_atas,di_atas\n2,sesuai,di_bawah\n"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*args: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["selaras", *args])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Ran(int(ended.value.code or 0), said.out, said.err)

    return call


@pytest.fixture
def old(tmp_path: Path) -> list[str]:
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "items.csv").write_text(ITEMS)
    return [
        "appraise",
        "pp46_2011",
        "--people",
        "people.csv",
        "--items",
        "items.csv",
        "--on",
        "2019-12-31",
        "--out",
        "out.csv",
    ]


def test_outcomes_and_all_steps_are_written(run: Run, old: list[str], tmp_path: Path) -> None:
    ran = run(*old)
    assert (ran.code, ran.out.split()) == (0, ["out.csv", "out.items.csv"])
    people = pl.read_csv(tmp_path / "out.csv", infer_schema_length=0)
    assert people["person"].to_list() == ["0001", "0002"]
    assert people["outcome"].to_list() == ["baik", "baik"]
    assert float(people["score"][0]) == pytest.approx(77.2367, abs=5e-5)
    assert {"skp_score", "perilaku_mean", "predikat", "rule_hash"} <= set(people.columns)
    items = pl.read_csv(tmp_path / "out.items.csv", infer_schema_length=0)
    assert float(items["activity_score"][1]) == pytest.approx(99.1111, abs=5e-5)


def test_parquet_in_and_out_and_semicolons(run: Run, old: list[str], tmp_path: Path) -> None:
    run(*old)
    pl.read_csv(tmp_path / "items.csv", schema_overrides={"person": pl.String}).write_parquet(
        tmp_path / "items.parquet"
    )
    (tmp_path / "people.csv").write_text("\ufeff" + PEOPLE.replace(",", ";"), encoding="utf-8")
    ran = run(*[{"items.csv": "items.parquet", "out.csv": "out.parquet"}.get(one, one) for one in old])
    assert ran.code == 0, ran.err
    from_csv = pl.read_csv(tmp_path / "out.csv", schema_overrides={"person": pl.String})
    assert pl.read_parquet(tmp_path / "out.parquet")["total_score"].to_list() == from_csv["total_score"].to_list()


def test_a_receipt_is_printed(run: Run, old: list[str]) -> None:
    ran = run(*old, "--explain", "0001", "--lang", "en")
    assert "[2] Time score: 84.3333 poin  (Perka BKN 1/2013, lampiran I (waktu); regulation)" in ran.out
    assert "=> Good (77.2367)" in ran.out


def test_a_choice_changes_the_outcome(run: Run, old: list[str], tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text(ITEMS.replace("0001,1,12,12,85,12,12", "0001,1,12,12,85,12,24"))
    assert run(*old).code == 0
    before = pl.read_csv(tmp_path / "out.items.csv")["time_score"][0]
    assert run(*old, "--parameter", "aspect_floor=0").code == 0
    assert (before, pl.read_csv(tmp_path / "out.items.csv")["time_score"][0]) == (pytest.approx(-24), 0)


def test_without_items(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(RATINGS)
    ran = run("appraise", "permenpan_6_2022", "--people", "r.csv", "--on", "2026-06-30", "--out", "o.csv")
    assert (ran.code, ran.out.split()) == (0, ["o.csv"])
    assert pl.read_csv(tmp_path / "o.csv")["outcome"].to_list() == ["sangat_baik", "kurang"]


def test_the_laws_last_day_is_taken_and_said(run: Run, old: list[str]) -> None:
    ran = run(*[one for one in old if one not in ("--on", "2019-12-31")])
    assert (ran.code, ran.err.splitlines()[0]) == (0, "pp46_2011: --on 2021-06-30")


BAD_PEOPLE = [
    (PEOPLE.replace("disiplin", "displin"), ["people.csv", "disiplin", "missing", "add the column"]),
    (
        PEOPLE.replace("0002,,,80", "0002,,,delapan"),
        ["people.csv, line 3, column orientasi_pelayanan: 'delapan'", "number"],
    ),
    (PEOPLE.replace("0002,,,80", "0002,,,180"), ["line 3", "orientasi_pelayanan", "at most 100"]),
    (PEOPLE.replace("0002", "0001"), ["line 3, column person: '0001'", "more than once"]),
    (PEOPLE + "0003,,,80,80,80,80,80,80\n", ["line 4, column person: '0003'", "no items"]),
    (PEOPLE + "0003,,,80,80,80\n0003,1,1,1,1,1,1,1,1,1,1,1\n", ["people.csv cannot be read"]),
    ("", ["people.csv cannot be read"]),
]
BAD_ITEMS = [
    (ITEMS.replace("0002,1,10", "0009,1,10"), ["items.csv, line 6, column person: '0009'", "not among the people"]),
    (ITEMS.replace("0002,1,10", "0002,1,0"), ["line 6, column quantity_target: '0'", "above 0"]),
    (ITEMS.replace("50000000,45000000", "50000000,"), ["line 4, column cost_actual", "fill in cost_actual"]),
    (ITEMS.replace("time_actual", "waktu"), ["items.csv, column time_actual", "missing"]),
]


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [("people.csv", *one) for one in BAD_PEOPLE] + [("items.csv", *one) for one in BAD_ITEMS],
)
def test_bad_input_is_named_and_nothing_is_written(
    run: Run,
    old: list[str],
    tmp_path: Path,
    file: str,
    content: str,
    words: list[str],
) -> None:
    (tmp_path / file).write_text(content)
    ran = run(*old, "--lang", "en")
    assert ran.code == 2
    for word in words:
        assert word in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["items.csv", "people.csv"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"2019-12-31": "2013-12-31"}, "pp46_2011 was not in force on 2013-12-31"),
        ({"2019-12-31": "2022-01-01"}, "it holds from 2014-01-01 until before 2021-07-01"),
        ({"2019-12-31": "31/12/2019"}, "does not match the format"),
        ({"pp46_2011": "pp64_2011"}, "No regulation pp64_2011 is installed"),
        ({"people.csv": "nobody.csv"}, "nobody.csv cannot be read"),
        ({"people.csv": "people.xlsx"}, "must end in .csv or .parquet"),
        ({"out.csv": "people.csv"}, "would overwrite an input"),
        ({"out.csv": "nowhere/out.csv"}, "does not exist"),
        ({"out.csv": "out.txt"}, "must end in .csv or .parquet"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Run, old: list[str], tmp_path: Path, change: dict[str, str], words: str
) -> None:
    ran = run(*[change.get(one, one) for one in old])
    assert ran.code == 2
    assert words in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["items.csv", "people.csv"]
    assert (tmp_path / "people.csv").read_text() == PEOPLE


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--explain", "0007"], "--explain 0007: not among the people"),
        (["--parameter", "time_factor=2"], "The law sets the parameter time_factor"),
        (["--parameter", "label_convention"], "must be NAME=VALUE"),
        (["--parameter", "label_convention=E"], "must be one of A, B, C, D"),
        (["--edition", "1999"], "has no edition 1999"),
    ],
)
def test_bad_options_write_nothing(run: Run, old: list[str], tmp_path: Path, more: list[str], words: str) -> None:
    ran = run(*old, *more)
    assert (ran.code, words in ran.err) == (2, True)
    assert not (tmp_path / "out.csv").exists()


def test_items_are_asked_for(run: Run, old: list[str]) -> None:
    ran = run(*[one for one in old if one not in ("--items", "items.csv")])
    assert ran.code == 2
    assert "name their file with --items. Columns: person, item, quantity_target" in ran.err


def test_an_indonesian_reader_gets_indonesian_words(run: Run, old: list[str], tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE.replace("0002,,,80", "0002,,,delapan"))
    assert "people.csv, baris 3, kolom orientasi_pelayanan: 'delapan': bukan angka; tulis angka" in run(*old).err


def test_a_former_result_stays_when_the_new_input_is_bad(run: Run, old: list[str], tmp_path: Path) -> None:
    assert run(*old).code == 0
    before = (tmp_path / "out.csv").read_bytes()
    (tmp_path / "people.csv").write_text(PEOPLE.replace("0002,,,80", "0002,,,x"))
    assert run(*old).code == 2
    assert (tmp_path / "out.csv").read_bytes() == before


@pytest.mark.parametrize("value", ["[1", "{", "*a", "!!python/object/apply:os.getcwd []", "[" * 5000])
def test_a_choice_that_is_no_yaml_is_refused_in_words(run: Run, old: list[str], value: str) -> None:
    ran = run(*old, "--parameter", f"label_convention={value}")
    assert (ran.code, "cannot be read as YAML" in ran.err) == (2, True)


def test_a_link_that_leads_nowhere_is_refused_in_words(run: Run, old: list[str], tmp_path: Path) -> None:
    (tmp_path / "people.csv").unlink()
    (tmp_path / "people.csv").symlink_to("people.csv")
    ran = run(*old)
    assert (ran.code, "a link that leads nowhere" in ran.err) == (2, True)


def test_regulations_are_listed_and_shown(run: Run) -> None:
    assert "pp46_2011  2014-01-01 to before 2021-07-01  [pns]" in run("regulation", "list").out
    shown = run("regulation", "show", "pp46_2011", "--lang", "en").out
    for part in (
        "time_target: number [bulan], required, above 0. Time target (Perka BKN 1/2013, lampiran I (waktu))",
        "time_factor = 1.76. Factor of time and cost (Perka BKN 1/2013, lampiran I (waktu, biaya); regulation)",
        'label_convention = "C" [open: A, B, C, D]',
        "total_score: number [poin]. Performance score (PP 46/2011 (nilai prestasi kerja); regulation)",
    ):
        assert part in shown
    described = json.loads(run("regulation", "show", "permenpan_6_2022", "--on", "2026-06-30", "--json").out)
    assert described["parameters"]["quadrant"]["certainty"] == "application"
    assert "SE MenPANRB 3/2023" in run("regulation", "show", "permenpan_6_2022").out
    assert run("regulation", "golden", "pp46_2011", "--check").code == 0
    assert 'editions:\n  "2013":' in run("regulation", "golden", "pp46_2011").out


def test_cases_are_run_and_reported(run: Run, tmp_path: Path) -> None:
    good = {
        "id": "G",
        "rule": "permenpanrb_6_2022.kuadran",
        "inputs": {"rating_hasil_kerja": "sesuai", "rating_perilaku": "sesuai"},
        "expected": {"predikat": "baik"},
    }
    bad = {**good, "id": "B", "expected": {"predikat": "kurang"}}
    strange = {**good, "id": "S", "rule": "remun.somewhere"}
    (tmp_path / "good.json").write_text(json.dumps([good, strange]))
    (tmp_path / "bad.yaml").write_text(json.dumps({"cases": [bad]}))
    ran = run("case", "run", "good.json")
    assert (ran.code, "1/1 passed; 1 without an adapter" in ran.out) == (0, True)
    assert run("case", "run", "--strict", "good.json").code == 1
    ran = run("case", "run", "good.json", "bad.yaml")
    assert ran.code == 1
    assert "FAILED B (permenpanrb_6_2022.kuadran): predikat: expected kurang, got baik" in ran.out
    assert "1/2    permenpanrb_6_2022.kuadran" in ran.out
    assert run("case", "run", "none.json").code == 2
    assert "serves PP 46/2011 + Perka BKN 1/2013" in run("case", "list").out
