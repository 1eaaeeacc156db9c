"""Options that several commands share: days, files, languages, and the day that a regulation is asked on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from selaras import clock

if TYPE_CHECKING:
    from selaras.regulation import Registry

Language = Literal["id", "en"]
FILE = click.Path(path_type=Path, dir_okay=False)
DAY = click.DateTime(["%Y-%m-%d"])
LANGUAGE = click.option(
    "--lang", type=click.Choice(["id", "en"]), default="id", help="Language of labels and remedies."
)


def default_day(registry: Registry, code: str) -> date:
    """Today in Jakarta if the law is in force today, else the last day on which it was (or its first)."""
    in_force = registry.identity(code).in_force
    today = clock.today("Asia/Jakarta")
    if today in in_force:
        return today
    if in_force.end is None or today < in_force.start:
        return in_force.start
    return date.fromordinal(in_force.end.toordinal() - 1)
