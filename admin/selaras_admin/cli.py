"""`selaras console`: serve the central console."""

from __future__ import annotations

import click

from selaras.config import settings


@click.command()
def console() -> None:
    """Serve the central console on its own address, by its own database role, until stopped."""
    from granian import Granian  # noqa: PLC0415
    from granian.constants import Interfaces  # noqa: PLC0415

    from selaras_admin.app import open_database  # noqa: PLC0415

    chosen = settings()
    for name in ("secret_key", "redis_url"):
        chosen.require(name)
    # Told here in one sentence; the server's own processes would only say that they could not start.
    open_database(chosen).close()
    address, port = chosen.console_address.rsplit(":", 1)
    Granian(
        "selaras_admin.app:create_console",
        address=address.strip("[]"),
        port=int(port),
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=4,
        workers_kill_timeout=3,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()
