"""`selaras serve`: every process of an instance side by side, with embedded servers where none are configured."""

from __future__ import annotations

import os
import sys
from importlib.metadata import entry_points
from pathlib import Path

import click

from selaras.cli import GROUP
from selaras.config import Settings, settings, variable
from selaras.edge.listening import host_and_port, refuse_taken
from selaras.servers.running import Running, running
from selaras.servers.supervise import Service, Supervisor


@click.command()
def serve() -> None:
    """Run web, dispatcher, workers and console until Ctrl-C."""
    refuse_taken_addresses(settings())
    with running(settings()) as instance:
        click.echo(addresses(instance.settings))
        supervisor(instance).run()


def refuse_taken_addresses(chosen: Settings) -> None:
    """Say before anything is started that somebody else listens where web or console are to."""
    for name in ("web_address", "console_address"):
        host, port = host_and_port(getattr(chosen, name), variable(name))
        refuse_taken(host, port, variable(name))


def supervisor(instance: Running) -> Supervisor:
    """The supervisor of all processes; logs under `home/logs`."""
    return Supervisor(services(instance), logs=instance.settings.home / "logs")


def work_services(instance: Running) -> list[Service]:
    """Dispatcher and workers."""
    names = [
        ("dispatcher", "dispatcher"),
        *((f"worker-{n}", "worker") for n in range(1, instance.settings.workers + 1)),
    ]
    return [_service(instance, name, command, "app") for name, command in names]


def services(instance: Running) -> list[Service]:
    """Every process: the web, the queue's, and the console where it is installed."""
    faces = [_service(instance, "web", "web", "app")]
    if "console" in {point.name for point in entry_points(group=GROUP)}:
        faces.append(_service(instance, "console", "console", "console"))
    return [*faces, *work_services(instance)]


def _service(instance: Running, name: str, command: str, role: str) -> Service:
    program = Path(sys.executable).with_name("selaras")
    environment = {"PATH": os.environ.get("PATH", ""), **instance.process_environment(database=role)}
    return Service(name, [str(program), command], environment)


def addresses(chosen: Settings) -> str:
    """Where the web and the console answer."""
    port, console = chosen.web_address.rsplit(":", 1)[1], chosen.console_address.rsplit(":", 1)[1]
    return f"web      http://<agency>.localhost:{port}\nconsole  http://{chosen.console_host}:{console}"
