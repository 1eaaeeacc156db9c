"""`selaras demo`: agencies load their files and close a quarter on this machine, then the instance serves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from selaras.cli.serve import refuse_taken_addresses, services, work_services
from selaras.config import Settings, settings
from selaras.db.session import Database
from selaras.demo.feature import roll_out
from selaras.demo.offices import OFFICES
from selaras.demo.operators import OPERATORS, employ
from selaras.demo.population import FEWEST
from selaras.demo.run import Closed, Player
from selaras.demo.stage import Stage
from selaras.errors import Invalid
from selaras.files.store import LocalStore
from selaras.regulation import load_registry
from selaras.servers.running import Running, running
from selaras.servers.supervise import Supervisor
from selaras.tenancy.packs import Pack, load_packs

WIDTH = 150


@click.command()
@click.option(
    "--people",
    type=click.IntRange(min=FEWEST),
    default=300,
    show_default=True,
    help="People per agency (a successor takes its share).",
)
@click.option("--only", multiple=True, metavar="SLUG", help="Only these agencies (may be repeated).")
@click.option("--no-serve", is_flag=True, help="End after the summary; leave no process behind.")
def demo(people: int, only: tuple[str, ...], no_serve: bool) -> None:
    """The pilot agencies and their successors close a quarter, each behind its own wall; then open it in a browser.

    Without --only it plays every agency whose pack has a demo; `--only` with a wrong name lists them.
    """
    terminal = Console()
    # A pipe or a narrow window would fold the summary beyond reading.
    console = Console(width=max(terminal.width, WIDTH))
    began = time.monotonic()
    chosen = replace(settings(), development_sign_in=True)
    packs = _chosen(only)
    if not no_serve:
        refuse_taken_addresses(chosen)
    with running(chosen) as instance:
        with _working(instance):
            closed = _play(console, instance, packs, people)
        _summary(console, closed, time.monotonic() - began)
        if not no_serve:
            _sign_ins(console, instance.settings, packs)
            Supervisor(services(instance), logs=instance.settings.home / "logs").run()


def _chosen(only: tuple[str, ...]) -> list[Pack]:
    """The demo's packs, predecessors first."""
    known = {slug: pack for slug, pack in load_packs().items() if pack.demo is not None}
    unknown = sorted(set(only) - set(known))
    if unknown:
        raise Invalid(
            "demo_agency", "There is no pack {slug}; known: {known}.", slug=unknown[0], known=", ".join(known)
        )
    wanted = [pack for slug, pack in known.items() if not only or slug in only]
    return sorted(wanted, key=lambda pack: (pack.predecessor is not None, pack.slug))


@contextmanager
def _working(instance: Running) -> Iterator[None]:
    """Dispatcher and workers run; they stop at the end of the block."""
    supervisor = Supervisor(work_services(instance), logs=instance.settings.home / "logs")
    supervisor.start()
    try:
        yield
    finally:
        supervisor.stop()


def _play(console: Console, instance: Running, packs: list[Pack], people: int) -> list[Closed]:
    chosen = instance.settings
    stage = Stage(
        Database(chosen.app_database_url),
        Database(chosen.console_database_url),
        load_registry(),
        LocalStore(chosen.files),
        chosen,
    )
    everyone = load_packs()
    columns = (
        TextColumn("{task.fields[agency]:<12}"),
        BarColumn(),
        TextColumn("{task.description:<22}"),
        TimeElapsedColumn(),
    )
    closed: list[Closed] = []
    with Progress(*columns, console=console) as progress:
        for pack in packs:
            task = progress.add_task("", total=1.0, agency=pack.short_name)

            def tell(what: str, share: float, task: object = task) -> None:
                progress.update(task, description=what, completed=share)  # type: ignore[arg-type]

            closed += Player(stage, pack, everyone, people, tell).play()
            progress.update(task, description="selesai", completed=1.0)
    roll_out(stage)
    employ(stage)
    stage.app.close()
    stage.console.close()
    return closed


def _summary(console: Console, closed: list[Closed], seconds: float) -> None:
    table = Table(title="Periode yang ditutup / periods closed", title_justify="left")
    for heading in ("Instansi", "Periode", "Aturan"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Orang", "Sebaran predikat", "Unit", "Di luar pola", "Bayar (juta Rp/bulan)", "Detik"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in closed:
        seen = one.overview
        breaches = sum(not check.valid for check in seen.checks)
        table.add_row(
            one.agency,
            seen.period.code,
            seen.regulation or "",
            f"{seen.people}" if seen.people == seen.appraised else f"{seen.appraised} dari {seen.people}",
            _spread(seen.counts, seen.rule or {}),
            f"{len(seen.checks)}",
            f"{breaches}, beralasan" if breaches else "0",
            f"{_millions(seen.pay_base)} → {_millions(seen.pay_amount)}" if seen.pay_base else "–",
            f"{seen.seconds:.2f}",
        )
    console.print(table)
    console.print(f"{len(closed)} periode, {seconds:.1f} detik seluruhnya.")


def _spread(counts: dict[str, int], rule: dict[str, object]) -> str:
    levels = rule.get("outcomes")
    assert isinstance(levels, list)
    return " · ".join(f"{_short(level['label']['id'])} {counts.get(level['code'], 0)}" for level in levels)


def _millions(rupiah: Decimal) -> str:
    """Whole millions, grouped as Indonesian does."""
    return f"{rupiah / 1_000_000:,.0f}".replace(",", ".")


def _short(label: str) -> str:
    """Sangat Baik → SB; of one word two letters are kept, since Baik and Buruk both begin with B."""
    words = label.split()
    return "".join(word[0] for word in words).upper() if len(words) > 1 else label[:2]


def _sign_ins(console: Console, chosen: Settings, packs: list[Pack]) -> None:
    port, console_port = chosen.web_address.rsplit(":", 1)[1], chosen.console_address.rsplit(":", 1)[1]
    table = Table(title="Buka di peramban / open in a browser (Ctrl-C: berhenti)", title_justify="left")
    table.add_column("Instansi")
    table.add_column("Alamat", no_wrap=True)
    table.add_column("Masuk sebagai")
    whoever = ", ".join((*(office[0] for office in OFFICES), "atau NIP siapa saja"))
    for pack in packs:
        table.add_row(pack.name, f"http://{pack.hosts[0]}:{port}/", whoever)
    table.add_row(
        "Konsol pusat", f"http://{chosen.console_host}:{console_port}/", ", ".join(one[0] for one in OPERATORS)
    )
    console.print(table)
