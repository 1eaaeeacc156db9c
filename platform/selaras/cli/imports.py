"""`selaras import`: take over a file for one agency, or say row by row what to mend in it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from selaras.cli.reach import app_database
from selaras.errors import Invalid
from selaras.exchange.layouts import Kind

if TYPE_CHECKING:
    from rich.console import Console

    from selaras.db.session import Database
    from selaras.exchange.report import ImportReport

# What is imported inside a function is slow to load, and `selaras --help` needs none of it.

REFUSED = 2
SHOWN = 40


@click.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--agency", metavar="SLUG", help="Instansi, bila lebih dari satu. / The agency, if there are several.")
@click.option("--preview", is_flag=True, help="Periksa saja, tidak mengubah apa pun. / Check only, change nothing.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Berlaku sejak (bawaan: hari ini). / The day from which undated changes hold (default: today).",
)
@click.option("--accept-vanished", is_flag=True, help="Pegawai yang hilang memang keluar. / Missing people did leave.")
def import_(
    kind: str, file: Path, agency: str | None, preview: bool, as_of: datetime | None, accept_vanished: bool
) -> None:
    """Muat sebuah berkas CSV atau XLSX. / Take over a CSV or XLSX file, all of it or nothing."""
    from rich.console import Console

    from selaras.exchange.imports import run
    from selaras.files.store import LocalStore
    from selaras.identity.actor import system

    with app_database() as (chosen, database):
        tenant_id = _tenant(database, agency)
        with _bar(file.name) as progress, database.tenant(tenant_id) as session:
            report = run(
                session,
                system(tenant_id),
                kind,
                file.name,
                file.read_bytes(),
                store=LocalStore(chosen.files),
                preview=preview,
                as_of=as_of.date() if as_of else None,
                accept_vanished=accept_vanished,
                progress=progress,
            )
    _show(Console(), report)
    if report.state == "refused":
        sys.exit(REFUSED)


class _Told:
    """A bar that is told how many rows are done."""

    def __init__(self, bar: object, task: object) -> None:
        self._bar, self._task = bar, task

    def __call__(self, done: int, total: int) -> None:
        self._bar.update(self._task, completed=done, total=max(total, 1))  # type: ignore[attr-defined]  # rich's own types


@contextmanager
def _bar(name: str) -> Iterator[_Told]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        yield _Told(bar, bar.add_task(name, total=None))


def _tenant(database: Database, slug: str | None) -> int:
    from selaras.tenancy.queries import agency_by_slug, list_agencies

    with database.platform() as session:
        if slug is not None:
            return agency_by_slug(session, slug).tenant_id
        agencies = list_agencies(session)
    if len(agencies) == 1:
        return agencies[0].tenant_id
    raise Invalid(
        "import_agency",
        "Say for which agency: --agency SLUG. There are: {known}.",
        known=", ".join(one.slug for one in agencies) or "-",
    )


def _show(console: Console, report: ImportReport) -> None:
    from rich.markup import escape
    from rich.table import Table

    if report.problems:
        table = Table("Lembar", "Baris", "Kolom", "Nilai", "Masalah", "Perbaikan", title="Masalah / Problems")
        for one in report.problems[:SHOWN]:
            row = str(one.row) if one.row else "-"
            cells = (one.sheet or "-", row, one.column or "-", one.value or "-", one.message, one.remedy)
            table.add_row(*map(escape, cells), style="red" if one.severity == "error" else "yellow")
        console.print(table)
        if len(report.problems) > SHOWN:
            console.print(f"… +{len(report.problems) - SHOWN}")
    for note in report.notes:
        console.print(escape(note), style="dim")
    words = {"taken": "dimuat / taken", "refused": "ditolak / refused", "previewed": "diperiksa / previewed"}
    changes = (
        ", ".join(f"{name} {count}" for name, count in report.changed.items()) or "tidak ada perubahan / no change"
    )
    console.print(f"{report.kind}: {words[report.state]}, {report.rows} baris / rows: {changes}", soft_wrap=True)
