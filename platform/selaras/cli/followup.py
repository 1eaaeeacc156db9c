"""`selaras followup`: propose what follows a closed period, and look at it."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from selaras.cli.reach import agency_session
from selaras.db.session import tenant_of
from selaras.followup import lists
from selaras.followup.proposing import propose as propose_period
from selaras.identity.actor import system
from selaras.regulation import load_registry


@click.group()
def followup() -> None:
    """What follows the results of one agency; officials decide, the system only proposes."""


_agency = click.option("--agency", "slug", required=True, metavar="SLUG", help="The agency.")


@followup.command()
@_agency
@click.argument("period")
def propose(slug: str, period: str) -> None:
    """Propose what follows a closed PERIOD; doing it again adds nothing."""
    with agency_session(slug) as session:
        counts = propose_period(session, system(int(session.info["tenant"])), period, load_registry())
    for kind, number in counts.items():
        click.echo(f"{kind}: {number}")
    if not counts:
        click.echo("Nothing new.")


@followup.command("list")
@_agency
@click.option("--period", default=None, help="Only of this period.")
@click.option("--kind", default=None, help="Only of this kind, e.g. accelerated_candidate.")
@click.option("--state", default=None, help="Only in this state, e.g. proposed.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 200))
def list_(slug: str, period: str | None, kind: str | None, state: str | None, limit: int) -> None:
    """Proposals with the article that each rests on."""
    with agency_session(slug) as session:
        page = lists.proposals(session, system(tenant_of(session)), lists.Asked(period, kind, state), limit=limit)
        counts = lists.counts(session, system(tenant_of(session)), period)
    table = Table(title=f"{slug}: proposals", title_justify="left")
    for heading in ("name", "period", "kind", "result", "state", "article"):
        table.add_column(heading)
    for one in page.items:
        table.add_row(one.name, one.period, one.kind, one.outcome, one.state, str(one.basis["article"]))
    console = Console()
    console.print(table)
    for count in counts:
        console.print(f"{count.kind} · {count.state}: {count.proposals}")
