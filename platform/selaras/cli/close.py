"""`selaras close`: how ready a period is, starting its close, looking at it, taking a blocked one back."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from selaras.cli.reach import agency_session
from selaras.closing import queries, service
from selaras.evaluation.queries import period_by_code
from selaras.evaluation.rules import period_span
from selaras.evaluation.service import open_period
from selaras.identity.actor import system
from selaras.regulation import Rules, load_registry
from selaras.tenancy.queries import agency, rules_on


@click.group()
def close() -> None:
    """Close a period of one agency."""


_agency = click.option("--agency", "slug", required=True, metavar="SLUG", help="The agency.")
_period = click.argument("period")


def _rules(session: Session, code: str) -> Rules:
    day = period_span(code).ends
    return rules_on(session, agency(session, int(session.info["tenant"])), day, load_registry())


@close.command("open")
@_agency
@_period
def open_(slug: str, period: str) -> None:
    """Open a period for ratings: 2026 (year), 2026-S1 (half year), 2026-TW3 (quarter) or 2026-07 (month)."""
    with agency_session(slug) as session:
        open_period(session, system(int(session.info["tenant"])), period, _rules(session, period))
    click.echo(f"{period} is open.")


@close.command()
@_agency
@_period
def ready(slug: str, period: str) -> None:
    """Who and what is still missing; exit code 1 while something is."""
    with agency_session(slug) as session:
        found = service.readiness(session, period_by_code(session, period), _rules(session, period))
    click.echo(f"{found.rated} of {found.people} people are rated.")
    click.echo(f"{found.units - len(found.unrated_units)} of {found.units} units have an organisation rating.")
    for one in found.surveys:
        place = one.unit or "the whole agency"
        click.echo(f"The survey of {place} is {one.state}; {one.empty} of {one.groups} groups stay empty.")
    if not found.complete or found.running_surveys:
        raise SystemExit(1)


@close.command()
@_agency
@_period
@click.option("--without-unrated", is_flag=True, help="People whom nobody rated get no outcome.")
@click.option("--without-surveys", is_flag=True, help="Although a 360° survey of the period is open.")
def start(slug: str, period: str, without_unrated: bool, without_surveys: bool) -> None:
    """Start the close as a job; the workers take it from there."""
    with agency_session(slug) as session:
        service.start(
            session,
            system(int(session.info["tenant"])),
            period,
            _rules(session, period),
            without_unrated=without_unrated,
            without_surveys=without_surveys,
        )
    click.echo(f"The close of {period} is started; look at it with “selaras close show”.")


@close.command()
@_agency
@_period
def show(slug: str, period: str) -> None:
    """The stages with their rows and seconds, the outcomes, and every breach of the distribution."""
    with agency_session(slug) as session:
        seen = queries.overview(session, period)
    table = Table(title=f"{slug} {period}: {seen.state}", title_justify="left")
    for heading in ("stage", "done", "rows", "seconds"):
        table.add_column(heading)
    for stage in seen.stages:
        table.add_row(stage.stage.value, "yes" if stage.done else "–", str(stage.rows), f"{stage.seconds:.3f}")
    console = Console()
    console.print(table)
    if seen.problem:
        console.print(seen.problem["message"].format(**seen.problem["params"]))
    for outcome, people in seen.counts.items():
        console.print(f"{outcome}: {people}")
    for check in seen.checks:
        if not check.valid:
            reason = check.override_reason or "waits for the authorised official"
            console.print(f"{check.unit_name} ({check.organisation_rating}): {', '.join(check.violations)} — {reason}")


@close.command()
@_agency
@_period
def withdraw(slug: str, period: str) -> None:
    """Remove the drafts of a close that waits, so that ratings can be changed."""
    with agency_session(slug) as session:
        service.withdraw(session, system(int(session.info["tenant"])), period)
    click.echo(f"The close of {period} is withdrawn; the period is open again.")


@close.command()
@_agency
@_period
def resume(slug: str, period: str) -> None:
    """Put a close that waits, or whose job was given up, back to work."""
    with agency_session(slug) as session:
        service.resume(session, system(int(session.info["tenant"])), period)
    click.echo(f"The close of {period} goes on.")
