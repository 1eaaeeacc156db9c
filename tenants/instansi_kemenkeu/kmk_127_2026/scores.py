"""KMK 127/2026: from the scores of results and behaviour to the score of performance and the two ratings."""

from __future__ import annotations

from polars import Expr, Float64, lit, max_horizontal, mean_horizontal, min_horizontal, when

from selaras.regulation import Columns, ItemAggregates, Step, Values, at_least, at_most, person_step
from selaras.regulation.kit import number_from, weighted

KMK = "KMK 127/2026"
BEHAVIOURS = (
    "berorientasi_pelayanan",
    "akuntabel",
    "kompeten",
    "harmonis",
    "loyal",
    "adaptif",
    "kolaboratif",
)


@person_step(
    article=f"{KMK} (nilai hasil kerja)",
    certainty="application",
    label={"id": "NHK awal", "en": "Score of results (NHK)"},
    unit="poin",
)
def nhk_awal(items: ItemAggregates) -> Expr:
    return items.sumbangan_nhk.sum()


@person_step(
    article=f"{KMK} (nilai perilaku kerja)",
    certainty="application",
    label={"id": "NPK awal", "en": "Score of behaviour (NPK)"},
    unit="poin",
)
def npk_awal(person: Columns) -> Expr:
    return mean_horizontal(*(getattr(person, name) for name in BEHAVIOURS))


@person_step(
    article=f"{KMK} (kalibrasi)",
    certainty="application",
    label={"id": "Batas atas kalibrasi", "en": "Cap of the calibration"},
    unit="poin",
)
def batas_kalibrasi(person: Columns, p: Values) -> Expr:
    return number_from(p.batas_kalibrasi_jabatan, person.jenjang_jabatan.fill_null("lainnya"))


@person_step(
    article=f"{KMK} (kalibrasi)",
    certainty="application",
    label={"id": "NHK setelah kalibrasi", "en": "NHK, calibrated"},
    unit="poin",
)
def nhk_kalibrasi(person: Columns, p: Values) -> Expr:
    return _calibrated(person.nhk_awal, person, p)


@person_step(
    article=f"{KMK} (kalibrasi)",
    certainty="application",
    label={"id": "NPK setelah kalibrasi", "en": "NPK, calibrated"},
    unit="poin",
)
def npk_kalibrasi(person: Columns, p: Values) -> Expr:
    return _calibrated(person.npk_awal, person, p)


@person_step(
    article=f"{KMK} (nilai kinerja pegawai awal)",
    certainty="application",
    label={"id": "NKP awal", "en": "Score of performance before adjustments"},
    unit="poin",
)
def nkp_awal(person: Columns, p: Values) -> Expr:
    weights = p.bobot_nkp_awal
    return weighted(((weights["nhk"], person.nhk_kalibrasi), (weights["npk"], person.npk_kalibrasi)))


@person_step(
    article=f"{KMK} (penyesuaian nilai)",
    certainty="application",
    label={"id": "Penyesuaian: koreksi − hukuman − dampak", "en": "Adjustment: correction − sanction − impact"},
    unit="poin",
)
def penyesuaian(person: Columns, p: Values) -> Expr:
    limit = lit(p.batas_koreksi, Float64())
    correction = max_horizontal(-limit, min_horizontal(person.koreksi.fill_null(0.0), limit))
    return correction - person.hukdis - person.dampak


@person_step(
    article=f"{KMK} (nilai kinerja pegawai)",
    certainty="application",
    label={"id": "Nilai setelah penyesuaian", "en": "Score after adjustments"},
    unit="poin",
)
def nilai_disesuaikan(person: Columns, p: Values) -> Expr:
    return _adjusted(person.nkp_awal, person, p)


@person_step(
    article=f"{KMK} (bobot nilai kinerja organisasi)",
    certainty="application",
    label={"id": "Bobot NKO", "en": "Weight of the organisation's score (NKO)"},
    unit="%",
)
def bobot_nko(person: Columns, p: Values) -> Expr:
    return _share(person.nilai_disesuaikan, person, p)


@person_step(
    article=f"{KMK} (nilai kinerja pegawai)",
    certainty="application",
    label={"id": "NKP", "en": "Score of performance (NKP)"},
    unit="poin",
)
def nkp(person: Columns) -> Expr:
    return _with_organisation(person.nilai_disesuaikan, person.bobot_nko, person)


@person_step(
    article=f"{KMK} (predikat kinerja pegawai)",
    certainty="application",
    label={"id": "NHK akhir, dengan penyesuaian dan NKO", "en": "NHK with adjustments and NKO"},
    unit="poin",
)
def nhk_akhir(person: Columns, p: Values) -> Expr:
    adjusted = _adjusted(person.nhk_kalibrasi, person, p)
    return _with_organisation(adjusted, _share(adjusted, person, p), person)


@person_step(
    article=f"{KMK} (predikat kinerja pegawai)",
    certainty="application",
    label={"id": "NPK akhir, dengan penyesuaian dan NKO", "en": "NPK with adjustments and NKO"},
    unit="poin",
)
def npk_akhir(person: Columns, p: Values) -> Expr:
    adjusted = _adjusted(person.npk_kalibrasi, person, p)
    return _with_organisation(adjusted, _share(adjusted, person, p), person)


@person_step(
    article=f"{KMK} (rating hasil kerja)",
    certainty="application",
    label={"id": "Rating hasil kerja", "en": "Rating of results"},
    kind="code",
)
def rating_hasil_kerja(person: Columns, p: Values) -> Expr:
    return _rating(person.nhk_akhir, p)


@person_step(
    article=f"{KMK} (rating perilaku)",
    certainty="application",
    label={"id": "Rating perilaku kerja", "en": "Rating of behaviour"},
    kind="code",
)
def rating_perilaku(person: Columns, p: Values) -> Expr:
    return _rating(person.npk_akhir, p)


@person_step(
    article=f"{KMK} (predikat kinerja organisasi)",
    certainty="application",
    label={"id": "Predikat NKO", "en": "Predikat of the organisation"},
    kind="code",
)
def predikat_nko(person: Columns, p: Values) -> Expr:
    """From the best band downwards; below the last limit it is the last label."""
    found = lit(p.predikat_nko_terendah)
    for code, limit in reversed(p.predikat_nko_dari.items()):
        found = when(at_least(person.nko, limit)).then(lit(code)).otherwise(found)
    return when(person.nko.is_not_null()).then(found)


def _calibrated(score: Expr, person: Columns, p: Values) -> Expr:
    """What lies above the start is pressed, in proportion, under the cap of the person's level."""
    start, end = p.rentang_kalibrasi["dari"], p.rentang_kalibrasi["sampai"]
    pressed = start + (score - start) * (person.batas_kalibrasi - start) / (end - start)
    return when(at_most(score, start)).then(score).otherwise(pressed)


def _adjusted(score: Expr, person: Columns, p: Values) -> Expr:
    lowest, highest = (lit(p.batas_nilai[name], Float64()) for name in ("terendah", "tertinggi"))
    value = score + person.penyesuaian
    return when(value.is_not_null()).then(max_horizontal(lowest, min_horizontal(value, highest)))


def _share(score: Expr, person: Columns, p: Values) -> Expr:
    """The organisation weighs by tier for those who reach its score, and less for those who do not."""
    below = ~(score >= person.nko - 1e-9)
    by_tier = number_from(p.bobot_nko_tingkat, person.tingkat_nko)
    return when(below).then(lit(p.bobot_nko_di_bawah, Float64())).otherwise(by_tier)


def _with_organisation(score: Expr, percent: Expr, person: Columns) -> Expr:
    return score * (100 - percent) / 100 + person.nko * percent / 100


def _rating(score: Expr, p: Values) -> Expr:
    return (
        when(score.is_null())
        .then(lit(None))
        .when(~at_most(score, p.batas_rating["di_atas_lebih_dari"]))
        .then(lit("di_atas"))
        .when(at_least(score, p.batas_rating["sesuai_dari"]))
        .then(lit("sesuai"))
        .otherwise(lit("di_bawah"))
    )


BEFORE: tuple[Step, ...] = (nhk_awal, npk_awal, batas_kalibrasi, nhk_kalibrasi, npk_kalibrasi, nkp_awal)
AFTER: tuple[Step, ...] = (
    penyesuaian,
    nilai_disesuaikan,
    bobot_nko,
    nkp,
    nhk_akhir,
    npk_akhir,
    rating_hasil_kerja,
    rating_perilaku,
    predikat_nko,
)
