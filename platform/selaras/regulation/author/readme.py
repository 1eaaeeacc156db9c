"""The README of a plugin as a start: what each article says, and where code, parameters and examples stand."""

from __future__ import annotations

from collections.abc import Iterator

from selaras.regulation.articles import Article, Told
from selaras.regulation.markdown import cell


def readme(told: Told) -> str:
    """Title, legal basis and the map article → code → parameter → example; the author adds what was decided."""
    rules = told.rules
    force = rules.in_force
    until = f", before {force.end}" if force.end else ""
    lines = [
        f"# {rules.title['en']}",
        "",
        f"{rules.title['id']}. Rests on {'; '.join(rules.legal_basis)}; in force from {force.start}{until}.",
        "",
        "| article | what it says | code | parameter | cases |",
        "|---|---|---|---|---|",
        *_rows(told),
        "",
    ]
    return "\n".join(lines)


def _rows(told: Told) -> Iterator[str]:
    modules = {step.info.name: _module(told, step.info.name) for step in told.steps}
    for article in told.articles:
        if article.is_computed:
            yield _row(article, modules)


def _row(article: Article, modules: dict[str, str]) -> str:
    said = [step.info.label["en"] for step in article.steps] or [p.label["en"] for p, _ in article.parameters]
    cells = (
        article.name,
        "; ".join(dict.fromkeys(said)),
        ", ".join(dict.fromkeys(f"`{modules[step.info.name]}{step.info.name}`" for step in article.steps)),
        ", ".join(dict.fromkeys(f"`{parameter.name}`" for parameter, _ in article.parameters)),
        ", ".join(dict.fromkeys(article.cases)),
    )
    return f"| {' | '.join(map(cell, cells))} |"


def _module(told: Told, name: str) -> str:
    """`score.` where the step's function stands in the package's `score.py`; empty where a function made it."""
    engines = [told.rules.engine, *([told.rules.combination.engine] if told.rules.combination else [])]
    steps = [step for engine in engines for step, _ in (*engine.steps.item, *engine.steps.person)]
    function = next(step.function for step in steps if step.name == name)
    module = getattr(function, "__module__", "").rpartition(".")[2]
    return f"{module}." if getattr(function, "__name__", "") == name else ""
