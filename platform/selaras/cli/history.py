"""`selaras history`: results handed over between agencies: give them, list them, take a wrong hand-over back."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from selaras.cli.reach import agency_session

# What is imported inside a command is slow to load, and `selaras --help` needs none of it.


@click.group()
def history() -> None:
    """Riwayat hasil yang diserahkan. / Earlier results that one agency hands over to another."""


@history.command()
@click.option("--agency", required=True, metavar="SLUG", help="Instansi yang menyerahkan. / The agency that gives.")
@click.option(
    "--people",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Berkas dengan kolom NIP. / A file with a column NIP: whose results.",
)
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Berkas CSV. / The CSV file."
)
@click.option("--to", metavar="SLUG", help="Instansi penerima, untuk buku besar. / Who receives it, for the ledger.")
@click.option("--steps", is_flag=True, help="Sertakan setiap langkah. / With every step behind each result.")
def export(agency: str, people: Path, out: Path, to: str | None, steps: bool) -> None:
    """Tulis berkas untuk `selaras import history`. / Write the file that `selaras import history` takes."""
    from selaras.exchange.handing_over import hand_over, numbers_in
    from selaras.identity.actor import system
    from selaras.tenancy.queries import agency_by_slug

    numbers = numbers_in(people.name, people.read_bytes())
    with agency_session(agency) as session:
        receiver = agency_by_slug(session, to).uuid if to else None
        actor = system(int(session.info["tenant"]))
        made = hand_over(session, actor, numbers, to=receiver, steps=steps)
        out.write_bytes(made.data)
    click.echo(f"{out}: {made.results} hasil / results, {made.people} orang / people")
    if made.unknown:
        click.echo(f"  {made.unknown} nomor tidak dikenal di sini / numbers that nobody here ever had")
    if made.undecided:
        click.echo(f"  {made.undecided} keberatan belum diputus, tidak disertakan / objections undecided, left out")


@history.command("list")
@click.option("--agency", required=True, metavar="SLUG", help="Instansi penerima. / The agency that received.")
def list_(agency: str) -> None:
    """Serah terima yang diterima. / The hand-overs that an agency took, the newest first."""
    from selaras.evaluation.handovers import handovers

    with agency_session(agency) as session:
        found = handovers(session)
    for one in found:
        sources = "; ".join(one.sources) or one.reason or "-"
        click.echo(f"{one.id}  {one.created_at:%Y-%m-%d}  {one.state:<9}  {one.results}  {sources}")
    if not found:
        click.echo("Belum ada. / None yet: selaras import history FILE")


@history.command()
@click.argument("handover_id", type=click.UUID)
@click.option("--agency", required=True, metavar="SLUG", help="Instansi penerima. / The agency that received.")
@click.option("--reason", required=True, help="Alasan, disimpan. / The reason; it is kept.")
def withdraw(handover_id: UUID, agency: str, reason: str) -> None:
    """Cabut serah terima yang keliru. / Take a wrong hand-over back with all its results."""
    from selaras.evaluation.handovers import withdraw_handover
    from selaras.identity.actor import system

    with agency_session(agency) as session:
        gone = withdraw_handover(session, system(int(session.info["tenant"])), handover_id, reason)
    click.echo(f"{gone} hasil dicabut / results withdrawn")
