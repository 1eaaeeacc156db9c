"""PermenPANRB 19/2025: the national index of the merit system (NISM) and its level."""

from __future__ import annotations

from polars import Expr, lit, when

from selaras.regulation import Columns, Values, at_most, person_step, round_law

LAW = "PermenPANRB 19/2025 (sosialisasi Oktober 2025)"


@person_step(article=LAW, label={"id": "NISM", "en": "National index of the merit system"}, certainty="circular")
def nism(person: Columns, p: Values) -> Expr:
    weighed = person.maturity * p.maturity_percent / 100 + person.engagement * p.engagement_percent / 100
    corrected = weighed + person.correction.fill_null(0) * p.correction_sign
    return round_law(corrected, p.nism_decimals, article=LAW)


@person_step(article=LAW, label={"id": "Tingkat NISM", "en": "Level of the index"}, kind="code", certainty="circular")
def level(person: Columns, p: Values) -> Expr:
    return (
        when(at_most(person.nism, p.basic_up_to))
        .then(lit("dasar"))
        .when(at_most(person.nism, p.advanced_up_to))
        .then(lit("lanjutan"))
        .when(at_most(person.nism, p.middle_up_to))
        .then(lit("menengah"))
        .when(at_most(person.nism, p.high_up_to))
        .then(lit("tinggi"))
        .when(person.nism.is_not_null())
        .then(lit("maju"))
    )


INDEX_STEPS = (nism, level)
