"""Writing a generated agency as the files that an agency would upload."""

from __future__ import annotations

from pathlib import Path

from selaras.demo.files_asn import people_sheets, people_table, unit_table
from selaras.demo.files_evaluation import feedback_table, organisation_table, rating_table, superior_table
from selaras.demo.files_history import history_tables
from selaras.demo.files_plans import goal_table, items, plan_table, progress_table
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
    written = {name: write_csv(folder / name, table) for name, table in tables.items()}
    if workbook:
        written["asn.xlsx"] = write_xlsx(folder / "asn.xlsx", people_sheets(population))
    return written


def _running(population: Population) -> dict[str, Table]:
    made = items(population)
    return {
        "sasaran.csv": goal_table(population),
        "skp.csv": plan_table(made),
        "progres.csv": progress_table(population, made),
        "umpan_balik.csv": feedback_table(population, made),
        "predikat_organisasi.csv": organisation_table(population),
        "penilaian.csv": rating_table(population),
    }
