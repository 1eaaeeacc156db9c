"""`selaras demo`: agencies load their files and close a quarter on this machine, then the instance serves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from selaras.cli.serve import refuse_taken_addresses, services, work_services
from selaras.config import Settings, settings
from selaras.db.session import Database
from selaras.demo.arranging import arrange
from selaras.demo.beside_each_other import beside_each_other
from selaras.demo.desk import Desk
from selaras.demo.feature import roll_out
from selaras.demo.guests import Invited, invited
from selaras.demo.offices import OFFICES
from selaras.demo.operators import OPERATORS, employ
from selaras.demo.population import FEWEST
from selaras.demo.providers.beside import Beside
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
@click.option("--code", is_flag=True, help="Print the operators' one-time code of this half minute, and end.")
def demo(people: int, only: tuple[str, ...], no_serve: bool, code: bool) -> None:
    """The pilot agencies and their successors close a quarter, each behind its own wall; then open it in a browser.

    Without --only it plays every agency whose pack has a demo; `--only` with a wrong name lists them.
    """
    if code:
        click.echo(Desk(settings().home.resolve()).code())
        return
    terminal = Console()
    # A pipe or a narrow window would fold the summary beyond reading.
    console = Console(width=max(terminal.width, WIDTH))
    began = time.monotonic()
    chosen = settings()
    packs = _chosen(only)
    if not no_serve:
        refuse_taken_addresses(chosen)
    with running(chosen) as instance:
        if no_serve:
            _played(console, instance, packs, people, began)
            return
        beside = Beside(instance.settings.home)
        desk = Desk(instance.settings.home)
        told = replace(instance, settings=desk.settings(instance.settings))
        providers = [*beside.services(), desk.service(instance.settings)]
        supervisor = Supervisor([*providers, *services(told)], logs=instance.settings.home / "logs")
        try:
            supervisor.start(*beside.providers)
            _played(console, instance, packs, people, began)
            _sign_ins(console, beside, _welcome(instance, beside, packs))
            _operators(console, instance.settings, desk)
            supervisor.run()
        finally:
            supervisor.stop()


def _played(console: Console, instance: Running, packs: list[Pack], people: int, began: float) -> None:
    with _working(instance):
        closed = _play(console, instance, packs, people)
    _summary(console, closed, time.monotonic() - began)


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


@contextmanager
def _stage(chosen: Settings) -> Iterator[Stage]:
    app, operators = Database(chosen.app_database_url), Database(chosen.console_database_url)
    try:
        yield Stage(app, operators, load_registry(), LocalStore(chosen.files), chosen)
    finally:
        app.close()
        operators.close()


def _play(console: Console, instance: Running, packs: list[Pack], people: int) -> list[Closed]:
    everyone = load_packs()
    columns = (
        TextColumn("{task.fields[agency]:<12}"),
        BarColumn(),
        TextColumn("{task.description:<22}"),
        TimeElapsedColumn(),
    )
    closed: list[Closed] = []
    with _stage(instance.settings) as stage, Progress(*columns, console=console) as progress:
        for pack in packs:
            task = progress.add_task("", total=1.0, agency=pack.short_name)

            def tell(what: str, share: float, task: TaskID = task) -> None:
                progress.update(task, description=what, completed=share)

            closed += Player(stage, pack, everyone, people, tell).play()
            progress.update(task, description="selesai", completed=1.0)
        roll_out(stage)
        employ(stage)
        beside_each_other(stage, packs)
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


def _welcome(instance: Running, beside: Beside, packs: list[Pack]) -> list[Invited]:
    """Everybody who may sign in, told to the identity providers."""
    port = int(instance.settings.web_address.rsplit(":", 1)[1])
    with _stage(instance.settings) as stage:
        found = [invited(stage, pack, port) for pack in packs]
        beside.welcome([one.guest for one in found])
        arrange(stage, beside, found)
    return found


def _sign_ins(console: Console, beside: Beside, found: list[Invited]) -> None:
    table = Table(title="Buka di peramban / open in a browser (Ctrl-C: berhenti)", title_justify="left")
    for heading in ("Instansi", "Alamat", "Masuk di", "Pengelola", "Penilai (NIP)", "Pegawai (NIP)"):
        table.add_column(heading, no_wrap=True)
    for one in found:
        names = (f"{OFFICES[0][0]}.{one.guest.slug}", one.appraiser or "–", one.employee or "–")
        table.add_row(one.guest.name, f"{one.guest.origin}/", one.guest.provider, *names)
    console.print(table)
    others = ", ".join(f"{key}.<instansi>" for key, _, _ in OFFICES[1:])
    console.print(f"Kata sandi semua orang / everybody's password: [bold]{beside.password}[/bold]", highlight=False)
    console.print(f"Juga / also: {others}; dan NIP siapa saja dalam / any number in {beside.listed}", highlight=False)


def _operators(console: Console, chosen: Settings, desk: Desk) -> None:
    port, operators = chosen.console_address.rsplit(":", 1)[1], ", ".join(one[0] for one in OPERATORS)
    console.print(f"Konsol pusat / console: http://{chosen.console_host}:{port}/ ({operators})", highlight=False)
    console.print(
        f"Operator: kata sandi / password [bold]{desk.password}[/bold]; kode sekali pakai / one-time code: "
        "`python3 run.py demo --code`\n(atau aplikasi autentikator dengan rahasia / or an authenticator app with the "
        f"secret {desk.one_time_secret})",
        highlight=False,
    )
