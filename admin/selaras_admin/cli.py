"""`selaras console`: serve the central console."""

from __future__ import annotations

import click

from selaras.config import settings, variable
from selaras.edge.listening import host_and_port, refuse_taken


@click.command()
def console() -> None:
    """Serve the central console on its own address, by its own database role, until stopped."""
    from granian import Granian  # noqa: PLC0415  # slow to load, and `--help` needs none of it
    from granian.constants import Interfaces  # noqa: PLC0415  # likewise

    from selaras_admin.app import open_database  # noqa: PLC0415  # likewise
    from selaras_admin.provider import configured  # noqa: PLC0415  # likewise

    chosen = settings()
    for name in ("secret_key", "redis_url", "encryption_keys"):
        chosen.require(name)
    configured(chosen)
    # Told here in one sentence; the server's own processes would only say that they could not start.
    open_database(chosen).close()
    address, port = host_and_port(chosen.console_address, variable("console_address"))
    refuse_taken(address, port, variable("console_address"))
    Granian(
        "selaras_admin.app:create_console",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=4,
        workers_kill_timeout=3,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()
