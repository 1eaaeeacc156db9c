"""`selaras audit`: whether an agency's ledger is whole, and sealing it now."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from selaras.audit import queries, service
from selaras.cli.reach import app_database
from selaras.db.session import Database
from selaras.errors import Invalid
from selaras.tenancy.queries import AgencyView, agency_by_slug, list_agencies

_SENTENCES = {
    "changed": "an entry was changed",
    "missing": "{expected} entries were sealed, {found} are there",
    "inserted": "{expected} entries were sealed, {found} are there",
    "payload_gone": "a payload was emptied and no entry says who did it",
    "chain": "the block, or one before it, is not what it was",
    "head_missing": "no block has the hash that was written down",
}


@click.group()
def audit() -> None:
    """Verify and seal the ledger."""


@audit.command()
@click.option("--agency", "slug", metavar="SLUG", help="One agency.")
@click.option("--all", "everyone", is_flag=True, help="Every agency.")
@click.option("--head", metavar="HASH", help="A block's hash that was written down earlier (with --agency).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def verify(context: click.Context, slug: str | None, everyone: bool, head: str | None, as_json: bool) -> None:
    """Recompute the ledger's blocks; exit code 1 if one is broken."""
    found: dict[str, queries.Verification] = {}
    with app_database() as (_, database):
        for one in _chosen(database, slug, everyone):
            with database.tenant(one.tenant_id) as session:
                found[one.slug] = queries.verify(session, head)
    if as_json:
        report = [{"agency": name, "whole": one.whole, **asdict(one)} for name, one in found.items()]
        click.echo(json.dumps(report, indent=2))
    else:
        for name, verified in found.items():
            click.echo(f"{name}: {_sentence(verified)}")
    context.exit(0 if all(one.whole for one in found.values()) else 1)


@audit.command()
@click.option("--agency", "slug", metavar="SLUG", help="One agency.")
@click.option("--all", "everyone", is_flag=True, help="Every agency.")
def seal(slug: str | None, everyone: bool) -> None:
    """Seal what is finished and print the head: write it down outside, then a cut end is found as well."""
    with app_database() as (_, database):
        for one in _chosen(database, slug, everyone):
            with database.tenant(one.tenant_id) as session:
                sealed = service.seal(session)
                head = queries.head(session)
            click.echo(f"{one.slug}: {sealed} sealed, head {head or '-'}")


def _chosen(database: Database, slug: str | None, everyone: bool) -> tuple[AgencyView, ...]:
    if everyone == bool(slug):
        raise Invalid("audit_which_agency", "Name one agency (--agency SLUG) or all of them (--all).")
    with database.platform() as session:
        return list_agencies(session) if everyone else (agency_by_slug(session, slug or ""),)


def _sentence(one: queries.Verification) -> str:
    counted = f"{one.blocks} blocks, {one.entries} entries, {one.unsealed} not sealed yet"
    if one.broken is None:
        return f"whole ({counted}), head {one.head or '-'}"
    words = _SENTENCES[one.broken.kind].format(expected=one.broken.expected, found=one.broken.found)
    return f"BROKEN at block {one.broken.block}, {one.broken.kind}: {words} ({counted})"
