"""`selaras choice`: what regulations leave open to one agency, and what it chose from which day."""

from __future__ import annotations

import json
from datetime import date, datetime

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from selaras.cli.reach import agency_session
from selaras.clock import today
from selaras.db.session import tenant_of
from selaras.errors import Invalid
from selaras.evaluation import rule_choices
from selaras.identity.actor import system
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency


@click.group()
def choice() -> None:
    """What the law leaves open to an agency, and the agency's own choices."""


DAY = click.DateTime(["%Y-%m-%d"])
_agency = click.option("--agency", "slug", required=True, metavar="SLUG", help="The agency.")


@choice.command("list")
@_agency
@click.option("--on", "day", type=DAY, help="The day (default: today).")
def list_(slug: str, day: datetime | None) -> None:
    """Every open parameter on a day: the law's value, what other sources say, and the agency's own."""
    with agency_session(slug) as session:
        on = day.date() if day else _today(session)
        found = rule_choices.open_rules(session, load_registry(), on)
    table = Table(title=f"{slug} {on}", title_justify="left")
    for heading in ("regulation", "parameter", "law", "certainty", "other sources", "own choice"):
        table.add_column(heading)
    for rules in found:
        for one in rules.parameters:
            others = "; ".join(f"{other.value}: {other.source}" for other in one.law.conflict)
            own = json.dumps(one.chosen, ensure_ascii=False) if one.is_chosen else ""
            law = json.dumps(one.law.value, ensure_ascii=False)
            table.add_row(rules.rules.code, one.parameter.name, law, one.law.source.certainty, others, own)
    Console().print(table)


@choice.command("set")
@_agency
@click.argument("regulation")
@click.option("--set", "given", multiple=True, metavar="NAME=JSON", help="An open parameter (repeatable).")
@click.option("--back", multiple=True, metavar="NAME", help="Return to the law's value (repeatable).")
@click.option("--from", "start", required=True, type=DAY, help="The first day.")
@click.option("--reason", required=True, help="Why; at least 20 characters.")
def set_(
    slug: str, regulation: str, given: tuple[str, ...], back: tuple[str, ...], start: datetime, reason: str
) -> None:
    """Choose what REGULATION leaves open, from a day on; refused for the days of a closed period."""
    chosen = dict(_parameter(one) for one in given)
    if not chosen and not back:
        raise Invalid("rule_choice.nothing", "Name at least one --set NAME=JSON or --back NAME.")
    with agency_session(slug) as session:
        actor, first = system(tenant_of(session)), start.date()
        rule_choices.choose(session, actor, load_registry(), regulation, chosen, start=first, reason=reason, back=back)
    click.echo(f"{regulation}: {', '.join(sorted([*chosen, *back]))} from {first.isoformat()}.")


def _today(session: Session) -> date:
    return today(agency(session, tenant_of(session)).time_zone)


def _parameter(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), json.loads(value)
    except ValueError as error:
        raise Invalid("rule_choice.json", '{text} is not NAME=JSON, such as periods=["quarter"].', text=text) from error
