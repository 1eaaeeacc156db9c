"""`selaras pack`: agency packs: check them, see how far an agency has moved, take its rules out and others in."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from selaras.cli.reach import agency_session
from selaras.clock import today
from selaras.db.session import tenant_of
from selaras.errors import Invalid, NotFound
from selaras.exchange import pack_check, rule_packs
from selaras.exchange.own_rules import KINDS
from selaras.identity.actor import system
from selaras.regulation import load_registry
from selaras.tenancy.packs import Pack, load_packs, read_text
from selaras.tenancy.rule_rows import Difference, stored

ZONE = "Asia/Jakarta"


@click.group()
def pack() -> None:
    """What agencies start with, and the rules that they hold now."""


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_agency = click.argument("agency_slug", metavar="AGENCY")


@pack.command("list")
def list_() -> None:
    """The installed packs."""
    for one in load_packs().values():
        click.echo(f"{one.slug:<12} {one.kind:<9} {one.name}")


@pack.command()
@click.argument("names", nargs=-1)
@click.option("--file", "file", type=_FILE, help="A pack.toml that is not installed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(context: click.Context, names: tuple[str, ...], file: Path | None, as_json: bool) -> None:
    """Dates, gaps, sources, what is assumed, equal after a round trip; exit code 1 if something must be mended.

    Without NAMES: every installed pack.
    """
    registry = load_registry()
    packs = [read_text(file.stem, file.read_text("utf-8"))] if file else [_installed(one) for one in names]
    checked = [pack_check.check(one, registry, today(ZONE)) for one in packs or load_packs().values()]
    if as_json:
        found = [
            {"pack": one.pack.slug, "part": f.part, "says": f.says, "problem": f.problem}
            for one in checked
            for f in one.findings
        ]
        click.echo(json.dumps({"sound": all(one.sound for one in checked), "findings": found}, ensure_ascii=False))
    else:
        for one in checked:
            click.echo(f"{one.pack.slug}: {'sound' if one.sound else 'to be mended'}")
            for finding in one.findings:
                click.echo(f"  {'!' if finding.problem else '·'} {finding.part}: {finding.says}")
    context.exit(0 if all(one.sound for one in checked) else 1)


@pack.command()
@_agency
@click.option("--pack", "name", metavar="NAME", help="Another pack than the one that the agency was created with.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def diff(context: click.Context, agency_slug: str, name: str | None, as_json: bool) -> None:
    """How far AGENCY has moved from its pack, day by day; exit code 1 if it has moved."""
    with agency_session(agency_slug) as session:
        chosen = _installed(name) if name else rule_packs.pack_of(session)
        if chosen is None:
            raise NotFound("pack.none", "{agency} was created without a pack. Name one: --pack.", agency=agency_slug)
        found = rule_packs.drift(session, chosen)
    if as_json:
        attributes = [{"name": one, "pack": a, "agency": b} for one, a, b in found.attributes]
        answer = {"pack": found.pack, "attributes": attributes, "rules": [_said(one) for one in found.rules]}
        click.echo(json.dumps(answer, ensure_ascii=False, default=str))
    else:
        _print(found, agency_slug)
    context.exit(1 if found.rules or found.attributes else 0)


@pack.command()
@_agency
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="A file (default: print it).")
def export(agency_slug: str, output: Path | None) -> None:
    """The rules that AGENCY holds, as a pack.toml; the same rules give the same text."""
    with agency_session(agency_slug) as session:
        text = rule_packs.exported(session)
    if output:
        output.write_text(text, "utf-8")
    else:
        click.echo(text, nl=False)


@pack.command()
@_agency
@click.argument("file", type=_FILE)
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="First day (default: all days).")
@click.option("--reason", default="", help="Why; at least 20 characters. It is recorded.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def load(agency_slug: str, file: Path, start: datetime | None, reason: str, dry_run: bool) -> None:
    """Make the rules of AGENCY those of a pack.toml, from a day on; days of closed periods never change."""
    text, since = file.read_text("utf-8"), start.date() if start else None
    with agency_session(agency_slug) as session:
        actor, registry = system(tenant_of(session)), load_registry()
        if dry_run:
            found = rule_packs.preview(session, actor, registry, text, since)
        else:
            found = rule_packs.load(session, actor, registry, text, since, reason=reason)
    _table(f"{agency_slug}: {found.pack}", found.changes, "now", "with the pack")
    for one in found.left:
        click.echo(f"not taken: {one} (the operator's)")
    if not found.changes:
        click.echo("Nothing changes.")


def _installed(name: str) -> Pack:
    packs = load_packs()
    if name not in packs:
        raise Invalid(
            "pack.unknown", "There is no pack {pack}; installed are: {known}.", pack=name, known=", ".join(packs)
        )
    return packs[name]


def _print(found: rule_packs.Drift, slug: str) -> None:
    for name, said, is_ in found.attributes:
        click.echo(f"{name}: {said} → {is_}")
    if found.rules:
        _table(f"{slug} and its pack {found.pack}", found.rules, "pack", "agency")
    elif not found.attributes:
        click.echo(f"{slug} is as its pack {found.pack} says.")


def _table(title: str, changes: tuple[Difference, ...], before: str, after: str) -> None:
    if not changes:
        return
    table = Table(title=title, title_justify="left")
    for heading in ("rule", "days", "what", before, after):
        table.add_column(heading, overflow="fold")
    for one in changes:
        label = KINDS[one.of].label["en"] if one.of in KINDS else one.of
        days = f"{one.starts or '…'} – {one.last or '…'}"
        keys = one.keys if one.before is not None and one.after is not None else ("",)
        for key in keys:
            table.add_row(f"{label} {one.apart}".strip(), days, key, _value(one.before, key), _value(one.after, key))
    Console().print(table)


def _value(values: object, key: str) -> str:
    if not isinstance(values, dict):
        return "–"
    return json.dumps(stored(values.get(key) if key else values), ensure_ascii=False, default=str)


def _said(one: Difference) -> dict[str, object]:
    return {
        "rule": one.of,
        "apart": one.apart,
        "from": one.starts,
        "until": one.last,
        "pack": stored(one.before),
        "agency": stored(one.after),
    }
