"""`selaras combine`: the segments of a year made one outcome from a file, without a database."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from selaras.cli.appraise import (
    check_explain,
    check_out,
    choice,
    complain,
    items_path,
    name_ignored,
    person_rows,
    read_frame,
    receipt_lines,
    write_frames,
)
from selaras.cli.options import DAY, FILE, LANGUAGE, Language, default_day
from selaras.errors import Invalid

if TYPE_CHECKING:
    import polars as pl

    from selaras.regulation import Appraisal, Combination, Receipt, Rules


@click.command()
@click.argument("regulation")
@click.option("--segments", required=True, type=FILE, help="One row per person and segment: CSV or Parquet.")
@click.option("--on", type=DAY, help="The day of the law; default: today, or the law's last day.")
@click.option("--known", type=DAY, help="What was known on this day; default: everything.")
@click.option("--edition", help="An edition by its name; default: the newest on that day.")
@click.option(
    "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="A choice that the law leaves open."
)
@click.option("--out", required=True, type=FILE, help="Outcomes and steps over the segments; CSV or Parquet.")
@click.option("--explain", multiple=True, metavar="PERSON", help="Print the receipt of this person.")
@LANGUAGE
def combine(  # noqa: PLR0913 - each argument is an option of the command
    *,
    regulation: str,
    segments: Path,
    on: datetime | None,
    known: datetime | None,
    edition: str | None,
    parameters: tuple[str, ...],
    out: Path,
    explain: tuple[str, ...],
    lang: Language,
) -> None:
    """Make one outcome of the SEGMENTS of each person, as REGULATION wants it.

    The file has the columns `person`, `segment` (its number) and those that `selaras regulation show REGULATION` names;
    outcomes and scores are what `selaras appraise` wrote for each segment. Steps of the segments go to a second file
    beside `--out`, named `<out>.items.<suffix>`.

    Exit code 2 when an input cannot be used: every problem is named with its file, line, column and remedy, and
    nothing is written.
    """
    from selaras.regulation import load_registry

    registry = load_registry()
    day = on.date() if on else default_day(registry, regulation)
    chosen = dict(choice(one) for one in parameters)
    rules = registry.rules(regulation, on=day, known=known.date() if known else None, edition=edition, overrides=chosen)
    if on is None:
        click.echo(f"{regulation}: --on {day}", err=True)
    combination = _combination(rules)
    check_out(out, segments, None)
    frame = _read(combination, segments, lang)
    check_explain(frame, explain)
    result = combination.combine(frame)
    written = write_frames({out: person_rows(rules, result), items_path(out): result.item_steps})
    click.echo("\n".join(str(path) for path in written))
    for person in explain:
        for line in receipt_lines(_receipt(rules, result, frame, person), person, lang):
            click.echo(line)


def _combination(rules: Rules) -> Combination:
    if rules.combination is None:
        raise Invalid(
            "combine.afresh",
            "{regulation} combines nothing: whoever appraises the last segment judges the whole afresh. "
            "Appraise that judgement with “selaras appraise”.",
            regulation=rules.code,
        )
    return rules.combination


def _read(combination: Combination, path: Path, lang: Language) -> pl.DataFrame:
    frame = read_frame(path)
    if "segment" in frame.columns and "item" not in frame.columns:
        frame = frame.rename({"segment": "item"})
    if "person" not in frame.columns:
        raise Invalid("combine.person", "{file} has no column person; add it, with one value per row.", file=str(path))
    found = combination.validate(frame, limit=10_000)
    if found:
        problems = [replace(one, column="segment") if one.column == "item" else one for one in found]
        complain(problems, {"items": path, "people": path}, lang)
        sys.exit(2)
    name_ignored(path, frame, ("person", "item", *(column.name for column in combination.columns)))
    return combination.typed(frame)


def _receipt(rules: Rules, result: Appraisal, segments: pl.DataFrame, person: str) -> Receipt:
    import polars as pl

    from selaras.regulation import combined_description, receipt_from_steps

    mine = pl.col("person") == person
    pairs = zip(segments.filter(mine).to_dicts(), result.item_steps.filter(mine).to_dicts(), strict=True)
    steps = result.person_steps.filter(mine).row(0, named=True)
    return receipt_from_steps(combined_description(rules.describe()), steps, [facts | more for facts, more in pairs])
