"""`selaras followup`: propose what follows a closed period, look at it, candidates, an agency's own choices."""

from __future__ import annotations

import json
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table

from selaras.cli.reach import agency_session
from selaras.errors import Invalid
from selaras.followup import lists
from selaras.followup.proposing import propose as propose_period
from selaras.followup.rulebooks import choose as choose_parameters
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
        page = lists.proposals(session, lists.Asked(period, kind, state), limit=limit)
        counts = lists.counts(session, period)
    table = Table(title=f"{slug}: proposals", title_justify="left")
    for heading in ("name", "period", "kind", "result", "state", "article"):
        table.add_column(heading)
    for one in page.items:
        table.add_row(one.name, one.period, one.kind, one.outcome, one.state, str(one.basis["article"]))
    console = Console()
    console.print(table)
    for count in counts:
        console.print(f"{count.kind} · {count.state}: {count.proposals}")


@followup.command()
@_agency
@click.argument("regulation")
@click.option("--set", "given", multiple=True, metavar="NAME=JSON", required=True, help="An open parameter.")
@click.option("--from", "start", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The first day.")
@click.option("--reason", required=True, help="Why; at least 20 characters.")
def choose(slug: str, regulation: str, given: tuple[str, ...], start: datetime, reason: str) -> None:
    """The agency's own choice for what REGULATION leaves open, from a day on."""
    parameters = dict(_parameter(one) for one in given)
    with agency_session(slug) as session:
        actor = system(int(session.info["tenant"]))
        choose_parameters(session, actor, load_registry(), regulation, parameters, start=start.date(), reason=reason)
    click.echo(f"{regulation}: {', '.join(sorted(parameters))} from {start.date().isoformat()}.")


def _parameter(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), json.loads(value)
    except ValueError as error:
        raise Invalid("followup.json", '{text} is not NAME=JSON, such as periods=["quarter"].', text=text) from error
