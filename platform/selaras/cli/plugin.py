"""`selaras plugin`: a regulation of one's own, from a working skeleton to a grade that says what is still missing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

import click

if TYPE_CHECKING:
    from selaras.regulation.author import Report
    from selaras.regulation.types import Subject

GRADES = ("bronze", "silver", "gold", "platinum")


@click.group()
def plugin() -> None:
    """Write a regulation of your own, and check it."""


@plugin.command()
@click.argument("name")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(),
    help="Where the project's folder is made; default: here.",
)
@click.option("--subject", default="appraisal", show_default=True, help="What the regulation is about.")
def new(name: str, folder: Path, subject: str) -> None:
    """Write the project NAME: a working regulation with parameters, formulas, examples and tests."""
    from selaras.regulation.author import write_skeleton

    for path in write_skeleton(name, folder, cast("Subject", subject)):
        click.echo(path)
    click.echo(f"\nNext: cd {folder / name} && pytest && selaras plugin check .   (README.md tells the five steps)")


@plugin.command()
@click.argument("path", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--at-least", type=click.Choice(GRADES), default="bronze", show_default=True, help="The grade asked for.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
@click.option("--no-timing", is_flag=True, help="Measure no speed; nothing then depends on the machine.")
def check(path: Path, at_least: str, as_json: bool, no_timing: bool) -> None:
    """Check the regulation in PATH (a project or a package) and give it a grade.

    The regulation's code is imported and run: check only what you would install.

    Exit code 0: the grade asked for is reached. 1: it is not. 2: PATH holds no regulation.
    """
    from selaras.regulation.author import Grade, check_plugin

    reports = check_plugin(path, measure=not no_timing)
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in reports], ensure_ascii=False, indent=2))
    else:
        for report in reports:
            _tell(report)
    sys.exit(0 if all(one.grade >= Grade[at_least] for one in reports) else 1)


@plugin.command()
@click.argument("path", type=click.Path(path_type=Path, file_okay=False, exists=True))
def golden(path: Path) -> None:
    """Print what `golden.yaml` must hold for the regulation in PATH, when an edition or a value is released."""
    from selaras.regulation.author.found import find_plugins
    from selaras.regulation.editions import golden_text

    for found in find_plugins(path):
        loaded = found.load().loaded(found.code)
        click.echo(golden_text(loaded.folder, loaded.identity, loaded.parameters), nl=False)


@plugin.command("map")
@click.argument("path", type=click.Path(path_type=Path, file_okay=False, exists=True))
def print_map(path: Path) -> None:
    """Print a README for the regulation in PATH: articles, code, parameters and examples, as they stand."""
    from selaras.regulation.articles import tell
    from selaras.regulation.author.found import find_plugins
    from selaras.regulation.author.readme import readme

    for found in find_plugins(path):
        click.echo(readme(tell(found.load(), found.code)), nl=False)


@plugin.command()
def subjects() -> None:
    """What a regulation may be about."""
    from selaras.regulation.types import Subject

    for one in get_args(Subject):
        click.echo(one)


def _tell(report: Report) -> None:
    click.echo(f"{report.code}: {report.grade.title} – {report.grade.meaning}")
    for one in report.checks:
        said = f"  ({one.information})" if one.information else ""
        click.echo(f"  {'ok' if one.passed else '--'}  {one.name} [{one.grade.name}]{said}")
        for problem in one.problems:
            click.echo(f"        {problem}")
    if report.next_needs:
        click.echo(f"The next grade, {type(report.grade)(report.grade + 1).title}, needs:")
        for need in report.next_needs:
            click.echo(f"  - {need}")
