"""`selaras web`: serve pages and API with granian."""

from __future__ import annotations

import os
import sys

import click

from selaras.app import open_database
from selaras.config import settings, variable
from selaras.edge.listening import host_and_port, refuse_taken
from selaras.identity.vault import Vault


@click.command()
@click.option("--workers", default=1, show_default=True, help="Processes; each holds its own connections.")
@click.option("--threads", default=8, show_default=True, help="Requests that one process works on at a time.")
def web(workers: int, threads: int) -> None:
    """Serve pages and API at SELARAS_WEB_ADDRESS until Ctrl-C."""
    chosen = settings()
    for name in ("app_database_url", "redis_url", "secret_key"):
        chosen.require(name)
    Vault(chosen.require("encryption_keys"))
    host, port = host_and_port(chosen.web_address, variable("web_address"))
    refuse_taken(host, port, variable("web_address"))
    # Told here in one sentence; the server's own processes would only say that they could not start.
    open_database(chosen.app_database_url).close()
    # Without the kill timeout, a SIGTERM that comes while a worker starts would hang for good.
    command = [
        *("granian", "--interface", "wsgi", "--factory", "selaras.app:create_app"),
        *("--host", host, "--port", str(port), "--workers", str(workers)),
        *("--blocking-threads", str(threads), "--workers-kill-timeout", "3", "--no-ws", "--log-level", "error"),
    ]
    os.execv(sys.executable, [sys.executable, "-m", *command])  # noqa: S606  # the server takes this process over
