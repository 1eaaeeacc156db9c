"""`selaras case`: worked examples of the law, run against the installed regulations."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from selaras.regulation.casefile import read_cases

if TYPE_CHECKING:
    from selaras.regulation.cases import CaseResult


@click.group()
def case() -> None:
    """Worked examples of the law: run them, list them."""


@case.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--strict", is_flag=True, help="Fail also when no installed regulation serves an example's rule.")
def run(files: tuple[Path, ...], strict: bool) -> None:
    """Run the examples of FILES (JSON or YAML).

    A file holds a list of examples, or a mapping with the key `cases`. An example has `id`, `rule`, `inputs`,
    `expected`, and optionally `on` (date) and `parameters` (the agency's choices).

    Numbers agree when they differ by no more than half of the last digit printed, if two or more decimals are
    printed; otherwise by no more than 0.00005.

    Exit code 0: all examples that are served pass. 1: some fail, or (--strict) some are not served. 2: a file cannot
    be read.
    """
    from selaras.regulation import load_registry
    from selaras.regulation.cases import run_cases

    cases = [one for path in files for one in read_cases(path)]
    results = run_cases(load_registry(), cases)
    _report(results)
    failed = any(one.failures for one in results)
    unserved = any(one.regulation is None for one in results)
    sys.exit(1 if failed or (strict and unserved) else 0)


@case.command("list")
def list_cases() -> None:
    """Rule names that the installed regulations serve, and the examples that they ship."""
    from selaras.regulation import load_registry

    registry = load_registry()
    for code in registry.codes():
        click.echo(code)
        for adapter in registry.adapters(code):
            click.echo(f"  serves {', '.join(adapter.rules)}")
        for path in sorted((registry.loaded(code).folder / "cases").glob("*.yaml")):
            ids = [str(one["id"]) for one in read_cases(path)]
            click.echo(f"  {path.name}: {len(ids)} examples: {' '.join(ids)}")


def _report(results: Sequence[CaseResult]) -> None:
    for result in results:
        for failure in result.failures:
            where = f"{result.id} ({result.rule})"
            if failure.key:
                click.echo(f"FAILED {where}: {failure.key}: expected {failure.expected}, got {failure.got}")
            else:
                click.echo(f"FAILED {where}: {failure.got}")
    for rule in dict.fromkeys(one.rule for one in results):
        of_rule = [one for one in results if one.rule == rule]
        code = of_rule[0].regulation
        if code is None:
            click.echo(f"{'-':>4}/{len(of_rule):<4} {rule}  (no adapter)")
        else:
            click.echo(f"{sum(one.passed for one in of_rule):>4}/{len(of_rule):<4} {rule}  ({code})")
    served = [one for one in results if one.regulation]
    passed = sum(one.passed for one in served)
    click.echo(f"{passed}/{len(served)} passed; {len(results) - len(served)} without an adapter")
