"""The command line `selaras`: one file per capability, loaded only when its command is called."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

import click

from selaras.errors import DomainError

# Command → module in this package; the module holds a click command of the same name.
COMMANDS = {
    "appraise": "appraise",
    "audit": "audit",
    "calibration": "calibration",
    "case": "case",
    "choice": "choice",
    "close": "close",
    "combine": "combine",
    "database": "database",
    "demo": "demo",
    "dispatcher": "worker",
    "export": "export",
    "followup": "followup",
    "history": "history",
    "identity": "identity",
    "import": "imports",
    "operator": "operators",
    "pack": "pack",
    "plugin": "plugin",
    "regulation": "regulation",
    "rollout": "rollout",
    "segments": "segments",
    "serve": "serve",
    "tenant": "tenant",
    "web": "web",
    "worker": "worker",
}


# Commands of packages above the core (the central console) are found here, so that the core names none of them.
GROUP = "selaras.commands"


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return sorted({*COMMANDS, *_installed()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's
        if cmd_name in COMMANDS:
            name = "import_" if cmd_name == "import" else cmd_name
            own: click.Command = getattr(import_module(f"selaras.cli.{COMMANDS[cmd_name]}"), name)
            return own
        found = _installed().get(cmd_name)
        command: click.Command | None = found.load() if found else None
        return command


def _installed() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="selaras")
def selaras() -> None:
    """Selaras: the performance cycle of Indonesian civil servants, many agencies on one instance."""


def main() -> None:
    """Run the command line; a refusal is one sentence on stderr and exit code 2, never a traceback."""
    try:
        selaras()
    except DomainError as error:
        click.echo(f"selaras: {error}", err=True)
        sys.exit(2)
