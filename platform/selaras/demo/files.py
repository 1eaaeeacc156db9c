"""Writing a generated agency as the files that an agency would upload."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from selaras.demo.files_asn import people_sheets, people_table, unit_table
from selaras.demo.files_evaluation import feedback_table, organisation_table, rating_table, superior_table
from selaras.demo.files_forms import input_table, matrix_table, plan_table, team_table, teams, text_table
from selaras.demo.files_history import history_tables
from selaras.demo.files_plans import goal_table, items, progress_table
from selaras.demo.files_scores import is_scored, score_table
from selaras.demo.files_tables import Table, write_csv, write_xlsx
from selaras.demo.population_agency import Population


def write_files(population: Population, folder: Path, *, workbook: bool = True) -> dict[str, Path]:
    """File name → path of every file written, in the order in which they are to be imported.

    `asn.csv` and `asn.xlsx` hold the same people; without `workbook` only the CSV is written (a workbook of
    100,000 people takes a minute). A file without rows is left out, and so are files of the running year where the
    agency has ended.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Table] = {"unor.csv": unit_table(population), "asn.csv": people_table(population)}
    if population.overrides:
        tables["penilai.csv"] = superior_table(population)
    if population.period is not None:
        tables |= _running(population)
    year = population.pack.demo.history_year if population.pack.demo else None
    if year is not None:
        tables |= history_tables(population, year)
    full = {name: replace(table, rows=list(table.rows)) for name, table in tables.items()}
    written = {name: write_csv(folder / name, table) for name, table in full.items() if table.rows}
    if workbook:
        written["asn.xlsx"] = write_xlsx(folder / "asn.xlsx", people_sheets(population))
    return written


def _running(population: Population) -> dict[str, Table]:
    made = items(population)
    formed = teams(population, made)
    return {
        "sasaran.csv": goal_table(population),
        "penugasan.csv": team_table(formed),
        "skp.csv": plan_table(population, made, formed),
        "teks_skp.csv": text_table(population, made),
        "matriks_peran_hasil.csv": matrix_table(made),
        "progres.csv": progress_table(population, made),
        "umpan_balik.csv": feedback_table(population, made),
        "masukan_ketua_tim.csv": input_table(population, formed),
        "predikat_organisasi.csv": organisation_table(population),
        "penilaian.csv": score_table(population) if is_scored(population) else rating_table(population),
    }
