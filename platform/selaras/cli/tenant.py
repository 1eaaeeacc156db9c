"""`selaras tenant`: agencies on this instance, which regulation they follow, and the proof that walls stand."""

from __future__ import annotations

import getpass
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import click

from selaras.cli.reach import console_of, console_session, reached
from selaras.config import Settings
from selaras.errors import Invalid

if TYPE_CHECKING:
    from selaras.tenancy.isolation.probes import Ground, Probe
    from selaras.tenancy.packs import Pack
    from selaras.tenancy.queries import AgencyView
    from selaras.tenancy.service import NewAgency

# What is imported inside a command is slow to load, and `selaras --help` needs none of it.

Command = Callable[..., None]
_DAY = click.DateTime(["%Y-%m-%d"])


def _actor(command: Command) -> Command:
    return click.option("--actor", default=getpass.getuser, metavar="NAME", help="Who does this; it is recorded.")(
        command
    )


def _as_json(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


@click.group()
def tenant() -> None:
    """Create agencies, list them, and prove that each is behind its own wall."""


@tenant.command()
@click.option("--pack", metavar="NAME", help="An installed pack; it says everything else.")
@click.option("--slug", help="Short address, such as sidoarjo.")
@click.option("--name", help="Full name.")
@click.option("--short-name", help="Short name (default: the full one).")
@click.option("--kind", help="ministry, agency, province, regency or city.")
@click.option("--host", "hosts", multiple=True, help="Host name by which it is reached (repeatable).")
@click.option("--region", "region_code", metavar="CODE", help="Kemendagri code, for a province, regency or city.")
@click.option("--bkn-code", metavar="CODE", help="The agency's id in the national system.")
@click.option("--time-zone", default="Asia/Jakarta", show_default=True)
@_actor
@_as_json
def create(pack: str | None, actor: str, as_json: bool, **given: object) -> None:
    """Create an agency; running it again completes what is missing and changes nothing else."""
    from selaras.tenancy import queries, service

    new, described = _described(pack, given)
    with reached("console_database_url", "app_database_url") as chosen:
        with console_of(chosen) as session:
            number = service.create_agency(session, actor, new)
            made = queries.agency(session, number)
        if described is not None:
            _seed(chosen, number, described)
    if as_json:
        click.echo(json.dumps(_json(made)))
    else:
        click.echo(f"{made.slug}: {made.name}, {', '.join(made.hosts)} ({made.uuid})")


@tenant.command("list")
@_as_json
def list_(as_json: bool) -> None:
    """All agencies."""
    from selaras.tenancy import queries

    with console_session() as session:
        agencies = queries.list_agencies(session)
    if as_json:
        click.echo(json.dumps([_json(one) for one in agencies]))
        return
    for one in agencies:
        click.echo(f"{one.slug:<20} {one.kind:<9} {one.status:<10} {one.region_code or '-':<5} {one.name}")
    if not agencies:
        click.echo("There is no agency yet: selaras tenant create --help")


@tenant.command()
@click.argument("slug")
@click.argument("host")
@_actor
def host(slug: str, host: str, actor: str) -> None:
    """Reach an agency by one more host name, such as its own domain."""
    from selaras.tenancy import queries, service

    with console_session() as session:
        number = queries.agency_by_slug(session, slug).tenant_id
        click.echo(service.add_host(session, actor, number, host))


@tenant.command()
@click.argument("slug")
@_as_json
def regulation(slug: str, as_json: bool) -> None:
    """Which regulation an agency follows from when, and the days on which it follows none."""
    from selaras.tenancy import queries

    with console_session() as session:
        number = queries.agency_by_slug(session, slug).tenant_id
        choices = queries.regulations(session, number)
        days = [(one.during.lower, one.during.upper) for one in choices if one.during.lower]
        gaps = queries.regulation_gaps(session, number, days[0][0], days[-1][0]) if days else ()
    spans = [(one.regulation, one.edition, first, end) for one, (first, end) in zip(choices, days, strict=True)]
    if as_json:
        rows = [
            {"regulation": code, "edition": edition, "from": str(first), "until": str(end) if end else None}
            for code, edition, first, end in spans
        ]
        holes = [{"first": str(gap.first), "last": str(gap.last)} for gap in gaps]
        click.echo(json.dumps({"regulations": rows, "gaps": holes}))
        return
    for code, edition, first, end in spans:
        click.echo(
            f"{first} – {f'before {end}' if end else 'further notice'}  {code}{f' ({edition})' if edition else ''}"
        )
    for gap in gaps:
        click.echo(f"{gap.first} – {gap.last}  no regulation is followed")


@tenant.command()
@click.argument("slug")
@click.argument("code")
@click.option("--from", "starts", type=_DAY, required=True, help="First day, YYYY-MM-DD.")
@click.option("--before", "ends", type=_DAY, help="The day on which it no longer holds.")
@click.option("--edition", metavar="NAME", help="Its edition, if not the newest.")
@click.option("--reason", required=True, help="It is recorded.")
@_actor
def assign(
    slug: str, code: str, starts: datetime, ends: datetime | None, edition: str | None, reason: str, actor: str
) -> None:
    """Let an agency follow a regulation on days on which it follows none."""
    from selaras.regulation import load_registry
    from selaras.tenancy import assignments, queries

    load_registry().rules(code, on=starts.date(), edition=edition)
    with console_session() as session:
        number = queries.agency_by_slug(session, slug).tenant_id
        last = ends.date() if ends else None
        assignments.assign(session, actor, number, code, starts.date(), last, edition=edition, reason=reason)
    click.echo(f"{slug}: {code} {starts:%Y-%m-%d}")


@tenant.command()
@click.argument("slug")
@click.argument("change", type=click.Choice(["suspend", "activate"]))
@click.option("--reason", required=True, help="It is recorded.")
@_actor
def status(slug: str, change: str, reason: str, actor: str) -> None:
    """Suspend an agency, or activate it again; the operators' journal keeps who did it and why.

    While it is suspended, its scheduled rounds rest and nobody can be asked for support. It does not lock anybody
    out: people of the agency can still sign in and work.
    """
    from selaras.tenancy import queries, service

    with console_session() as session:
        found = queries.agency_by_slug(session, slug)
        wanted = {"suspend": "suspended", "activate": "active"}[change]
        if found.status == wanted:
            click.echo(f"{slug}: {wanted} already")
            return
        service.set_status(session, actor, found.tenant_id, wanted, reason)
    click.echo(f"{slug}: {found.status} -> {wanted}")
    if wanted == "suspended":
        click.echo("Its scheduled rounds rest; its people can still sign in.", err=True)


@tenant.command("prove-isolation")
@click.option("--attacks", type=click.IntRange(1), default=5000, show_default=True, help="How many attacks.")
@click.option("--seed", type=int, help="Repeat a run: its order of attacks (default: another one each time).")
@click.option("--admin-url", metavar="URL", help="A superuser's URL, only for the four leaks nobody else can plant.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the report here as well.")
@_as_json
@click.pass_context
def prove_isolation(
    context: click.Context, attacks: int, seed: int | None, admin_url: str | None, report: Path | None, as_json: bool
) -> None:
    """Plant leaks and find them, then look for real ones; exit code 1 if a wall does not hold."""
    from selaras.tenancy.isolation import report as words
    from selaras.tenancy.isolation.proof import Servers, prove

    with reached("app_database_url", "console_database_url", "migrator_database_url") as chosen:
        servers = Servers(chosen.app_database_url, chosen.console_database_url, chosen.migrator_database_url, admin_url)
        proof = prove(
            servers,
            attacks=attacks,
            seed=secrets.randbelow(2**31) if seed is None else seed,
            more=lambda ground: _probes(chosen, ground),
            say=lambda line: click.echo(f"{line} …", err=True),
        )
    text = json.dumps(words.as_json(proof), indent=2) + "\n" if as_json else words.as_text(proof)
    if report is not None:
        report.write_text(text, "utf-8")
    click.echo(text, nl=False)
    context.exit(0 if proof.holds else 1)


def _probes(chosen: Settings, ground: Ground) -> Sequence[Probe]:
    """Redis and files as far as the settings name them, and what installed packages add."""
    from selaras.tenancy.isolation.probes import GROUP, files_probe, redis_probe

    probes = [files_probe(chosen.files, ground.agencies)]
    if chosen.redis_url:
        probes.append(redis_probe(chosen.redis_url, ground.agencies))
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        probes += point.load()(ground)
    return probes


def _described(pack: str | None, given: dict[str, object]) -> tuple[NewAgency, Pack | None]:
    from selaras.tenancy.packs import load_packs
    from selaras.tenancy.service import NewAgency, from_pack

    if pack is not None:
        packs = load_packs()
        if pack not in packs:
            raise Invalid(
                "pack.unknown", "There is no pack {pack}; installed are: {known}.", pack=pack, known=", ".join(packs)
            )
        return from_pack(packs[pack], packs), packs[pack]
    for option in ("slug", "name", "kind"):
        if not given[option]:
            raise Invalid("agency.incomplete", "Name a --pack, or --slug, --name, --kind and --host.")
    values = given | {"short_name": given["short_name"] or given["name"]}
    return NewAgency(**values), None  # type: ignore[arg-type]  # click has parsed each option


def _seed(chosen: Settings, number: int, pack: Pack) -> None:
    """What the pack says of rules becomes the agency's own, to be changed by it afterwards."""
    from selaras.db.session import Database
    from selaras.exchange.rule_packs import seed
    from selaras.regulation import load_registry

    database = Database(chosen.app_database_url, pool_size=1)
    try:
        with database.tenant(number) as session:
            seed(session, load_registry(), pack)
    finally:
        database.close()


def _json(one: AgencyView) -> dict[str, object]:
    return {
        "uuid": str(one.uuid),
        "slug": one.slug,
        "name": one.name,
        "kind": one.kind,
        "status": one.status,
        "region": one.region_code,
        "time_zone": one.time_zone,
        "pack": one.pack,
        "hosts": list(one.hosts),
    }
