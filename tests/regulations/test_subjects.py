"""Regulations that appraise nobody: they leave out what only an appraisal has, and no agency can follow one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
import yaml

import pp46_2011
from selaras.errors import Invalid, Misconfigured
from selaras.regulation import Registry, Scheme, hookimpl
from selaras.regulation.types import Subject

ON = date(2019, 12, 31)
APPRAISAL_ONLY = ("periods", "form", "outcome_scale", "objection", "consequences", "behaviours", "deadlines")


def rulebook(subject: Subject) -> SimpleNamespace:
    """PP 46/2011 as if it were about something else: its steps stay, what only an appraisal has is left out."""
    own = pp46_2011.rulebook
    kept = {name: getattr(own, name) for name in dir(own) if name[0] != "_" and name not in APPRAISAL_ONLY}
    identity = replace(pp46_2011.rulebook.identity(), subject=subject)
    return SimpleNamespace(**{**kept, "identity": hookimpl(lambda: identity)})


def test_a_rulebook_works_out_its_steps_without_an_outcome() -> None:
    rules = Registry({"pp46_2011": rulebook("credit_points")}).rules("pp46_2011", on=ON)
    people = pl.DataFrame({"person": ["1"], **{column.name: [80.0] for column in rules.person_columns}}, strict=False)
    found = rules.appraise(people)
    assert found.person_steps.height == 1
    assert found.outcomes.row(0) == ("1", None, None)
    assert (rules.periods, rules.outcomes, rules.describe()["objection"]) == ((), (), None)


def test_an_appraisal_may_not_leave_out_what_a_rulebook_may() -> None:
    with pytest.raises(Misconfigured, match="does not answer form, objection, outcome_scale, periods"):
        Registry({"pp46_2011": rulebook("appraisal")})


def test_codes_are_listed_by_subject() -> None:
    registry = Registry({"pp46_2011": rulebook("talent")})
    assert (registry.codes(), registry.codes("talent"), registry.codes("appraisal")) == (("pp46_2011",),) * 2 + ((),)


def test_no_agency_can_follow_a_rulebook() -> None:
    with pytest.raises(Invalid, match="is about merit, it appraises nobody"):
        Registry({"pp46_2011": rulebook("merit")}).appraisal("pp46_2011", on=ON)


def test_an_unknown_subject_is_refused(tmp_path: Path) -> None:
    content = yaml.safe_load((Path(str(pp46_2011.__file__)).parent / "identity.yaml").read_text())
    (tmp_path / "identity.yaml").write_text(yaml.safe_dump({**content, "subject": "weather"}))
    with pytest.raises(Misconfigured, match="the subject 'weather' is unknown; one of appraisal, credit_points"):
        Scheme(tmp_path).identity()
