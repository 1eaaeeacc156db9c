"""The files of a generated agency: the same bytes each time, and every reference in them leads somewhere."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from selaras.demo.files import write_files
from selaras.demo.files_asn import PEOPLE_HEADER, UNIT_HEADER
from selaras.demo.files_plans import leaders_first
from selaras.demo.population import generate
from selaras.demo.population_agency import Population
from selaras.tenancy.packs import load_packs

RUNNING = {"sasaran.csv", "skp.csv", "progres.csv", "umpan_balik.csv", "predikat_organisasi.csv", "penilaian.csv"} | {
    "penugasan.csv",
    "teks_skp.csv",
    "matriks_peran_hasil.csv",
    "masukan_ketua_tim.csv",
}
HISTORY = {"skp_2019.csv", "progres_2019.csv", "penilaian_2019.csv"}
ALWAYS = {"unor.csv", "asn.csv", "asn.xlsx", "penilai.csv"}

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def sidoarjo() -> Population:
    return generate(load_packs()["sidoarjo"], 300, 5)


@pytest.fixture(scope="module")
def tables(sidoarjo: Population, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    written = write_files(sidoarjo, tmp_path_factory.mktemp("sidoarjo"))
    return {name: read(path) for name, path in written.items() if path.suffix == ".csv"}


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def stated(cell: str) -> date:
    day, month, year = cell.split("-")
    return date(int(year), int(month), int(day))


def plain(cell: str) -> str:
    return "" if cell == "null" else cell.lstrip("'")


@pytest.mark.parametrize("slug", ["sidoarjo", "pu"])
def test_the_same_seed_writes_the_same_bytes(slug: str, tmp_path: Path) -> None:
    pack = load_packs()[slug]
    first = write_files(generate(pack, 300, 5), tmp_path / "first")
    second = write_files(generate(pack, 300, 5), tmp_path / "second")
    other = write_files(generate(pack, 300, 6), tmp_path / "other")
    for name, path in first.items():
        assert path.read_bytes() == second[name].read_bytes(), name
    assert first["asn.csv"].read_bytes() != other["asn.csv"].read_bytes()


@pytest.mark.parametrize(
    ("slug", "expected"),
    [("sidoarjo", ALWAYS | RUNNING | HISTORY), ("pupr", ALWAYS | HISTORY), ("pu", ALWAYS | RUNNING)],
)
def test_each_agency_has_the_files_of_its_time(slug: str, expected: set[str], tmp_path: Path) -> None:
    assert set(write_files(generate(load_packs()[slug], 120, 5), tmp_path)) == expected


def test_without_a_workbook(tmp_path: Path) -> None:
    assert "asn.xlsx" not in write_files(generate(load_packs()["diy"], 60, 5), tmp_path, workbook=False)


def test_the_export_has_its_quirks(tables: dict[str, Rows]) -> None:
    for row in tables["asn.csv"]:
        assert row["NIP BARU"].startswith("'")
        assert row["NIK"] == row["NIP LAMA"] == "null"
        assert row["JENIS KELAMIN"] in ("M", "F")
        assert f"{stated(row['TANGGAL LAHIR']):%Y%m%d}" == row["NIP BARU"][1:9]
        assert row["TMT PNS"] == "null" or row["STATUS CPNS PNS"] == "PNS"
        assert 1 <= int(row["KELAS JABATAN"]) <= 17
    assert {row["KEDUDUKAN HUKUM ID"] for row in tables["asn.csv"]} == {"01", "71"}


def test_the_workbook_holds_the_same_people_in_three_sheets(
    sidoarjo: Population, tables: dict[str, Rows], tmp_path: Path
) -> None:
    book = CalamineWorkbook.from_path(str(write_files(sidoarjo, tmp_path)["asn.xlsx"]))
    assert book.sheet_names == ["PNS", "PPPK", "PPPK Paruh Waktu"]
    rows: list[list[str]] = []
    for name in book.sheet_names:
        header, *body = book.get_sheet_by_name(name).to_python()
        assert tuple(header) == PEOPLE_HEADER
        assert body
        rows += [[str(cell) for cell in row] for row in body]
    assert sorted(rows) == sorted([list(row.values()) for row in tables["asn.csv"]])


def test_units_stand_after_their_parents_and_name_their_leader(tables: dict[str, Rows]) -> None:
    assert tuple(tables["unor.csv"][0]) == UNIT_HEADER
    people = {row["PNS ID"]: row for row in tables["asn.csv"]}
    seen: set[str] = set()
    for row in tables["unor.csv"]:
        assert not row["DiatasanId"] or row["DiatasanId"] in seen
        seen.add(row["Id"])
        if row["DiatasanId"]:
            assert people[row["PemimpinPnsId"]]["UNOR ID"] == row["Id"]
        else:
            assert row["PemimpinPnsId"] == ""
    assert {row["UNOR ID"] for row in tables["asn.csv"]} <= seen


def test_a_leaders_results_stand_before_those_that_serve_them(tables: dict[str, Rows], sidoarjo: Population) -> None:
    goals = {row["KODE"] for row in tables["sasaran.csv"]}
    assert {row["KODE INDUK"] for row in tables["sasaran.csv"]} - {""} < goals
    seen: set[tuple[str, str]] = set()
    serving: set[str] = set()
    for row in tables["skp.csv"]:
        if row["NIP PIMPINAN"]:
            serving.add(row["NIP"])
            assert (row["NIP PIMPINAN"], row["KODE RHK PIMPINAN"]) in seen
            assert row["NIP PIMPINAN"] == sidoarjo.superiors[row["NIP"]]
        assert not row["KODE SASARAN"] or row["KODE SASARAN"] in goals
        assert float(row["TARGET"]) > 0
        seen.add((row["NIP"], row["KODE RHK"]))
    assert serving == {number for number, superior in sidoarjo.superiors.items() if superior is not None}
    counts = [sum(number == one.number for number, _ in seen) for one in sidoarjo.people]
    assert min(counts) >= 2
    assert max(counts) <= 4


def test_progress_and_feedback_speak_of_results_that_exist(tables: dict[str, Rows]) -> None:
    promised = {(row["NIP"], row["KODE RHK"], row["ASPEK"]) for row in tables["skp.csv"]}
    reported = [(row["NIP"], row["KODE RHK"], row["ASPEK"]) for row in tables["progres.csv"]]
    assert set(reported) == promised
    days = [(*key, row["TANGGAL"]) for key, row in zip(reported, tables["progres.csv"], strict=True)]
    assert len(set(days)) == len(days)
    items = {key[:2] for key in promised}
    for row in tables["umpan_balik.csv"]:
        assert row["NIP"] != row["NIP PEMBERI"]
        assert bool(row["KODE RHK"]) != bool(row["NILAI PERILAKU"])
        assert not row["KODE RHK"] or (row["NIP"], row["KODE RHK"]) in items
    assert {row["HUBUNGAN"] for row in tables["umpan_balik.csv"]} == {"atasan", "rekan", "bawahan"}


def test_everyone_is_rated_and_every_unit_with_people(tables: dict[str, Rows]) -> None:
    numbers = {plain(row["NIP BARU"]) for row in tables["asn.csv"]}
    assert {row["NIP"] for row in tables["penilaian.csv"]} == numbers
    assert {row["PERIODE"] for row in tables["penilaian.csv"]} == {"2026-TW3"}
    rated = {row["UNOR ID"]: row["NIP PENETAP"] for row in tables["predikat_organisasi.csv"]}
    assert set(rated) == {row["UNOR ID"] for row in tables["asn.csv"]}
    assert set(rated.values()) - {""} <= numbers
    # Only the unit below the political head is rated by somebody without a number.
    assert list(rated.values()).count("") == 1


def test_the_year_2019_is_about_those_who_were_pns_and_held_their_post(tables: dict[str, Rows]) -> None:
    people = {plain(row["NIP BARU"]): row for row in tables["asn.csv"]}
    history = tables["penilaian_2019.csv"]
    assert len(history) > 100
    for row in history:
        person = people[row["NIP"]]
        for column in ("TMT PNS", "TMT JABATAN"):
            assert stated(person[column]) <= date(2019, 12, 31)
        assert bool(row["KEPEMIMPINAN"]) == (person["JENIS JABATAN ID"] == "1")
        scores = [row[name] for name in ("ORIENTASI PELAYANAN", "INTEGRITAS", "KOMITMEN", "DISIPLIN", "KERJA SAMA")]
        assert all(0 <= int(score) <= 100 for score in scores)
        assert row["KREATIVITAS"] in ("0", "3", "6", "12")
    plans = {(row["NIP"], row["KODE RHK"], row["ASPEK"]) for row in tables["skp_2019.csv"]}
    assert plans == {(row["NIP"], row["KODE RHK"], row["ASPEK"]) for row in tables["progres_2019.csv"]}
    assert {number for number, _, _ in plans} == {row["NIP"] for row in history}
    for number, code, _ in plans:
        assert {(number, code, aspect) for aspect in ("kuantitas", "kualitas", "waktu")} <= plans


def test_leaders_come_first_in_whatever_order_people_stand(sidoarjo: Population) -> None:
    places = {one.number: place for place, one in enumerate(leaders_first(sidoarjo.people[::-1], sidoarjo.superiors))}
    assert len(places) == len(sidoarjo.people)
    for number, superior in sidoarjo.superiors.items():
        assert superior is None or places[superior] < places[number]
