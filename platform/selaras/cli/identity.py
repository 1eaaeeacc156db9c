"""`selaras identity`: an agency's providers and first administrator, set on the server itself; keys for its secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.cli.reach import app_database
from selaras.cli.roles import role
from selaras.clock import today
from selaras.config import Settings
from selaras.db.session import tenant_of
from selaras.errors import Invalid
from selaras.identity import providers, retiring, service
from selaras.identity.actor import Actor, system
from selaras.identity.egress import Egress
from selaras.identity.oidc.checks import Check, passed
from selaras.identity.permissions import Role
from selaras.identity.provider_queries import providers as listed
from selaras.identity.sessions import SessionStore, connect
from selaras.identity.vault import Vault, new_key
from selaras.tenancy.queries import agency, agency_by_slug, list_agencies

_agency = click.option("--agency", "slug", required=True, metavar="SLUG", help="The agency.")
_id = click.argument("provider_id", metavar="ID", type=click.UUID)


@dataclass(frozen=True)
class _Here:
    """One transaction of the app role within an agency, with what sealed secrets and other servers need."""

    session: Session
    settings: Settings

    @property
    def actor(self) -> Actor:
        return system(tenant_of(self.session))

    @property
    def vault(self) -> Vault:
        return Vault(self.settings.require("encryption_keys"))

    @property
    def sessions(self) -> SessionStore:
        return SessionStore(connect(self.settings.require("redis_url")))

    @property
    def egress(self) -> Egress:
        return Egress.of(self.settings)


@click.group()
def identity() -> None:
    """Identity providers of an agency, its first administrator, and the keys of secrets at rest."""


@identity.command("new-key")
def print_new_key() -> None:
    """Print a key for SELARAS_ENCRYPTION_KEYS."""
    click.echo(new_key())


@identity.command("rotate-secrets")
def rotate_secrets() -> None:
    """Seal every agency's secrets with the first key of SELARAS_ENCRYPTION_KEYS; older keys are needless afterwards."""
    total = 0
    with app_database() as (chosen, database):
        vault = Vault(chosen.require("encryption_keys"))
        with database.platform() as session:
            agencies = list_agencies(session)
        for one in agencies:
            with database.tenant(one.tenant_id) as session:
                total += providers.reseal(session, system(one.tenant_id), vault)
    click.echo(f"{total} secrets sealed anew; those of {len(agencies)} agencies all open with the first key.")


@identity.command()
@_agency
@click.option("--user-name", required=True, help="What the provider's claim says of them: a NIP or a user name.")
@click.option("--name", required=True, help="Their name.")
def admin(slug: str, user_name: str, name: str) -> None:
    """The agency's administrator: an account with that role from today, so that somebody can set up the rest."""
    with _here(slug) as here:
        account = service.ensure_account(here.session, user_name.strip(), name.strip())
        day = today(agency(here.session, tenant_of(here.session)).time_zone)
        service.grant_role(here.session, account, Role.AGENCY_ADMIN, Range(day, None), actor=here.actor)
    click.echo(f"{user_name}: administrator of {slug} ({account}).")


@identity.group()
def provider() -> None:
    """Providers by which an agency's people sign in."""


@provider.command()
@_agency
@click.option("--name", required=True, help="On the button, in Indonesian.")
@click.option("--name-en", default="", help="In English, if it differs.")
@click.option("--issuer", required=True, metavar="URL", help="The issuer, exactly as the provider calls itself.")
@click.option("--client-id", required=True, metavar="ID", help="The client that the provider knows Selaras by.")
@click.option("--secret-file", type=click.File(), help="A file with the client's secret; - for standard input.")
@click.option("--public", is_flag=True, help="A client without a secret (PKCE alone).")
@click.option(
    "--number-claim", default="preferred_username", show_default=True, help="The claim with NIP or user name."
)
@click.option("--scope", "scopes", multiple=True, help="Scopes (default: openid profile email).")
@click.option("--acr", "acr_values", multiple=True, help="Levels of which one must be confirmed (repeatable).")
@click.option("--just-in-time", is_flag=True, help="Make an account when one of the agency's people first signs in.")
@click.option("--switch-on", "on", is_flag=True, help="Check it and switch it on untested, as the agency's first.")
def add(
    slug: str, name: str, name_en: str, secret_file: IO[str] | None, public: bool, on: bool, **more: object
) -> None:
    """Enter a provider. Its secret is asked for, unless a file has it; never an argument, which others could see."""
    secret = "" if public else secret_file.read() if secret_file else click.prompt("Client secret", hide_input=True)
    scopes = more.pop("scopes") or ("openid", "profile", "email")
    with _here(slug) as here:
        wanted = providers.Wanted(
            name={"id": name, "en": name_en},
            client_secret=secret,
            scopes=tuple(scopes),  # type: ignore[arg-type]  # click's multiple option
            **more,  # type: ignore[arg-type]  # the other options bear the fields' names
        )
        made = providers.register(here.session, here.actor, here.vault, wanted)
        if on:
            found = providers.check(here.session, here.actor, here.vault, here.egress, made)
            _show(found)
            _refuse_bad(found)
            providers.switch_on(here.session, here.actor, made)
    click.echo(f"{made}: {'switched on' if on else 'a draft'}.")


@provider.command("list")
@_agency
def list_(slug: str) -> None:
    """An agency's providers."""
    table = Table(title=slug, title_justify="left")
    for heading in ("id", "name", "state", "issuer", "client", "checked", "tested"):
        table.add_column(heading, overflow="fold")
    with _here(slug) as here:
        for one in listed(here.session):
            checked = one.checked_at.isoformat(timespec="minutes") if one.checked_at else "–"
            tested = one.tested_at.isoformat(timespec="minutes") if one.tested_at else "–"
            table.add_row(str(one.id), one.name.get("id", ""), one.state, one.issuer, one.client_id, checked, tested)
    Console().print(table)


@provider.command()
@_agency
@_id
def check(slug: str, provider_id: UUID) -> None:
    """Fetch what a provider publishes and look at all of it."""
    with _here(slug) as here:
        _show(providers.check(here.session, here.actor, here.vault, here.egress, provider_id))


@provider.command("switch-on")
@_agency
@_id
def switch_on(slug: str, provider_id: UUID) -> None:
    """Let people sign in by a provider whose checks have passed."""
    with _here(slug) as here:
        providers.switch_on(here.session, here.actor, provider_id)
    click.echo("Switched on.")


@provider.command()
@_agency
@_id
def retire(slug: str, provider_id: UUID) -> None:
    """Let nobody sign in by a provider any more and end its sessions; the last one that works is refused."""
    with _here(slug) as here:
        people = retiring.retire(here.session, here.sessions, here.actor, provider_id)
    click.echo(f"Retired; {people} people have signed in by no other provider yet.")


@contextmanager
def _here(slug: str) -> Iterator[_Here]:
    with app_database() as (chosen, database):
        with database.platform() as session:
            tenant = agency_by_slug(session, slug).tenant_id
        with database.tenant(tenant) as session:
            yield _Here(session, chosen)


def _show(found: list[Check]) -> None:
    for one in found:
        click.echo(f"{one.state:<5} {one.code:<14} {one.message.format(**one.params)}")


def _refuse_bad(found: list[Check]) -> None:
    if not passed(found):
        raise Invalid("provider.check", "Nothing was entered: put right what is called bad above, and try again.")


identity.add_command(role)
