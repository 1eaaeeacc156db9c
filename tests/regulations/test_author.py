"""The author's path: a skeleton that works at once, and a check that finds what is wrong with a plugin."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from selaras.cli.case import case
from selaras.cli.plugin import plugin
from selaras.cli.regulation import regulation
from selaras.cli.tenant import tenant
from selaras.errors import Conflict, Invalid
from selaras.regulation import author, load_registry
from selaras.regulation.articles import newest_rules
from selaras.regulation.author import Check, Grade, Report, check_plugin, write_skeleton
from selaras.regulation.author.found import find_plugins
from selaras.regulation.author.generated import broken_properties, generated
from selaras.regulation.editions import golden_text
from selaras.regulation.types import Subject

BIN = Path(sys.executable).parent
Spoil = Callable[[Path], None]


def checks(path: Path, **options: bool) -> dict[str, Check]:
    (report,) = check_plugin(path, measure=False, **options)
    return {check.name: check for check in report.checks}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_skeleton("perka_uji_1", tmp_path)
    return tmp_path / "perka_uji_1"


@pytest.mark.parametrize("subject", get_args(Subject))
def test_a_skeleton_of_any_subject_is_silver_and_lacks_only_its_release(tmp_path: Path, subject: Subject) -> None:
    write_skeleton("perka_uji_2", tmp_path, subject)
    (report,) = check_plugin(tmp_path / "perka_uji_2", measure=False)
    assert report.grade == Grade.silver
    assert [need.split(": ")[:2] for need in report.next_needs] == [
        ["released", "golden.yaml is missing; when you release it"]
    ]
    assert find_plugins(tmp_path / "perka_uji_2")[0].load().identity("perka_uji_2").subject == subject


def test_a_released_skeleton_is_platinum(project: Path) -> None:
    written = CliRunner().invoke(plugin, ["golden", str(project)])
    (project / "perka_uji_1" / "golden.yaml").write_text(written.output)
    (report,) = check_plugin(project)
    assert (report.grade, report.next_needs) == (Grade.platinum, ())
    assert "people a second" in report.checks[-1].information


@pytest.mark.parametrize("subject", ["appraisal", "promotion"])
def test_its_own_tests_types_and_style_are_in_order(tmp_path: Path, subject: Subject) -> None:
    write_skeleton("perka_uji_3", tmp_path, subject)
    for command in (
        ("pytest", "-q"),
        ("mypy", "--cache-dir", str(tmp_path / "types")),
        ("ruff", "check", "--no-cache", "."),
        ("ruff", "format", "--no-cache", "--check", "."),
    ):
        done = subprocess.run(
            [BIN / command[0], *command[1:]], cwd=tmp_path / "perka_uji_3", capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    readme = (tmp_path / "perka_uji_3" / "README.md").read_text()
    assert [f"{n}. **" in readme for n in range(1, 7)] == [True] * 5 + [False]
    assert "@" not in readme


@pytest.mark.parametrize(
    "name", ["Perka", "7_2030", "perka-7", "", "../perka", "perka__7", "class", "json", "selaras", "a" * 300]
)
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match="cannot be a plugin's name"):
        write_skeleton(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_and_no_subject_is_invented(project: Path) -> None:
    with pytest.raises(Conflict, match="exists already"):
        write_skeleton("perka_uji_1", project.parent)
    with pytest.raises(Invalid, match="is no subject; choose one of appraisal, "):
        write_skeleton("perka_uji_4", project.parent, "weather")  # type: ignore[arg-type]  # given by name, or wrong on purpose


def replaced(name: str, old: str, new: str) -> Spoil:
    def spoil(project: Path) -> None:
        path = project / "perka_uji_1" / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return spoil


def removed(name: str) -> Spoil:
    return lambda project: (project / name).unlink()


FORMULA = "return when(reached.is_not_null()).then(min_horizontal(reached, p.task_limit))"
ROUNDING = 'round_law(items.task_score.mean(), 0, article="Contoh 1/2030 Ps 4")'
NOTE = '      note: The article says "about 80" and leaves the number to the agency.\n'
TWICE = "    - {value: 7, valid_from: 2030-01-01, known_from: 2030-01-01, article: x, certainty: regulation}\n"
LAST_LINES = "    better: higher\n    article: Contoh 1/2030 Ps 2\n"
EMPTY = "- id: X4\n  rule: perka_uji_1\n  inputs: {}\n  expected: {}\n- id: X5"

# What is spoiled → the check that finds it, and its words.
SPOILED: list[tuple[Spoil, str, str]] = [
    (replaced("score.py", ROUNDING, "items.task_score.mean().round(0)"), "purity", "rounds by itself"),
    (replaced("score.py", "from polars import", "import socket\nfrom polars import"), "purity", "imports socket"),
    (replaced("score.py", "from polars import", "open('/dev/null')\nfrom polars import"), "purity", "calls open"),
    (replaced("score.py", "item.output_actual /", "item.output /"), "loads", "reads output, which is neither"),
    (replaced("__init__.py", "import Path\n", "import Paths\n"), "loads", "cannot import name 'Paths'"),
    (replaced("score.py", "PERSON_STEPS = (score, ", "PERSON_STEPS = (scores, "), "loads", "NameError: name 'scores'"),
    (replaced("score.py", "PERSON_STEPS = (", "PERSON_STEPS = ["), "loads", "score.py:"),
    (replaced("adapters.yaml", "  results:", "  outcome:"), "loads", "has the unknown key outcome"),
    (replaced("identity.yaml", "  article: Contoh 1/2030 Ps 9\n", ""), "loads", "lacks article"),
    (replaced("identity.yaml", "from: 2030-01-01", "from: tomorrow"), "loads", "is not a date"),
    (replaced("parameters/score.yaml", "valid_from: 2030-01-01", "valid_from: 2030-01-02"), "loads", "No parameter"),
    (replaced("parameters/score.yaml", "certainty: regulation", "certainty: sure"), "loads", "certainty 'sure'"),
    (replaced("parameters/score.yaml", "    - value: 14\n", f"{TWICE}    - value: 14\n"), "loads", "overlaps an entry"),
    (replaced("parameters/score.yaml", NOTE, ""), "notes", "baik_from is assumed"),
    (replaced("columns.yaml", "en: Output target", "en: ''"), "loads", "needs a text in id and en"),
    (replaced("columns.yaml", LAST_LINES, ""), "columns", "output_actual names no article"),
    (replaced("cases/examples.yaml", "nilai: 90", "nilai: 91"), "examples", "X1: nilai: expected 91, got 90"),
    (replaced("cases/examples.yaml", "id: X2", "id: X1"), "examples", "used by several"),
    (
        replaced("cases/examples.yaml", "perka_uji_1.keberatan", "other"),
        "examples",
        "no adapter serves the rule 'other'",
    ),
    (replaced("cases/examples.yaml", "realisasi: 13", "realisasi: 11"), "examples", "X1"),
    (replaced("cases/examples.yaml", "- id: X4", EMPTY), "examples", "expects nothing"),
    (removed("perka_uji_1/cases/examples.yaml"), "examples", "there is no example"),
    (removed("perka_uji_1/cases/examples.yaml"), "steps", "step task_score is touched by no example"),
    (removed("README.md"), "readme", "there is no README.md"),
    (replaced("../README.md", "`task_limit`", ""), "map", "does not name the parameter task_limit"),
    (replaced("score.py", FORMULA, "return (reached - 101).log()"), "properties", "task_score yields NaN"),
    (replaced("score.py", FORMULA, "return reached.cum_sum()"), "properties", "order of people or items changes"),
    (replaced("score.py", FORMULA, "return reached.ewm_mean(alpha=0.5)"), "formulas", "task_score cannot be told"),
]


@pytest.mark.parametrize(("spoil", "name", "words"), SPOILED)
def test_what_is_wrong_is_found_and_named(project: Path, spoil: Spoil, name: str, words: str) -> None:
    spoil(project)
    found = checks(project, mutate=False)
    assert name in found, {one.name: one.problems for one in found.values() if one.problems}
    assert any(words in problem for problem in found[name].problems), found[name].problems


def test_a_number_that_no_example_holds_is_named(project: Path) -> None:
    assert checks(project)["numbers"].passed
    replaced("cases/examples.yaml", "source: own numbers; just below\n", "source: far below\n")(project)
    replaced(
        "cases/examples.yaml",
        "[{target: 100, realisasi: 79}]\n  expected: {nilai: 79",
        "[{target: 100, realisasi: 60}]\n  expected: {nilai: 60",
    )(project)
    assert checks(project)["numbers"].problems == ("baik_from may become 79 and no example notices",)


def test_a_changed_release_is_noticed(project: Path) -> None:
    (found,) = find_plugins(project)
    loaded = found.load().loaded(found.code)
    (loaded.folder / "golden.yaml").write_text(golden_text(loaded.folder, loaded.identity, loaded.parameters))
    replaced("score.py", "* 100", "* 100.0")(project)
    assert "the released edition 2030 has changed" in checks(project, mutate=False)["released"].problems[0]


def test_the_command_answers_with_a_grade_an_exit_code_and_json(project: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    told = run(plugin, ["check", str(project), "--no-timing"])
    assert told.exit_code == 0
    assert "perka_uji_1: perak (silver) – it is proved" in told.output
    assert "The next grade, emas (gold), needs:\n  - released: golden.yaml is missing" in told.output
    assert run(plugin, ["check", str(project), "--no-timing", "--at-least", "gold"]).exit_code == 1
    report = json.loads(run(plugin, ["check", str(project), "--no-timing", "--json"]).output)[0]
    assert (report["grade"], report["next"]["grade"]) == ("silver", "gold")
    assert {check["name"] for check in report["checks"]} >= {"purity", "numbers", "properties"}
    (tmp_path / "empty").mkdir()
    with pytest.raises(Invalid, match="is no plugin"):
        run(plugin, ["check", str(tmp_path / "empty")], catch_exceptions=False)


def test_the_map_of_a_readme_is_printed(project: Path) -> None:
    printed = CliRunner().invoke(plugin, ["map", str(project)]).output
    assert "| Contoh 1/2030 Ps 3 | Score of the task | `score.task_score` | `task_limit` | X1 |" in printed
    (project / "README.md").write_text(printed)
    assert checks(project, mutate=False)["map"].passed


def test_every_command_that_the_authors_page_names_exists() -> None:
    page = (Path(__file__).parents[2] / "docs" / "writing-a-regulation.md").read_text(encoding="utf-8")
    skeleton = "".join(path.read_text() for path in Path(author.__file__).parent.rglob("*.template"))
    for group in (plugin, regulation, tenant, case):
        named = set(re.findall(rf"selaras {group.name} ([a-z-]+)", page + skeleton))
        assert named <= set(group.commands), named - set(group.commands)
        assert named, group.name


def test_a_grade_asks_everything_below_it() -> None:
    fine, poor = Check("a", Grade.platinum), Check("b", Grade.silver, ("not there",))
    report = Report("x", (fine, poor))
    assert (report.grade, report.next_needs) == (Grade.bronze, ("b: not there",))
    assert Report("x", (fine,)).grade == Grade.platinum
    assert Report("x", (Check("c", Grade.bronze, ("broken",)),)).grade == Grade.none


@pytest.mark.parametrize("code", load_registry().codes())
def test_every_regulation_of_this_repository_has_the_highest_grade(code: str) -> None:
    """What mutating every number would say is tested by test_cases.py; the speed is measured by `plugin check .`."""
    (report,) = check_plugin(load_registry().loaded(code).folder, measure=False, mutate=False)
    assert report.grade == Grade.platinum, report.next_needs


@pytest.mark.parametrize("code", load_registry().codes("appraisal"))
def test_generated_people_are_valid_under_every_appraisal(code: str) -> None:
    rules = newest_rules(load_registry(), code)
    people, items = generated(rules, 50, 2)
    assert rules.validate(people, items if rules.item_columns else None) == []
    assert broken_properties(rules) == []


def test_a_package_folder_that_nobody_announces_answers_by_its_rulebook(project: Path) -> None:
    (found,) = find_plugins(project / "perka_uji_1")
    assert (found.module, found.attribute) == ("perka_uji_1", "")
    assert found.load().identity("perka_uji_1").code == "perka_uji_1"
    (announced,) = find_plugins(project)
    assert announced.attribute == "rulebook"
    replaced("../pyproject.toml", ":rulebook", "")(project)
    (plain,) = find_plugins(project)
    assert plain.load().codes() == ("perka_uji_1",)
