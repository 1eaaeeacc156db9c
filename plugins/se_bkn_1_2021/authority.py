"""SE Kepala BKN 1/SE/I/2021: what somebody who acts for another may do about the performance of the other's team."""

from __future__ import annotations

from polars import Expr

from selaras.regulation import Columns, Values, lookup, person_step

LAW = "SE Kepala BKN 1/SE/I/2021"


@person_step(article=LAW, label={"id": "Menetapkan SKP tim", "en": "Sets the team's plans"}, kind="code")
def acting_agrees_plans(person: Columns, p: Values) -> Expr:
    return lookup(p.agrees_plans, person.acting_kind)


@person_step(article=LAW, label={"id": "Menilai kinerja tim", "en": "Appraises the team"}, kind="code")
def acting_appraises(person: Columns, p: Values) -> Expr:
    return lookup(p.appraises, person.acting_kind)


PERSON_STEPS = (acting_agrees_plans, acting_appraises)
