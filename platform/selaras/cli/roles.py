"""`selaras identity role`: grant a role at an agency, take it back, and who holds which."""

from __future__ import annotations

import json
from datetime import date, datetime
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from selaras.cli.options import DAY
from selaras.cli.reach import agency_session
from selaras.clock import today
from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.identity.actor import system
from selaras.identity.permissions import ScopeKind
from selaras.identity.roles import Granting, Scope, role_of
from selaras.organisation import granting
from selaras.organisation.accounts import account_named
from selaras.organisation.queries import units
from selaras.tenancy.queries import agency

_agency = click.option("--agency", "slug", required=True, metavar="SLUG", help="The agency.")
_reason = click.option("--reason", required=True, help="Why; at least 10 characters, recorded.")


@click.group()
def role() -> None:
    """Roles of accounts at an agency, with reasons and days."""


@role.command("list")
@_agency
@click.option("--account", "name", metavar="NAME", help="One account: its user name, NIP or NI PPPK.")
@click.option("--role", "code", metavar="ROLE", help="One role.")
@click.option("--past", is_flag=True, help="Those that are over, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(slug: str, name: str | None, code: str | None, past: bool, as_json: bool) -> None:
    """Granted roles that hold today or later: whose, for what, since when, from whom, and why."""
    with agency_session(slug) as session:
        on = _today(session)
        account = account_named(session, name, on) if name else None
        wanted = role_of(code) if code else None
        actor = system(tenant_of(session))
        found = granting.grants(session, actor, on, account_id=account, role=wanted, past=past)
    if as_json:
        click.echo(json.dumps([vars(one) for one in found], default=str, indent=2, ensure_ascii=False))
        return
    table = Table(title=f"{slug} {on}", title_justify="left")
    for heading in ("id", "account", "role", "for", "since", "until", "by", "reason"):
        table.add_column(heading)
    for one in found:
        scope = one.unit_name or (str(one.calibration_id) if one.calibration_id else one.reach.value)
        days = one.since.isoformat(), one.until.isoformat() if one.until else ""
        table.add_row(str(one.id), one.name, one.role, scope, *days, one.granted_by or one.origin, one.reason or "")
    Console().print(table)


@role.command("grant")
@_agency
@click.argument("name")
@click.argument("code")
@_reason
@click.option("--unit", metavar="ID", help="For this unit (its national id) and the units below it only.")
@click.option("--from", "since", type=DAY, help="The first day (default: today).")
@click.option("--until", type=DAY, help="The first day without it.")
def grant(
    slug: str, name: str, code: str, reason: str, unit: str | None, since: datetime | None, until: datetime | None
) -> None:  # one argument for each option
    """Grant role CODE to the account NAME (user name, NIP or NI PPPK), as the operator of this server."""
    with agency_session(slug) as session:
        on = _today(session)
        wanted = Granting(
            account_id=account_named(session, name, on),
            role=role_of(code),
            reason=reason,
            since=since.date() if since else on,
            until=until.date() if until else None,
            scope=_scope(session, unit, on),
        )
        made = granting.grant_or_ask(session, system(tenant_of(session)), wanted, on)
    click.echo(str(made.grant_id))


@role.command("revoke")
@_agency
@click.argument("grant_id", type=click.UUID)
@_reason
def revoke(slug: str, grant_id: UUID, reason: str) -> None:
    """Take a granted role (its id: see `list`) back from today on; the last administrator's stays."""
    with agency_session(slug) as session:
        granting.revoke(session, system(tenant_of(session)), grant_id, reason, _today(session))
    click.echo(f"{grant_id}: taken back.")


def _scope(session: Session, source_id: str | None, day: date) -> Scope:
    if source_id is None:
        return Scope()
    for one in units(session, day):
        if one.source_id == source_id:
            return Scope(ScopeKind.UNIT, one.unit_id)
    raise NotFound("unit_unknown", "There is no such unit here.")


def _today(session: Session) -> date:
    return today(agency(session, tenant_of(session)).time_zone)
