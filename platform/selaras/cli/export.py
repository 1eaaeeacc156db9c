"""`selaras export`: one list of an agency as a file, in the columns of its import."""

from __future__ import annotations

from pathlib import Path

import click

from selaras.cli.reach import agency_session

# What is imported inside a command is slow to load, and `selaras --help` needs none of it.


@click.command()
@click.argument("code", metavar="LIST")
@click.option("--agency", required=True, metavar="SLUG", help="Instansi. / The agency.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Berkas. / The file.")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx"]), default="csv", show_default=True)
@click.option("--year", type=int, help="Tahun, bila perlu. / The year, where the list is of one.")
@click.option("--period", help="Periode, bila perlu, mis. 2026-TW3. / The period, where the list is of one.")
def export(*, code: str, agency: str, out: Path, form: str, year: int | None, period: str | None) -> None:
    """Tulis sebuah daftar ke berkas. / Write a list to a file (units, people, plans, outcomes, ledger, ...)."""
    from selaras.clock import today
    from selaras.exchange.exporting import Asked, export
    from selaras.identity.actor import system
    from selaras.tenancy.queries import agency as agency_of

    with agency_session(agency) as session:
        tenant = int(session.info["tenant"])
        day = today(agency_of(session, tenant).time_zone)
        made = export(session, system(tenant), Asked(code, form, day, year, period))
        out.write_bytes(made.data)
    click.echo(f"{out}: {made.rows} baris / rows")
