"""`selaras database`: the roles on a PostgreSQL server, the tables, and what state they are in.

A `DomainError` is left to the command line's one mapping to words and exit codes.
"""

from __future__ import annotations

import json

import click

from selaras.cli.reach import reached
from selaras.config import variable

# What is imported inside a command is slow to load, and `selaras --help` needs none of it.


@click.group()
def database() -> None:
    """Siapkan dan periksa basis data. / Prepare and inspect the database."""


@database.command()
@click.option("--admin-url", required=True, metavar="URL", help="postgresql://admin:…@host:5432/postgres")
@click.option("--database", "name", default="selaras", show_default=True, metavar="NAME")
@click.option("--rotate", is_flag=True, help="Ganti sandi ketiga peran. / Give the three logins new passwords.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON. / Print JSON.")
def prepare(admin_url: str, name: str, rotate: bool, as_json: bool) -> None:
    """Buat peran, basis data, dan skema; aman diulang. / Make roles, database and schema; safe to repeat."""
    from selaras.servers import roles

    urls = roles.prepare(admin_url, database=name, rotate=rotate)
    lines = {
        variable("migrator_database_url"): urls.migrator,
        variable("app_database_url"): urls.app,
        variable("console_database_url"): urls.console,
    }
    if as_json:
        click.echo(json.dumps({"urls": lines, "created": list(urls.created), "rotated": list(urls.rotated)}))
        return
    for key, url in lines.items():
        click.echo(f"{key}={url}")
    if not urls.created and not urls.rotated:
        click.echo(
            "Peran sudah ada: sandinya tidak diubah dan tidak ditampilkan (--rotate menggantinya). / The roles were "
            "there already: their passwords are unchanged and not shown (--rotate replaces them).",
            err=True,
        )


@database.command()
def migrate() -> None:
    """Bawa tabel ke versi terbaru. / Bring the tables to the newest version."""
    from selaras.db import migrate as migrations

    with reached("migrator_database_url") as chosen:
        migrations.upgrade(chosen.migrator_database_url)
        click.echo(_sentence(*migrations.status(chosen.migrator_database_url)))


@database.command()
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON. / Print JSON.")
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:
    """Tunjukkan versi server dan tabel; kode 1 bila tertinggal. / Show versions; exit code 1 if behind."""
    from selaras.db import migrate as migrations
    from selaras.servers import roles

    with reached("migrator_database_url") as chosen:
        server = roles.server_version(chosen.migrator_database_url)
        found, newest = migrations.status(chosen.migrator_database_url)
    if as_json:
        click.echo(json.dumps({"server": server, "revision": found, "newest": newest}))
    else:
        click.echo(f"PostgreSQL {server}")
        click.echo(_sentence(found, newest))
    context.exit(0 if found == newest else 1)


def _sentence(found: str | None, newest: str | None) -> str:
    if found == newest:
        return f"Tabel sudah versi terbaru ({newest}). / The tables are up to date ({newest})."
    return (
        f"Tabel versi {found or '-'}, terbaru {newest}: jalankan `selaras database migrate`. / "
        f"The tables are at {found or '-'}, newest is {newest}: run `selaras database migrate`."
    )
