"""`selaras regulation`: what is installed, and what each rule reads, computes and rests on."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from selaras.cli.options import DAY, FILE, LANGUAGE, Language, default_day

if TYPE_CHECKING:
    pass


@click.group()
def regulation() -> None:
    """The installed regulations."""


@regulation.command("list")
@LANGUAGE
def list_regulations(lang: Language) -> None:
    """Code, time in force, employments covered, title, and the distribution that brought it."""
    from selaras.regulation import load_registry
    from selaras.regulation.registry import distributions

    registry, brought = load_registry(), distributions()
    for code in registry.codes():
        identity = registry.identity(code)
        end = f"before {identity.in_force.end}" if identity.in_force.end else "now"
        covers = ", ".join(one.employment for one in identity.covers)
        about = "" if identity.subject == "appraisal" else f"  {identity.subject}:"
        origin = f"  ({' '.join(brought[code])})" if code in brought else ""
        click.echo(f"{code}  {identity.in_force.start} to {end}  [{covers}]{about}  {identity.title[lang]}{origin}")


@regulation.command()
@click.argument("code")
@click.option("--on", type=DAY, help="The day of the law; default: today, or the law's last day.")
@click.option("--known", type=DAY, help="What was known on this day; default: everything.")
@click.option("--edition", help="An edition by its name; default: the newest on that day.")
@click.option("--json", "as_json", is_flag=True, help="The whole description as JSON.")
@LANGUAGE
def show(
    code: str, on: datetime | None, known: datetime | None, edition: str | None, as_json: bool, lang: Language
) -> None:
    """Columns with types and units, parameters with sources, steps with articles."""
    from selaras.regulation import load_registry

    registry = load_registry()
    day = on.date() if on else default_day(registry, code)
    rules = registry.rules(code, on=day, known=known.date() if known else None, edition=edition)
    if as_json:
        click.echo(json.dumps(rules.describe(), ensure_ascii=False, indent=2))
        return
    for line in _lines(rules.describe(), day, lang):
        click.echo(line)


@regulation.command()
@click.argument("code")
@click.option("--check", is_flag=True, help="Compare with the plugin's golden.yaml instead; exit code 1 if it differs.")
def golden(code: str, check: bool) -> None:
    """Print what `golden.yaml` must hold for the plugin as it stands, when an edition or a value is released."""
    from selaras.regulation import load_registry
    from selaras.regulation.editions import golden_breaches, golden_text

    loaded = load_registry().loaded(code)
    if not check:
        click.echo(golden_text(loaded.folder, loaded.identity, loaded.parameters), nl=False)
        return
    breaches = golden_breaches(loaded.folder, loaded.identity, loaded.parameters)
    for breach in breaches:
        click.echo(breach)
    sys.exit(1 if breaches else 0)


@regulation.command("pages")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("docs/regulations"), show_default=True
)
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 and the names of the pages that are stale.")
def write_pages(out: Path, check: bool) -> None:
    """Write a page for lawyers about each installed regulation: articles, parameters, formulas, examples."""
    from selaras.regulation import load_registry
    from selaras.regulation.pages import obsolete, pages, stale

    written = pages(load_registry())
    if check:
        found = stale(written, out)
        for name in found:
            click.echo(f"{out / name} is out of date; run: selaras regulation pages --out {out}")
        sys.exit(1 if found else 0)
    out.mkdir(parents=True, exist_ok=True)
    for name in obsolete(written, out):
        (out / name).unlink()
    for name, text in written.items():
        (out / name).write_text(text, encoding="utf-8")
        click.echo(out / name)


@regulation.command()
@click.argument("a")
@click.argument("b")
@click.option("--people", required=True, type=FILE, help="One row per person; it may hold the columns of both.")
@click.option("--items", type=FILE, help="One row per item, where one of the two has items.")
@click.option("--on-a", type=DAY, help="The day of the law on the one side; default: today, or the law's last day.")
@click.option("--on-b", type=DAY, help="The same for the other side.")
@click.option("--known-a", type=DAY, help="What was known on this day; default: everything.")
@click.option("--known-b", type=DAY, help="The same for the other side.")
@click.option("--edition-a", help="An edition by its name; default: the newest on that day.")
@click.option("--edition-b", help="The same for the other side.")
@click.option("--set-a", multiple=True, metavar="NAME=VALUE", help="A choice that the law leaves open.")
@click.option("--set-b", multiple=True, metavar="NAME=VALUE", help="The same for the other side.")
@click.option("--out", required=True, type=FILE, help="One row per person; CSV or Parquet.")
@click.option("--explain", multiple=True, metavar="PERSON", help="Print both receipts of this person.")
@LANGUAGE
def diff(  # noqa: PLR0913 - each argument is an option of the command
    *,
    a: str,
    b: str,
    people: Path,
    items: Path | None,
    on_a: datetime | None,
    on_b: datetime | None,
    known_a: datetime | None,
    known_b: datetime | None,
    edition_a: str | None,
    edition_b: str | None,
    set_a: tuple[str, ...],
    set_b: tuple[str, ...],
    out: Path,
    explain: tuple[str, ...],
    lang: Language,
) -> None:
    """Appraise the same people under A and under B: who changes, from what to what, and by which step first.

    A and B may be two regulations, or one regulation on two days, in two editions, as known on two days, or under two
    choices. `--out` receives one row per person. Exit code 2 when an input cannot be used; then nothing is written.
    """
    from selaras.cli.difference import Wanted, compare

    sides = (Wanted(a, on_a, known_a, edition_a, set_a), Wanted(b, on_b, known_b, edition_b, set_b))
    compare(sides, people, items, out, explain, lang)


@regulation.command("headcounts")
@click.argument("code")
@click.option("--up-to", type=click.IntRange(1, 1000), default=60, show_default=True, help="The largest head-count.")
@click.option("--rating", help="The organisation's rating; default: every rating that the limits know.")
@click.option("--explain", multiple=True, type=click.IntRange(1, 100_000), help="Say of this head-count why, or how.")
@click.option("--on", type=DAY, help="The day of the law; default: today, or the law's last day.")
@click.option("--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="A choice the law leaves open.")
@LANGUAGE
def show_headcounts(
    *,
    code: str,
    up_to: int,
    rating: str | None,
    explain: tuple[int, ...],
    on: datetime | None,
    parameters: tuple[str, ...],
    lang: Language,
) -> None:
    """Which head-counts have no division that keeps the distribution, computed from its limits.

    What the regulation grants small units (exempt, pooled, divided by largest remainder) is left out: the answer says
    where it is needed.
    """
    from selaras.cli.appraise import choice
    from selaras.cli.headcounts import explained, overview, ratings_asked
    from selaras.regulation import load_registry

    registry = load_registry()
    day = on.date() if on else default_day(registry, code)
    rules = registry.rules(code, on=day, overrides=dict(choice(one) for one in parameters))
    for one in ratings_asked(rules, rating):
        for size in explain:
            for line in explained(rules, one, size, lang):
                click.echo(line)
        if not explain:
            for line in overview(rules, one, up_to):
                click.echo(line)


def _lines(rule: Mapping[str, Any], day: date, lang: Language) -> Iterator[str]:
    yield f"{rule['code']}, edition {rule['edition']}, on {day}: {rule['title'][lang]}"
    yield f"  rests on {'; '.join(rule['legal_basis'])}"
    yield f"  rule hash {rule['hash']}"
    yield f"  periods {', '.join(rule['periods'])}"
    for title, table in (("People: columns", "person_columns"), ("Items: columns", "item_columns")):
        if rule[table]:
            yield f"\n{title} (besides the key{'s person, item' if table == 'item_columns' else ' person'})"
            yield from (_column(one, lang) for one in rule[table])
    yield "\nParameters"
    for name, one in rule["parameters"].items():
        yield from _parameter(name, one, lang)
    for title, table in (("Steps per item", "item_steps"), ("Steps per person", "person_steps")):
        if rule[table]:
            yield f"\n{title}"
            yield from (_step(one, lang) for one in rule[table])
    yield "\nOutcomes"
    yield from (f"  {one['order']} {one['code']}: {one['label'][lang]}" for one in rule["outcomes"])
    if rule["distribution"]:
        yield f"\nDistribution ({rule['distribution']['source']['article']})"
        everywhere = rule["distribution"]["everywhere"]
        whole = {"-": everywhere} if everywhere else {}
        for rating, limits in {**whole, **rule["distribution"]["limits"]}.items():
            yield f"  {rating}: {'; '.join(one['label'][lang] for one in limits)}"


def _column(one: Mapping[str, Any], lang: Language) -> str:
    unit = f" [{one['unit']}]" if one["unit"] else ""
    need = "required" if one["required"] else "optional"
    allowed = f", one of {', '.join(one['allowed'])}" if one["allowed"] else ""
    low = "" if one["minimum"] is None else f", {'above' if one['above_minimum'] else 'from'} {one['minimum']:g}"
    high = "" if one["maximum"] is None else f", up to {one['maximum']:g}"
    return f"  {one['name']}: {one['type']}{unit}, {need}{allowed}{low}{high}. {one['label'][lang]} ({one['article']})"


def _parameter(name: str, one: Mapping[str, Any], lang: Language) -> Iterator[str]:
    unit = f" {one['unit']}" if one["unit"] else ""
    choice = f" [open{': ' + ', '.join(map(str, one['choices'])) if one['choices'] else ''}]" if one["open"] else ""
    value = json.dumps(one["value"], ensure_ascii=False)
    yield f"  {name} = {value}{unit}{choice}. {one['label'][lang]} ({one['article']}; {one['certainty']})"
    until = f" before {one['valid_to']}" if one["valid_to"] else ""
    yield f"    valid from {one['valid_from']}{until}, known from {one['known_from']}"
    if one["note"]:
        yield f"    note: {one['note']}"
    for other in one["conflict"]:
        other_value = json.dumps(other["value"], ensure_ascii=False)
        note = f": {other['note']}" if other["note"] else ""
        yield f"    otherwise {other_value} in {other['source']}{note}"


def _step(one: Mapping[str, Any], lang: Language) -> str:
    unit = f" [{one['unit']}]" if one["unit"] else ""
    return f"  {one['name']}: {one['kind']}{unit}. {one['label'][lang]} ({one['article']}; {one['certainty']})"
