"""PP 46/2011: from the activities, extra duties, creativity and behaviour to the score of the year and its predikat."""

from __future__ import annotations

from polars import Expr, lit, sum_horizontal, when

from selaras.regulation import Columns, ItemAggregates, Values, at_least, at_most, person_step, round_law

ANNEX = "Perka BKN 1/2013, lampiran I"
TOTAL = "PP 46/2011 (nilai prestasi kerja)"
BEHAVIOUR = "PP 46/2011 (perilaku kerja)"
LABELS = "PP 46/2011 (predikat)"


@person_step(
    article=f"{ANNEX} (nilai capaian SKP)",
    label={"id": "Rata-rata nilai kegiatan", "en": "Mean of the activities"},
    unit="poin",
)
def activities_mean(items: ItemAggregates) -> Expr:
    """An activity that was not done counts with its 0; one without a score leaves the mean open."""
    return when(items.activity_score.missing() == 0).then(items.activity_score.mean())


@person_step(
    article=f"{ANNEX} (tugas tambahan)",
    label={"id": "Nilai tugas tambahan", "en": "Points for extra duties"},
    unit="poin",
)
def extra_duty_points(person: Columns, p: Values) -> Expr:
    points = lit(0)
    for duties, earned in sorted(p.extra_duty_points.items()):
        points = when(person.extra_duties >= duties).then(earned).otherwise(points)
    return points


@person_step(
    article=f"{ANNEX} (nilai capaian SKP)",
    label={"id": "Nilai SKP", "en": "SKP score"},
    unit="poin",
)
def skp_score(person: Columns) -> Expr:
    return person.activities_mean + person.extra_duty_points + person.creativity.fill_null(0)


@person_step(
    article=BEHAVIOUR,
    label={"id": "Jumlah unsur perilaku yang dinilai", "en": "Number of behaviour elements rated"},
)
def perilaku_counted(person: Columns) -> Expr:
    """Five, or six with leadership. An element left out is never a zero."""
    return sum_horizontal(*(element.is_not_null() for element in (*_everybody(person), person.kepemimpinan)))


@person_step(article=BEHAVIOUR, label={"id": "Jumlah nilai perilaku", "en": "Sum of behaviour"}, unit="poin")
def perilaku_sum(person: Columns) -> Expr:
    """Open until the five elements that everybody has are rated."""
    complete = lit(True)
    for element in _everybody(person):
        complete &= element.is_not_null()
    return when(complete).then(sum_horizontal(*_everybody(person), person.kepemimpinan))


@person_step(article=BEHAVIOUR, label={"id": "Rata-rata nilai perilaku", "en": "Mean of behaviour"}, unit="poin")
def perilaku_mean(person: Columns) -> Expr:
    return person.perilaku_sum / person.perilaku_counted


def _everybody(person: Columns) -> tuple[Expr, ...]:
    return person.orientasi_pelayanan, person.integritas, person.komitmen, person.disiplin, person.kerja_sama


@person_step(article=TOTAL, label={"id": "SKP × bobot", "en": "SKP × weight"}, unit="poin")
def skp_part(person: Columns, p: Values) -> Expr:
    return person.skp_score * lit(p.skp_weight) / 100


@person_step(article=TOTAL, label={"id": "Perilaku × bobot", "en": "Behaviour × weight"}, unit="poin")
def perilaku_part(person: Columns, p: Values) -> Expr:
    return person.perilaku_mean * lit(p.perilaku_weight) / 100


@person_step(article=TOTAL, label={"id": "Nilai prestasi kerja", "en": "Performance score"}, unit="poin")
def total_score(person: Columns) -> Expr:
    return person.skp_part + person.perilaku_part


@person_step(article=LABELS, label={"id": "Predikat", "en": "Predikat"}, kind="code")
def predikat(person: Columns, p: Values) -> Expr:
    """The bands are stated for whole numbers: the convention says how a fraction becomes one."""
    convention = p.label_conventions[p.label_convention]
    whole = round_law(person.total_score, 0, convention["bands"], article=LABELS)
    at_top = round_law(person.total_score, 0, convention["top"], article=LABELS)
    limits = p.predikat_from
    return (
        when(person.total_score.is_null())
        .then(lit(None))
        .when(at_least(at_top, limits["sangat_baik"]))
        .then(lit("sangat_baik"))
        .when(at_least(whole, limits["baik"]))
        .then(lit("baik"))
        .when(at_least(whole, limits["cukup"]))
        .then(lit("cukup"))
        .when(at_least(whole, limits["kurang"]))
        .then(lit("kurang"))
        .otherwise(lit("buruk"))
    )


@person_step(
    article="PP 53/2010 Ps 9 angka 12, Ps 10 angka 10",
    label={"id": "Tingkat hukuman disiplin menurut SKP", "en": "Disciplinary level by the SKP"},
    kind="code",
    certainty="assumed",
)
def disciplinary_level(person: Columns, p: Values) -> Expr:
    """The level that the SKP alone points to. Assumed: the text of PP 53/2010 was not read, only quotations of it."""
    limits = p.discipline_from
    return (
        when(person.skp_score.is_null())
        .then(lit(None))
        .when(~at_least(person.skp_score, limits["berat_below"]))
        .then(lit("berat"))
        .when(at_most(person.skp_score, limits["sedang_up_to"]))
        .then(lit("sedang"))
        .otherwise(lit("tidak_ada"))
    )


PERSON_STEPS = (
    activities_mean,
    extra_duty_points,
    skp_score,
    perilaku_counted,
    perilaku_sum,
    perilaku_mean,
    skp_part,
    perilaku_part,
    total_score,
    predikat,
    disciplinary_level,
)
