"""The check of one plugin: every question in the order of the grades; what cannot be asked any more is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from polars.exceptions import PolarsError

from selaras.errors import DomainError
from selaras.regulation.articles import Told, tell
from selaras.regulation.author.found import Found, find_plugins
from selaras.regulation.author.generated import broken_properties, speed
from selaras.regulation.author.grades import Check, Grade, Report
from selaras.regulation.author.mutation import survivors
from selaras.regulation.cases import run_cases
from selaras.regulation.editions import GOLDEN_FILE, golden_breaches
from selaras.regulation.parameters import Parameter
from selaras.regulation.purity import impurities
from selaras.regulation.registry import Loaded, Registry
from selaras.regulation.types import Column

# Far below what expressions reach, and far above what a loop over people could.
LEAST_PEOPLE_PER_SECOND = 10_000
_MOST_SHOWN = 20
Question = Callable[[Registry, Told], Iterator[str]]


def check_plugin(path: Path, *, measure: bool = True, mutate: bool = True) -> list[Report]:
    """A report for each regulation in the folder (a project or a package).

    Without `measure` nothing is timed; without `mutate` no number is changed to see whether an example notices.
    The plugin's code is imported and run. Raises Invalid where the folder holds no plugin.
    """
    left_out = {name for name, wanted in (("speed", measure), ("numbers", mutate)) if not wanted}
    return [_report(one, left_out) for one in find_plugins(path)]


def _report(found: Found, left_out: set[str]) -> Report:
    try:
        impure = Check("purity", Grade.bronze, tuple(impurities(found.folder)))
    except SyntaxError as error:
        return Report(found.code, (Check("loads", Grade.bronze, (f"{error.filename}:{error.lineno}: {error.msg}",)),))
    if not impure.passed:
        return Report(found.code, (impure,))
    try:
        registry = found.load()
        registry.adapters(found.code)
        told = tell(registry, found.code)
    except Exception as error:  # whatever the plugin's code raises is what its author must see
        said = f"{error}" if isinstance(error, DomainError) else f"{type(error).__name__}: {error}"
        return Report(found.code, (impure, Check("loads", Grade.bronze, (said,))))
    checks = [impure, Check("loads", Grade.bronze, (), _size(told))]
    for name, (grade, ask) in _QUESTIONS.items():
        if name not in left_out:
            problems = _answers(ask, registry, told)
            more = [f"and {len(problems) - _MOST_SHOWN} more"] if len(problems) > _MOST_SHOWN else []
            checks.append(Check(name, grade, (*problems[:_MOST_SHOWN], *more)))
    if "speed" not in left_out:
        checks.append(_speed(told))
    return Report(found.code, tuple(checks))


def _answers(ask: Question, registry: Registry, told: Told) -> list[str]:
    try:
        return list(ask(registry, told))
    except (DomainError, PolarsError) as error:
        return [f"it cannot be asked: {error}"]


def _size(told: Told) -> str:
    parameters = len(list(told.rules.parameters))
    return f"{parameters} parameters, {len(told.steps)} steps, {len(told.cases)} examples"


def _notes(_: Registry, told: Told) -> Iterator[str]:
    """What is assumed says why."""
    for parameter in told.rules.parameters:
        for value in parameter.values:
            if value.source.certainty == "assumed" and not value.source.note:
                yield f"{parameter.name} is assumed from {value.validity.start} on: add a note that says why"


def _examples(registry: Registry, told: Told) -> Iterator[str]:
    if not told.cases:
        yield "there is no example: add cases/*.yaml"
    ids = [str(case.get("id")) for case in told.cases]
    yield from (f"the id {one} is used by several examples" for one in sorted({i for i in ids if ids.count(i) > 1}))
    for result in run_cases(registry, told.cases):
        if result.regulation is None:
            yield f"{result.id}: no adapter serves the rule {result.rule!r}: add it to adapters.yaml"
        for failure in result.failures:
            yield f"{result.id}: {failure.key or 'cannot be computed'}: expected {failure.expected}, got {failure.got}"


def _steps(_: Registry, told: Told) -> Iterator[str]:
    """Touched: named by an example's expected results, or read by a step that is."""
    reached = told.reached
    for step in told.steps:
        if step.key not in reached:
            yield f"step {step.info.name} is touched by no example: expect it, or a step that reads it"


def _columns(_: Registry, told: Told) -> Iterator[str]:
    columns: tuple[Column, ...] = (*told.rules.person_columns, *told.rules.item_columns)
    for column in columns:
        if not column.article:
            yield f"column {column.name} names no article"
    if told.rules.item_columns and not told.rules.item_steps:
        yield "items are read, but no step per item uses them"


def _readme(registry: Registry, told: Told) -> Iterator[str]:
    if not _readme_text(registry.loaded(told.rules.code)):
        yield "there is no README.md beside the package's files: say what the law is, and what stands where"


def _numbers(registry: Registry, told: Told) -> Iterator[str]:
    yield from map(str, survivors(registry, told))


def _articles(_: Registry, told: Told) -> Iterator[str]:
    reached = told.reached
    asked = frozenset[str]().union(*(reads for ask, reads in told.answers.items() if ask in told.named))
    held = asked.union(*(step.parameters for step in told.steps if step.key in reached))
    for article in told.articles:
        names = {parameter.name for parameter, _ in article.parameters} & told.computed_parameters
        if not article.cases and (names - held or any(step.key not in reached for step in article.steps)):
            yield f"{article.name} is touched by no example: add one, or name the article in an example's `articles`"


def _map(registry: Registry, told: Told) -> Iterator[str]:
    """The README leads from articles to code and examples; `*_score` names every step that ends so."""
    text = _readme_text(registry.loaded(told.rules.code))
    words = {word for word in re.findall(r"[\w*]+", text) if "*" not in word or len(word.strip("*")) > 2}
    parameters: list[Parameter] = list(told.rules.parameters)
    for kind, names in (("step", [step.info.name for step in told.steps]), ("parameter", [p.name for p in parameters])):
        missing = sorted({name for name in names if not any(fnmatchcase(name, word) for word in words)})
        if missing:
            yield f"README.md does not name the {kind}{'s' * (len(missing) > 1)} {', '.join(missing)}"
    if told.cases and not any(str(case["id"]) in text for case in told.cases):
        yield "README.md names no example"


def _released(registry: Registry, told: Told) -> Iterator[str]:
    loaded = registry.loaded(told.rules.code)
    if not (loaded.folder / GOLDEN_FILE).is_file():
        yield f"{GOLDEN_FILE} is missing; when you release it: selaras plugin golden PATH > …/{GOLDEN_FILE}"
        return
    yield from golden_breaches(loaded.folder, loaded.identity, loaded.parameters)


def _properties(_: Registry, told: Told) -> Iterator[str]:
    yield from broken_properties(told.rules)


def _formulas(_: Registry, told: Told) -> Iterator[str]:
    for step in told.steps:
        if not step.lines and not step.said:
            yield f"the formula of step {step.info.name} cannot be told in words: give the function a docstring"


def _reasons(_: Registry, told: Told) -> Iterator[str]:
    """Whatever does not stand in the regulation itself says where it comes from."""
    for parameter in told.rules.parameters:
        for value in parameter.values:
            if value.source.certainty == "application" and not value.source.note:
                yield f"{parameter.name} is only seen in applications: add a note that says in which"
    for step in told.steps:
        if step.info.certainty == "assumed" and not step.said:
            yield f"step {step.info.name} is assumed: give the function a docstring that says why"


def _speed(told: Told) -> Check:
    per_second, ratio = speed(told.rules)
    slow = f"{per_second:,.0f} people a second, fewer than {LEAST_PEOPLE_PER_SECOND:,}: is there a loop over people?"
    said = f"{per_second:,.0f} people a second with 3 items each; {ratio:.2f} times the bare expressions"
    return Check("speed", Grade.platinum, (slow,) if per_second < LEAST_PEOPLE_PER_SECOND else (), said)


def _readme_text(loaded: Loaded) -> str:
    """The README of the package, of a package around it, or of the project."""
    folders = [loaded.folder]
    while (folders[-1] / "__init__.py").is_file():
        folders.append(folders[-1].parent)
    project = folders[-1].parent if folders[-1].name == "src" else folders[-1]
    folders = [*folders[:-1], *([project] if (project / "pyproject.toml").is_file() else [])]
    return next((path.read_text(encoding="utf-8") for one in folders if (path := one / "README.md").is_file()), "")


_QUESTIONS: Mapping[str, tuple[Grade, Question]] = {
    "notes": (Grade.bronze, _notes),
    "examples": (Grade.bronze, _examples),
    "steps": (Grade.silver, _steps),
    "columns": (Grade.gold, _columns),
    "readme": (Grade.silver, _readme),
    "numbers": (Grade.gold, _numbers),
    "articles": (Grade.gold, _articles),
    "map": (Grade.gold, _map),
    "released": (Grade.gold, _released),
    "properties": (Grade.platinum, _properties),
    "formulas": (Grade.platinum, _formulas),
    "reasons": (Grade.platinum, _reasons),
}
