"""The registry: what is refused at load, editions, packs, choices, and the hash of a rule."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

import permenpan_6_2022
import pp46_2011
from selaras.errors import Invalid, Misconfigured, NotFound
from selaras.regulation import (
    Columns,
    Consequence,
    Label,
    Registry,
    Source,
    Step,
    Values,
    hookimpl,
    item_step,
    load_registry,
    person_step,
)
from selaras.regulation.registry import answering
from selaras.regulation.types import Column, Edition

from .conftest import Changed, with_answers

LABEL = Label(id="uji", en="test")
ON = date(2019, 12, 31)
PP46 = pp46_2011.rulebook


def load(**answers: Callable[..., object]) -> Registry:
    return Registry({"pp46_2011": with_answers(PP46, **answers)})


def test_installed_regulations_are_found(registry: Registry) -> None:
    assert set(registry.codes()) >= {"permenpan_6_2022", "pp46_2011"}


def test_an_unknown_hook_is_refused_with_a_hint() -> None:
    with pytest.raises(Misconfigured, match=r"a hook person_step, which does not exist\. Did you mean person_steps"):
        load(person_step=lambda: ())


def test_a_missing_hook_is_refused() -> None:
    own = PP46
    bare = SimpleNamespace(**{k: getattr(own, k) for k in dir(own) if k[0] != "_" and k not in ("objection", "form")})
    with pytest.raises(Misconfigured, match="does not answer form, objection"):
        Registry({"pp46_2011": bare})


def test_unknown_arguments_of_a_hook_are_refused() -> None:
    with pytest.raises(Misconfigured, match="arguments that it does not have"):
        load(objection=lambda today: today)


def test_another_code_than_the_entry_point_is_refused() -> None:
    with pytest.raises(Misconfigured, match="calls itself 'pp46_2011'"):
        Registry({"pp46": PP46})


@pytest.mark.parametrize(
    ("editions", "words"),
    [
        ((), "differ"),
        (("a", "b"), "differ"),
    ],
)
def test_editions_that_overlap_are_refused(editions: tuple[str, ...], words: str) -> None:
    start = PP46.identity().editions[0]
    own = replace(PP46.identity(), editions=tuple(replace(start, name=name) for name in editions))
    with pytest.raises(Misconfigured, match=words):
        load(identity=lambda: own)


def test_the_first_day_needs_an_edition() -> None:
    late = replace(PP46.identity().editions[0], valid_from=date(2015, 1, 1))
    with pytest.raises(Misconfigured, match="No edition covers its first day"):
        load(identity=lambda: replace(PP46.identity(), editions=(late,)))


def test_an_edition_names_files_that_exist() -> None:
    lost = replace(PP46.identity().editions[0], files=("lost.py",))
    with pytest.raises(Misconfigured, match=r"names the file lost.py, which does not exist"):
        load(identity=lambda: replace(PP46.identity(), editions=(lost,)))


@person_step(article="uji", label=LABEL)
def reads_unknown(person: Columns) -> pl.Expr:
    return person.salary * 2


@person_step(article="uji", label=LABEL)
def reads_later(person: Columns) -> pl.Expr:
    return person.predikat


@person_step(article="uji", label=LABEL)
def komitmen() -> pl.Expr:
    return pl.lit(1)


@person_step(article="uji", label=LABEL)
def adds_text(person: Columns) -> pl.Expr:
    return person.komitmen.str.len_chars()


@person_step(article="uji", label=LABEL)
def reads_unknown_parameter(person: Columns, p: Values) -> pl.Expr:
    return person.komitmen * pl.lit(p.weather)


@item_step(article="uji", label=LABEL)
def per_item() -> pl.Expr:
    return pl.lit(1)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (reads_unknown, "Step reads_unknown reads salary, which is neither a declared column nor an earlier step"),
        (reads_later, "Step reads_later reads predikat"),
        (komitmen, "Step komitmen has the name of a column"),
        (adds_text, "cannot be computed"),
        (reads_unknown_parameter, "No parameter weather"),
        (per_item, "Step per_item is a step per item but was given among the steps per person"),
    ],
)
def test_steps_that_cannot_work_are_refused_at_load(step: Step, words: str) -> None:
    with pytest.raises(Misconfigured, match=words):
        load(person_steps=lambda: (step, *PP46.person_steps("2013")))


def test_a_step_without_article_or_with_strange_arguments_is_refused() -> None:
    with pytest.raises(Misconfigured, match="needs an article"):
        person_step(article=" ", label=LABEL)(lambda person: person.x)
    with pytest.raises(Misconfigured, match="asks for database"):
        person_step(article="uji", label=LABEL)(lambda database: database)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (
            {"outcome_scale": lambda: replace(PP46.outcome_scale(), step="total_score")},
            "outcome_scale .* total_score",
        ),
        (
            {"outcome_scale": lambda: replace(PP46.outcome_scale(), score_step="predikat")},
            "outcome_scale .* predikat",
        ),
        (
            {"consequences": lambda: (Consequence("hebat", "x", LABEL, Source("uji", "assumed")),)},
            "consequences .* hebat",
        ),
        ({"person_columns": lambda: (*PP46.scheme.columns("person"),) * 2}, "columns .* disiplin"),
        (
            {"person_columns": lambda: (*PP46.scheme.columns("person"), Column("a", "number", LABEL, requires=("b",)))},
            "columns .* b",
        ),
    ],
)
def test_names_that_nothing_declares_are_refused(answers: dict[str, Any], words: str) -> None:
    with pytest.raises(Misconfigured, match=words):
        load(**answers)


def test_a_distribution_for_unknown_ratings_is_refused(changed: Changed) -> None:
    def rename(node: dict[str, Any]) -> None:
        node["values"][0]["value"]["hebat"] = node["values"][0]["value"].pop("istimewa")

    with pytest.raises(Misconfigured, match=r"distribution_rule .* hebat, istimewa"):
        changed("permenpan_6_2022", "distribution", rename)


def test_a_gap_in_a_parameter_is_refused_at_load(changed: Changed) -> None:
    with pytest.raises(Misconfigured, match="No parameter skp_weight is in force"):
        changed("pp46_2011", "skp_weight", lambda node: node["values"][0].update(valid_to=date(2018, 1, 1)))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("x = round(1.5)", "calls round"),
        ("def f(e): return e.round(2)", "calls round"),
        ("def f(e): return e.truncate(2)", "calls truncate"),
        ("def f(e): return e.map_elements(f)", "loops over rows"),
        ("import datetime\nx = datetime.date.today()", "asks for the time"),
        ("import flask", "imports flask"),
        ("from selaras.db import session", "imports selaras.db"),
        ("import time", "imports time"),
    ],
)
def test_code_that_a_regulation_may_not_contain_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, words: str
) -> None:
    (tmp_path / "impure_1999").mkdir()
    (tmp_path / "impure_1999" / "__init__.py").write_text("")
    (tmp_path / "impure_1999" / "chapter.py").write_text(line)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "impure_1999", raising=False)
    with pytest.raises(Misconfigured, match=words):
        load(identity=lambda: replace(PP46.identity(), package="impure_1999"))


def test_a_day_outside_the_laws_time_is_refused(registry: Registry) -> None:
    for code, day in (("pp46_2011", date(2021, 7, 1)), ("permenpan_6_2022", date(2021, 12, 31))):
        with pytest.raises(Invalid, match=f"{code} was not in force on {day}"):
            registry.rules(code, on=day)


def test_unknown_regulations_and_editions_are_refused(registry: Registry) -> None:
    with pytest.raises(NotFound, match="No regulation pp_1 is installed"):
        registry.rules("pp_1", on=ON)
    with pytest.raises(NotFound, match="no edition 1900"):
        registry.rules("pp46_2011", on=ON, edition="1900")


@person_step(article="uji", label=LABEL)
def total_score(person: Columns) -> pl.Expr:
    return person.komitmen


@person_step(article="uji", label=LABEL, kind="code")
def predikat() -> pl.Expr:
    return pl.lit("cukup")


def test_an_edition_stands_beside_the_old_and_is_chosen_by_day_knowledge_or_name() -> None:
    old = PP46.identity().editions[0]
    new = Edition("2018", date(2018, 1, 1), date(2019, 1, 1), ("achievement.py",))
    both = load(
        identity=lambda: replace(PP46.identity(), editions=(old, new)),
        person_steps=lambda edition: (total_score, predikat) if edition == "2018" else PP46.person_steps("2013"),
    )
    assert both.rules("pp46_2011", on=date(2017, 12, 31)).edition == "2013"
    assert both.rules("pp46_2011", on=ON).edition == "2018"
    assert both.rules("pp46_2011", on=ON, known=date(2018, 12, 31)).edition == "2013"
    kept = both.rules("pp46_2011", on=ON, edition="2013")
    assert len(kept.person_steps) == len(PP46.person_steps("2013"))
    assert [step.name for step in both.rules("pp46_2011", on=ON).person_steps] == ["total_score", "predikat"]
    assert kept.hash != both.rules("pp46_2011", on=ON).hash


class StrictPack:
    """A pack that asks for a quarter only, and adds to the regulation's consequences."""

    pack_hash = "strict-1"

    @hookimpl
    def periods(self) -> tuple[str, ...]:
        return ("quarter",)

    @hookimpl(wrapper=True)
    def consequences(self) -> Any:
        given = yield
        return (*given, Consequence("kurang", "own", LABEL, Source("Perkada", "assumed")))


class LawlessPack:
    @hookimpl
    def outcome_scale(self) -> None:
        return None


def test_a_pack_answers_first_for_its_agency_only(registry: Registry) -> None:
    on = date(2026, 6, 30)
    own = registry.rules("permenpan_6_2022", on=on, pack=StrictPack())
    others = registry.rules("permenpan_6_2022", on=on)
    assert own.periods == ("quarter",)
    assert others.periods == ("month", "quarter", "year")
    assert len(own.consequences) == len(others.consequences) + 1
    assert own.hash != others.hash


def test_a_pack_may_not_answer_for_the_law(registry: Registry) -> None:
    with pytest.raises(Misconfigured, match="pack answers outcome_scale, which only the regulation"):
        registry.rules("permenpan_6_2022", on=date(2026, 6, 30), pack=LawlessPack())


def test_the_hash_names_code_parameters_and_choices_and_nothing_else(registry: Registry, changed: Changed) -> None:
    rules = registry.rules("pp46_2011", on=ON)
    again = Registry({"pp46_2011": PP46}).rules("pp46_2011", on=date(2016, 5, 4))
    assert rules.hash == again.hash
    assert len(rules.hash) == 64
    assert rules.hash != registry.rules("pp46_2011", on=date(2021, 6, 30)).hash
    assert rules.hash != registry.rules("pp46_2011", on=ON, overrides={"label_convention": "A"}).hash
    other = changed("pp46_2011", "time_factor", lambda node: node["values"][0].update(value=1.77))
    assert rules.hash != other.rules("pp46_2011", on=ON).hash


def test_rules_are_built_once(registry: Registry) -> None:
    assert registry.rules("pp46_2011", on=ON) is registry.rules("pp46_2011", on=ON)
    choice = {"label_convention": "A"}
    assert registry.rules("pp46_2011", on=ON, overrides=choice) is registry.rules("pp46_2011", on=ON, overrides=choice)


def test_who_when_and_deadlines(registry: Registry) -> None:
    old, new = registry.rules("pp46_2011", on=ON), registry.rules("permenpan_6_2022", on=date(2026, 6, 30))
    assert (old.covers("pns"), old.covers("pppk"), new.covers("pppk_paruh_waktu")) == (True, False, True)
    assert old.periods == ("year",)
    assert registry.rules("pp46_2011", on=date(2021, 6, 30)).periods == ("half_year",)
    assert old.deadline("appraisal", date(2019, 12, 31)) == date(2020, 1, 31)
    assert new.deadline("plan", date(2026, 6, 30)) == date(2026, 1, 31)
    with pytest.raises(NotFound, match="it has: plan, manual, report"):
        new.deadline("party", date(2026, 6, 30))


def test_the_objection_window_in_calendar_and_working_days(registry: Registry) -> None:
    on = date(2026, 6, 30)
    calendar = registry.rules("permenpan_6_2022", on=on)
    working = registry.rules("permenpan_6_2022", on=on, overrides={"objection_day_kind": "working"})
    assert calendar.objection_until(date(2026, 6, 30)) == date(2026, 7, 14)
    with pytest.raises(Misconfigured, match="pass the agency's calendar"):
        working.objection_until(date(2026, 6, 30))
    assert working.objection_until(date(2026, 6, 30), lambda day: day.weekday() < 5) == date(2026, 7, 20)


def test_29_february_falls_back(registry: Registry) -> None:
    rules = registry.rules("permenpan_6_2022", on=date(2026, 6, 30), overrides={"report_day": "02-29+1"})
    assert rules.deadline("report", date(2026, 12, 31)) == date(2027, 2, 28)
    assert rules.deadline("report", date(2027, 12, 31)) == date(2028, 2, 29)


def test_forms_and_behaviours(registry: Registry) -> None:
    old, new = registry.rules("pp46_2011", on=ON), registry.rules("permenpan_6_2022", on=date(2026, 6, 30))
    assert new.behaviours is not None
    assert len(new.behaviours.behaviours) == 7
    assert {len(one.guides) for one in new.behaviours.behaviours} == {3}
    assert [one.code for one in old.form.aspects if not one.required] == ["cost"]
    declared = {column.name for column in old.item_columns}
    assert {f"{one.code}_{half}" for one in old.form.aspects for half in ("target", "actual")} == declared
    assert permenpan_6_2022.rulebook.person_steps("2022")[0].info.certainty == "application"


def test_a_plugin_that_cannot_be_imported_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_1999.py").write_text("import nothing_of_this_name")
    info = tmp_path / "broken-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[selaras.regulations]\nbroken_1999 = broken_1999\n")
    monkeypatch.syspath_prepend(tmp_path)
    load_registry.cache_clear()
    with pytest.raises(Misconfigured, match="broken_1999 cannot be imported: ModuleNotFoundError"):
        load_registry()


def test_an_entry_point_may_name_the_package_whose_rulebook_answers() -> None:
    assert answering(pp46_2011) is PP46
    assert Registry({"pp46_2011": answering(pp46_2011)}).codes() == ("pp46_2011",)
    bare = SimpleNamespace(rulebook=PP46)
    assert answering(bare) is bare


def test_steps_by_edition_are_those_of_the_edition() -> None:
    named = permenpan_6_2022.rulebook
    assert named.person_steps("2022") != named.person_steps("2023")
    assert PP46.person_steps("2013") == PP46.person_steps("any")
