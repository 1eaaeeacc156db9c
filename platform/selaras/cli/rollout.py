"""`selaras rollout`: a regulation or a feature for the agencies of a region, stage by stage."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from selaras.cli.reach import console_session
from selaras.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from selaras.tenancy.rollout_queries import RolloutView

# What is imported inside a command is slow to load, and `selaras --help` needs none of it.

Command = Callable[..., None]


def _actor(command: Command) -> Command:
    return click.option(
        "--actor", default=getpass.getuser, metavar="NAME", help="Siapa yang bertindak. / Who does this."
    )(command)


def _reason(command: Command) -> Command:
    return click.option("--reason", required=True, help="Alasan, dicatat. / The reason; it is recorded.")(command)


def _agencies(command: Command) -> Command:
    text = "Hanya instansi ini (boleh berulang). / Only this agency (repeatable)."
    return click.option("--agency", "slugs", multiple=True, metavar="SLUG", help=text)(command)


def _as_json(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Keluaran JSON. / Print JSON.")(command)


@click.group()
def rollout() -> None:
    """Peluncuran bertahap per wilayah. / Staged rollouts, region by region."""


@rollout.command()
@click.option("--regulation", metavar="CODE", help="Kode peraturan. / The regulation's code.")
@click.option("--edition", metavar="NAME", help="Edisi, bila bukan yang terbaru. / Its edition, if not the newest.")
@click.option("--feature", metavar="NAME", help="Nama fitur. / The feature's name.")
@click.option("--region", metavar="CODE", help="Kode wilayah: 35 mencakup 3515 dan 3578. / 35 holds 3515 and 3578.")
@click.option("--from", "starts", type=click.DateTime(["%Y-%m-%d"]), required=True, help="YYYY-MM-DD")
@_agencies
@_reason
@_actor
@_as_json
def start(  # noqa: PLR0913, PLR0917  # each argument is an option of the command
    regulation: str | None,
    edition: str | None,
    feature: str | None,
    region: str | None,
    starts: datetime,
    slugs: tuple[str, ...],
    reason: str,
    actor: str,
    as_json: bool,
) -> None:
    """Mulai peluncuran pada tahap persiapan. / Begin a rollout; every agency stands at `prepare`."""
    from selaras.regulation import load_registry
    from selaras.tenancy import rollouts

    if (regulation is None) == (feature is None):
        raise Invalid("rollout.goal", "Name either a regulation (--regulation) or a feature (--feature), not both.")
    kind = rollouts.REGULATION if regulation else rollouts.FEATURE
    goal = rollouts.Goal(kind, regulation or feature or "", starts.date(), edition)
    with console_session() as session:
        made = rollouts.start(session, actor, goal, load_registry(), reason=reason, region_code=region, slugs=slugs)
        _print(session, made, as_json)


@rollout.command()
@click.argument("rollout_id", type=click.UUID)
@_agencies
@_reason
@_actor
@_as_json
def advance(rollout_id: UUID, slugs: tuple[str, ...], reason: str, actor: str, as_json: bool) -> None:
    """Majukan satu tahap; pada `live` peralihan berlaku. / Move one stage on; at `live` the switch is made."""
    from selaras.tenancy import rollouts

    with console_session() as session:
        rollouts.advance(session, actor, rollout_id, reason=reason, last_day=_last_day, slugs=slugs)
        _print(session, rollout_id, as_json)


@rollout.command()
@click.argument("rollout_id", type=click.UUID)
@click.option("--from", "starts", type=click.DateTime(["%Y-%m-%d"]), help="YYYY-MM-DD")
@_agencies
@_reason
@_actor
@_as_json
def rollback(
    rollout_id: UUID, starts: datetime | None, slugs: tuple[str, ...], reason: str, actor: str, as_json: bool
) -> None:
    """Batalkan; yang sudah ditutup tidak disentuh. / Take it back; nothing that is closed is touched."""
    from selaras.tenancy import rollouts

    with console_session() as session:
        rollouts.roll_back(
            session,
            actor,
            rollout_id,
            reason=reason,
            last_day=_last_day,
            starts=starts.date() if starts else None,
            slugs=slugs,
        )
        _print(session, rollout_id, as_json)


@rollout.command("list")
@_as_json
def list_(as_json: bool) -> None:
    """Semua peluncuran, terbaru dahulu. / All rollouts, the newest first."""
    from selaras.tenancy.rollout_queries import rollouts

    with console_session() as session:
        views = rollouts(session)
    if as_json:
        click.echo(json.dumps([_json(view) for view in views]))
        return
    for view in views:
        click.echo(_line(view))
    if not views:
        click.echo("Belum ada peluncuran. / There is no rollout yet: selaras rollout start --help")


@rollout.command()
@click.argument("rollout_id", type=click.UUID)
@_as_json
def show(rollout_id: UUID, as_json: bool) -> None:
    """Satu peluncuran dengan instansi dan riwayatnya. / One rollout with its agencies and its history."""
    with console_session() as session:
        _print(session, rollout_id, as_json, history=True)


def _last_day(period_code: str) -> date:
    from selaras.evaluation.rules import period_span

    return period_span(period_code).ends


def _print(session: Session, rollout_id: UUID, as_json: bool, *, history: bool = False) -> None:
    from selaras.tenancy import rollout_queries

    view = rollout_queries.rollout(session, rollout_id)
    moves = rollout_queries.moves(session, rollout_id) if history else ()
    if as_json:
        events = [{**vars(one), "at": one.at.isoformat()} for one in moves]
        click.echo(json.dumps(_json(view) | ({"events": events} if history else {})))
        return
    click.echo(_line(view))
    click.echo(f"  {view.reason}")
    for member in view.members:
        click.echo(f"  {member.stage:<12} {member.slug:<24} {member.name}")
    for move in moves:
        way = f"{move.before or '-'} → {move.after}"
        click.echo(f"  {move.at:%Y-%m-%d %H:%M} UTC  {move.slug}: {way}  ({move.actor}: {move.reason})")


def _line(view: RolloutView) -> str:
    stages = ", ".join(f"{stage} {count}" for stage, count in view.stages.items() if count)
    where = view.region_code or "-"
    return f"{view.id}  {view.goal} {view.subject}  wilayah {where}  mulai {view.effective.isoformat()}  [{stages}]"


def _json(view: RolloutView) -> dict[str, Any]:
    return {
        "id": str(view.id),
        "goal": view.goal,
        "subject": view.subject,
        "edition": view.edition,
        "region": view.region_code,
        "from": view.effective.isoformat(),
        "reason": view.reason,
        "created_at": view.created_at.isoformat(),
        "agencies": [{"uuid": str(one.uuid), "slug": one.slug, "stage": one.stage} for one in view.members],
    }
