"""`selaras appraise`: a regulation applied to files, without a database."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml

from selaras.cli.options import DAY, FILE, LANGUAGE, Language, default_day
from selaras.errors import Invalid

if TYPE_CHECKING:
    import polars as pl

    from selaras.regulation import Appraisal, InputProblem, Receipt, ReceiptLine, Rules

SHOWN = 50
_SUFFIXES = (".csv", ".parquet")


@click.command()
@click.argument("regulation")
@click.option("--people", required=True, type=FILE, help="One row per person: CSV or Parquet.")
@click.option("--items", type=FILE, help="One row per item, where the regulation has items: CSV or Parquet.")
@click.option("--on", type=DAY, help="The day of the law; default: today, or the law's last day.")
@click.option("--known", type=DAY, help="What was known on this day; default: everything.")
@click.option("--edition", help="An edition by its name; default: the newest on that day.")
@click.option(
    "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="A choice that the law leaves open."
)
@click.option("--out", required=True, type=FILE, help="Outcomes and person steps; CSV or Parquet.")
@click.option("--explain", multiple=True, metavar="PERSON", help="Print the receipt of this person.")
@LANGUAGE
def appraise(  # noqa: PLR0913 - each argument is an option of the command
    *,
    regulation: str,
    people: Path,
    items: Path | None,
    on: datetime | None,
    known: datetime | None,
    edition: str | None,
    parameters: tuple[str, ...],
    out: Path,
    explain: tuple[str, ...],
    lang: Language,
) -> None:
    """Appraise the PEOPLE under REGULATION.

    `--out` receives one row per person: outcome, score and every person step. Item steps go to a second file beside
    it, named `<out>.items.<suffix>`. Columns, their types and units: `selaras regulation show REGULATION`.

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
    check_out(out, people, items)
    person_frame, item_frame = read_inputs(rules, people, items, lang)
    check_explain(person_frame, explain)
    appraisal = rules.appraise(person_frame, item_frame)
    written = _write(out, person_rows(rules, appraisal), appraisal.item_steps if rules.item_steps else None)
    click.echo("\n".join(str(path) for path in written))
    for person in explain:
        for line in receipt_lines(receipt_of(rules, appraisal, person_frame, item_frame, person), person, lang):
            click.echo(line)


def read_inputs(
    rules: Rules, people: Path, items: Path | None, lang: Language, *, mention_ignored: bool = True
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """The typed people and items that the rules read; every problem is named and ends the command with exit code 2."""
    if rules.item_columns and items is None:
        raise Invalid(
            "appraise.items_needed",
            "{regulation} appraises items; name their file with --items. Columns: {columns}.",
            regulation=rules.code,
            columns=", ".join(("person", "item", *(column.name for column in rules.item_columns))),
        )
    person_frame = read_frame(people)
    item_frame = read_frame(items) if items and rules.item_columns else None
    problems = rules.validate(person_frame, item_frame, limit=10_000)
    if problems:
        complain(problems, {"people": people, "items": items or people}, lang)
        sys.exit(2)
    if mention_ignored:
        name_ignored(people, person_frame, ("person", *(column.name for column in rules.person_columns)))
    if item_frame is None:
        return rules.typed_people(person_frame), None
    if mention_ignored:
        known = ("person", "item", *(column.name for column in rules.item_columns))
        name_ignored(items or people, item_frame, known)
    return rules.typed_people(person_frame), rules.typed_items(item_frame)


def read_frame(path: Path) -> pl.DataFrame:
    """A frame; CSV columns stay text. A semicolon separates where the header has more of them than commas."""
    import polars as pl

    _check_suffix(path)
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        with path.open(encoding="utf-8-sig") as file:
            header = file.readline()
        separator = ";" if header.count(";") > header.count(",") else ","
        return pl.read_csv(path, infer_schema=False, separator=separator, encoding="utf8")
    except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise Invalid(
            "appraise.unreadable",
            "{file} cannot be read: {problem}. Save it as CSV (UTF-8, a header line) or Parquet.",
            file=str(path),
            problem=str(error).splitlines()[0],
        ) from error


def complain(problems: list[InputProblem], files: dict[str, Path], lang: Language) -> None:
    """Name every problem with its file, line, column, value and remedy on stderr; the first SHOWN of them."""
    words = {"id": ("baris", "kolom", "dan {n} masalah lagi"), "en": ("line", "column", "and {n} more problems")}[lang]
    for problem in problems[:SHOWN]:
        path = files[problem.table]
        header = 1 if path.suffix == ".csv" else 0
        row = f", {words[0]} {problem.row + header}" if problem.row is not None else ""
        value = f": {problem.value!r}" if problem.value is not None else ""
        what, remedy = problem.words(lang)
        click.echo(f"{path}{row}, {words[1]} {problem.column}{value}: {what}; {remedy}.", err=True)
    if len(problems) > SHOWN:
        click.echo(words[2].format(n=len(problems) - SHOWN), err=True)


def name_ignored(path: Path, frame: pl.DataFrame, known: tuple[str, ...]) -> None:
    """Say on stderr which columns of a file nobody reads."""
    extra = [name for name in frame.columns if name not in known]
    if extra:
        click.echo(f"{path}: columns not used: {', '.join(extra)}", err=True)


def check_explain(people: pl.DataFrame, explain: tuple[str, ...]) -> None:
    """Refuse a person who is not there."""
    for person in explain:
        if person not in people.get_column("person"):
            raise Invalid("appraise.unknown_person", "--explain {person}: not among the people.", person=person)


def check_out(out: Path, people: Path, items: Path | None) -> None:
    """Refuse a folder that does not exist, a wrong suffix, and an output that is an input."""
    for path in (out, people, items):
        _check_loop(path)
    _check_suffix(out)
    if not out.resolve().parent.is_dir():
        raise Invalid("appraise.out_folder", "The folder of --out {out} does not exist.", out=str(out))
    inputs = {path.resolve() for path in (people, items) if path is not None}
    if {out.resolve(), items_path(out).resolve()} & inputs:
        raise Invalid("appraise.out_is_input", "--out {out} would overwrite an input; choose another.", out=str(out))


def _check_loop(path: Path | None) -> None:
    if path is not None and path.is_symlink() and not path.exists():
        raise Invalid("appraise.link", "{file} is a link that leads nowhere; name the file itself.", file=str(path))


def _check_suffix(path: Path) -> None:
    if path.suffix not in _SUFFIXES:
        raise Invalid("appraise.suffix", "{file} must end in .csv or .parquet.", file=str(path))


def choice(text: str) -> tuple[str, object]:
    """`NAME=VALUE` as a parameter and its value."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise Invalid("appraise.parameter", "--parameter {text} must be NAME=VALUE.", text=text)
    try:
        return name, yaml.safe_load(value)
    except (yaml.YAMLError, RecursionError) as error:
        raise Invalid(
            "appraise.parameter_value", "--parameter {name}: its value cannot be read as YAML.", name=name
        ) from error


def items_path(out: Path) -> Path:
    """The file beside `out` that the item steps go to."""
    return out.with_name(f"{out.stem}.items{out.suffix}")


def person_rows(rules: Rules, appraisal: Appraisal) -> pl.DataFrame:
    """One row per person: outcome, score, every step, and the rule's version."""
    import polars as pl

    version = {"regulation": rules.code, "edition": rules.edition, "rule_hash": rules.hash}
    taken = {*appraisal.outcomes.columns, *version}
    steps = appraisal.person_steps.drop("person").rename(lambda name: f"step_{name}" if name in taken else name)
    return appraisal.outcomes.hstack(steps).with_columns(pl.lit(value).alias(name) for name, value in version.items())


def _write(out: Path, people: pl.DataFrame, items: pl.DataFrame | None) -> list[Path]:
    return write_frames({out: people} if items is None else {out: people, items_path(out): items})


def write_frames(frames: Mapping[Path, pl.DataFrame]) -> list[Path]:
    """Write CSV or Parquet by the suffix; all files are complete before any takes its name."""
    waiting = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in frames}
    try:
        for path, frame in frames.items():
            if path.suffix == ".csv":
                frame.write_csv(waiting[path])
            else:
                frame.write_parquet(waiting[path])
        for path, temporary in waiting.items():
            temporary.replace(path)
    finally:
        for temporary in waiting.values():
            temporary.unlink(missing_ok=True)
    return list(frames)


def receipt_of(
    rules: Rules, appraisal: Appraisal, people: pl.DataFrame, items: pl.DataFrame | None, person: str
) -> Receipt:
    """The receipt of one person of an appraisal."""
    import polars as pl

    from selaras.regulation import receipt_from_steps

    mine = pl.col("person") == person
    row = people.filter(mine).row(0, named=True) | appraisal.person_steps.filter(mine).row(0, named=True)
    scored: list[dict[str, object]] = []
    if items is not None:
        pairs = zip(items.filter(mine).to_dicts(), appraisal.item_steps.filter(mine).to_dicts(), strict=True)
        scored = [facts | steps for facts, steps in pairs]
    return receipt_from_steps(rules.describe(), row, scored)


def receipt_lines(receipt: Receipt, person: str, lang: Language) -> Iterable[str]:
    yield f"\n{person}: {receipt.title[lang]}"
    yield f"{receipt.regulation}, edition {receipt.edition}, rule hash {receipt.rule_hash}"
    for line in receipt.lines:
        yield receipt_line(line, lang)
    if receipt.outcome_label is None:
        yield "=> -"
    else:
        yield f"=> {receipt.outcome_label[lang]}" + ("" if receipt.score is None else f" ({receipt.score:.4f})")


def receipt_line(line: ReceiptLine, lang: Language) -> str:
    """One line of a receipt."""
    where = f"[{line.item}] " if line.item is not None else ""
    shown = line.value_label[lang] if line.value_label else line.value
    value = f"{shown:.4f}".rstrip("0").rstrip(".") if isinstance(shown, float) else "-" if shown is None else str(shown)
    unit = f" {line.unit}" if line.unit and line.value is not None else ""
    sure = f"; {line.certainty}" if line.certainty else ""
    return f"  {where}{line.label[lang]}: {value}{unit}  ({line.article}{sure})"
