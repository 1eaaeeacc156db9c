"""`selaras web`: serve pages and API with granian."""

from __future__ import annotations

import os
import sys

import click

from selaras.config import settings
from selaras.errors import Misconfigured


@click.command()
@click.option("--workers", default=1, show_default=True, help="Processes; each holds its own connections.")
@click.option("--threads", default=8, show_default=True, help="Requests that one process works on at a time.")
def web(workers: int, threads: int) -> None:
    """Serve pages and API at SELARAS_WEB_ADDRESS until Ctrl-C."""
    chosen = settings()
    chosen.require("app_database_url")
    host, _, port = chosen.web_address.rpartition(":")
    if not host or not port.isdigit():
        raise Misconfigured(
            "web_address",
            "SELARAS_WEB_ADDRESS is {address!r}; write host and port, such as 127.0.0.1:8700.",
            address=chosen.web_address,
        )
    # Without the kill timeout, a SIGTERM that comes while a worker starts would hang for good.
    command = [
        *("granian", "--interface", "wsgi", "--factory", "selaras.app:create_app"),
        *("--host", host.strip("[]"), "--port", port, "--workers", str(workers)),
        *("--blocking-threads", str(threads), "--workers-kill-timeout", "3", "--no-ws"),
    ]
    os.execv(sys.executable, [sys.executable, "-m", *command])  # noqa: S606  # the server takes this process over
