"""A regency's allowance in components: predikat and attendance, leave, candidates, acting officers."""

from __future__ import annotations

from functools import partial

from polars import Expr, lit, sum_horizontal, when

from selaras.regulation import Columns, Source, Step, Values, at_most, person_step, round_law
from selaras.regulation.kit import banded, number_from, part_of, weighted

COMPONENTS = ("beban_kerja", "prestasi_kerja", "kondisi_kerja", "kelangkaan_profesi")
_LABELS = {
    "beban_kerja": {"id": "beban kerja", "en": "workload"},
    "prestasi_kerja": {"id": "prestasi kerja", "en": "achievement"},
    "kondisi_kerja": {"id": "kondisi kerja", "en": "working conditions"},
    "kelangkaan_profesi": {"id": "kelangkaan profesi", "en": "scarcity"},
}
OPTIONAL = (
    *(f"tpp_{one}" for one in COMPONENTS),
    *(f"plt_{one}" for one in COMPONENTS),
    "plt_cara",
    "status_cpns",
    "hari_kerja",
    "cuti_bulan",
    "tanpa_tpp",
)


def steps(source: Source) -> tuple[Step, ...]:
    """Score of the predikat, realised percentage, each component realised and rounded by itself, their sum."""
    say = partial(person_step, article=source.article, certainty=source.certainty)

    @say(label={"id": "Skor predikat", "en": "Score of the predikat"}, unit="%")
    def skor_predikat(person: Columns, p: Values) -> Expr:
        return number_from(p.skor_predikat, person.predikat.fill_null("tidak_ada"))

    @say(label={"id": "Persentase realisasi", "en": "Realised percentage"}, unit="%")
    def persen_realisasi(person: Columns, p: Values) -> Expr:
        return _realised(person, p)

    paid = tuple(_component(name, source) for name in COMPONENTS)

    @say(
        label={"id": "TPP sebulan sebelum pajak dan iuran", "en": "TPP a month before tax and contributions"}, unit="Rp"
    )
    def tpp_sebulan(person: Columns) -> Expr:
        return sum_horizontal(*(getattr(person, f"realisasi_{name}") for name in COMPONENTS))

    return skor_predikat, persen_realisasi, *paid, tpp_sebulan


def _realised(person: Columns, p: Values) -> Expr:
    whole = weighted(_parts(person, p.bobot))
    few = weighted(_parts(person, p.bobot_hari_sedikit))
    worked = when(at_most(person.hari_kerja, p.hari_sedikit)).then(few).otherwise(whole)
    on_leave = person.cuti_bulan.fill_null(0) > 0
    return (
        when(person.tanpa_tpp.is_in(p.tanpa_tpp).fill_null(False))
        .then(0.0)
        .when(on_leave)
        .then(banded(person.cuti_bulan, p.persen_cuti, below=p.persen_cuti_pendek))
        .otherwise(worked)
    )


def _parts(person: Columns, weights: dict[str, float]) -> tuple[tuple[float, Expr], tuple[float, Expr]]:
    return (weights["kinerja"], person.skor_predikat), (weights["disiplin"], person.kehadiran_persen)


def _component(name: str, source: Source) -> Step:
    def realised(person: Columns, p: Values) -> Expr:
        own, acting = getattr(person, f"tpp_{name}").fill_null(0), getattr(person, f"plt_{name}").fill_null(0)
        cut = when(person.status_cpns.fill_null(False)).then(part_of(own, p.persen_cpns)).otherwise(own)
        base = (
            when(person.plt_cara == lit("jabatan_plt"))
            .then(part_of(acting, p.persen_plt["jabatan_plt"]))
            .when(person.plt_cara == lit("tambahan"))
            .then(cut + part_of(acting, p.persen_plt["tambahan"]))
            .otherwise(cut)
        )
        return round_law(part_of(base, person.persen_realisasi), 0, article=source.article)

    realised.__name__ = f"realisasi_{name}"
    label = _LABELS[name]
    return person_step(
        article=source.article,
        certainty=source.certainty,
        unit="Rp",
        label={"id": f"Realisasi {label['id']}", "en": f"Realised: {label['en']}"},
    )(realised)
