"""`selaras operator`: who works at the central console; the first one can only be added here."""

from __future__ import annotations

import getpass
import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from selaras.cli.reach import console_session
from selaras.clock import today

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Range

    from selaras.identity.operators.queries import OperatorView
    from selaras.identity.operators.service import Doer

# What is imported inside a command is slow to load, and `selaras --help` needs none of it.

ZONE = "Asia/Jakarta"
_ROLES = "observer, rollout, support, administrator"
_role = click.option("--role", "roles", multiple=True, required=True, metavar="ROLE", help=_ROLES)
_from = click.option("--from", "starts", type=click.DateTime(["%Y-%m-%d"]), help="YYYY-MM-DD; hari ini / today")
_until = click.option("--until", "last", type=click.DateTime(["%Y-%m-%d"]), help="Hari terakhir. / The last day.")


@click.group()
def operator() -> None:
    """Operator konsol pusat dan perannya. / Operators of the central console and their roles."""


@operator.command()
@click.argument("login")
@click.option("--name", required=True, metavar="NAME", help="Nama yang dilihat instansi. / As agencies see it.")
@_role
@_from
@_until
def add(login: str, name: str, roles: tuple[str, ...], starts: datetime | None, last: datetime | None) -> None:
    """Tambahkan LOGIN, namanya di penyedia identitas operator. / Add whoever the provider calls LOGIN."""
    from selaras.identity.operators.queries import operator_by_login
    from selaras.identity.operators.service import add_operator

    with console_session() as session:
        add_operator(session, _doer(), login, name, roles, _days(starts, last))
        click.echo(_line(operator_by_login(session, login, today(ZONE))))


@operator.command()
@click.argument("login")
@_role
@_from
@_until
def grant(login: str, roles: tuple[str, ...], starts: datetime | None, last: datetime | None) -> None:
    """Beri peran lagi. / Grant further roles."""
    from selaras.identity.operators.queries import operator_by_login
    from selaras.identity.operators.service import grant_role

    with console_session() as session:
        found = operator_by_login(session, login, today(ZONE))
        for role in roles:
            grant_role(session, _doer(), found.id, role, _days(starts, last))
        click.echo(_line(operator_by_login(session, login, today(ZONE))))


@operator.command("list")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON. / Print JSON.")
def list_(as_json: bool) -> None:
    """Semua operator dengan perannya hari ini. / All operators with their roles of today."""
    from selaras.identity.operators.queries import operators

    with console_session() as session:
        found = operators(session, today(ZONE))
    if as_json:
        click.echo(json.dumps([_json(one) for one in found]))
        return
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("Belum ada operator. / There is no operator yet: selaras operator add --help")


@operator.command()
@click.argument("login")
def remove(login: str) -> None:
    """Keluarkan: peran, sesi, dan akses dukungan berakhir seketika. / Remove: everything ends at once."""
    from selaras.identity.operators.queries import operator_by_login
    from selaras.identity.operators.service import remove_operator
    from selaras.identity.support.asking import Asker, end_all_of

    with console_session() as session:
        found = operator_by_login(session, login, today(ZONE))
        remove_operator(session, _doer(), found.id, today(ZONE))
        # On the server nobody is signed in; the steps are the leaver's own. Sessions are looked up at every request.
        end_all_of(session, Asker(found.id, found.name), found.id)
        click.echo(_line(operator_by_login(session, login, today(ZONE))))


def _doer() -> Doer:
    from selaras.identity.operators.service import Doer

    return Doer(f"cli:{getpass.getuser()}")


def _days(starts: datetime | None, last: datetime | None) -> Range[date]:
    from sqlalchemy.dialects.postgresql import Range

    from selaras.errors import Invalid

    first = starts.date() if starts else today(ZONE)
    if last is not None and last.date() < first:
        raise Invalid("operator_days", "The last day lies before the first.", field="until")
    return Range(first, last.date() + timedelta(days=1) if last else None)


def _line(one: OperatorView) -> str:
    roles = ", ".join(sorted(one.roles)) or "-"
    state = "" if one.active else "  (dikeluarkan / removed)"
    return f"{one.login:<32} {one.name:<28} {roles}{state}"


def _json(one: OperatorView) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "login": one.login,
        "name": one.name,
        "active": one.active,
        "signed_in_before": one.bound,
        "roles": sorted(one.roles),
    }
