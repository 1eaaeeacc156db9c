"""PP 30/2019 Ps 41: SKP and behaviour together, and the predikat."""

from __future__ import annotations

from polars import Expr, lit, when

from selaras.regulation import Columns, Values, at_least, person_step

TOTAL = "PP 30/2019 Ps 41 ayat (1)-(4)"
LABELS = "PP 30/2019 Ps 41 ayat (5)"


@person_step(article=TOTAL, label={"id": "Bobot SKP", "en": "Share of the SKP"})
def skp_share(p: Values) -> Expr:
    return lit(p.skp_weight[p.behaviour_sources]) / 100


@person_step(article=TOTAL, label={"id": "Bobot perilaku kerja", "en": "Share of behaviour"})
def perilaku_share(p: Values) -> Expr:
    return lit(p.perilaku_weight[p.behaviour_sources]) / 100


@person_step(article=TOTAL, label={"id": "SKP × bobot", "en": "SKP × share"}, unit="poin")
def skp_part(person: Columns) -> Expr:
    return person.skp_score * person.skp_share


@person_step(article=TOTAL, label={"id": "Perilaku × bobot", "en": "Behaviour × share"}, unit="poin")
def perilaku_part(person: Columns) -> Expr:
    return person.perilaku_score * person.perilaku_share


@person_step(article=TOTAL, label={"id": "Nilai kinerja PNS", "en": "Performance score"}, unit="poin")
def total_score(person: Columns) -> Expr:
    return person.skp_part + person.perilaku_part


@person_step(article=LABELS, label={"id": "Rentang nilai", "en": "Band of the score"}, kind="code")
def band(person: Columns, p: Values) -> Expr:
    """The predikat that the score alone would reach."""
    return band_of(person.total_score, p)


@person_step(article=LABELS, label={"id": "Predikat kinerja", "en": "Performance predikat"}, kind="code")
def predikat(person: Columns) -> Expr:
    """Sangat Baik only with a new idea that benefits the organisation or the state; without one, Baik."""
    return with_idea(person.band, person.new_idea)


def band_of(score: Expr, p: Values) -> Expr:
    """The label of a score by the lower limits of Ps 41 (5); the bands are half-open, fractions need no rule."""
    limits = p.predikat_from
    return (
        when(score.is_null())
        .then(lit(None))
        .when(at_least(score, limits["sangat_baik"]))
        .then(lit("sangat_baik"))
        .when(at_least(score, limits["baik"]))
        .then(lit("baik"))
        .when(at_least(score, limits["cukup"]))
        .then(lit("cukup"))
        .when(at_least(score, limits["kurang"]))
        .then(lit("kurang"))
        .otherwise(lit("sangat_kurang"))
    )


def with_idea(band: Expr, idea: Expr) -> Expr:
    """Ps 41 (5) a: the highest label needs the idea."""
    return when((band == "sangat_baik") & ~idea.fill_null(value=False)).then(lit("baik")).otherwise(band)


TOTAL_STEPS = (skp_share, perilaku_share, skp_part, perilaku_part, total_score, band, predikat)
