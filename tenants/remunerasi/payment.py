"""From percentages to rupiah: tukin, what attendance leaves of it, and a regional allowance in two parts."""

from __future__ import annotations

from functools import partial

from polars import Expr, lit, when

from selaras.regulation import Columns, Source, Step, Values, person_step, round_law
from selaras.regulation.kit import less, part_of


def tukin(source: Source) -> tuple[Step, ...]:
    """The tukin of the job class by `persen`, less the deduction for attendance."""
    say = partial(person_step, article=source.article, certainty=source.certainty, unit="Rp")

    @say(label={"id": "Tukin yang menjadi dasar", "en": "Tukin that is the base"})
    def dasar(person: Columns, p: Values) -> Expr:
        """Where a rule for candidates exists but was not found, nothing is worked out for them."""
        whole = person.tukin_kelas_jabatan
        cut = lit(None) if p.persen_cpns is None else part_of(whole, p.persen_cpns)
        return when(person.status_cpns.fill_null(False)).then(cut).otherwise(whole)

    @say(label={"id": "Tukin menurut kinerja", "en": "Tukin by performance"})
    def menurut_kinerja(person: Columns) -> Expr:
        """The percentage is taken of the whole tukin of the job class, as the ministries' own examples do."""
        return part_of(person.dasar, person.persen)

    @say(label={"id": "Tukin yang dibayarkan sebulan", "en": "Tukin paid a month"})
    def dibayar(person: Columns) -> Expr:
        """Attendance is deducted from what performance leaves, not from the whole: no text says which was found."""
        left = less(person.menurut_kinerja, person.potongan_kehadiran.fill_null(0))
        return round_law(left, 0, article=source.article)

    return dasar, menurut_kinerja, dibayar


def after_attendance(source: Source) -> tuple[Step, ...]:
    """The tukin of the job class less the month's deductions for attendance and discipline."""
    say = partial(person_step, article=source.article, certainty=source.certainty, unit="Rp")

    @say(label={"id": "Tukin yang dibayarkan sebulan", "en": "Tukin paid a month"})
    def dibayar(person: Columns) -> Expr:
        """Deductions of one month are added and taken of the whole tukin: how they meet was not read."""
        left = less(person.tukin_kelas_jabatan, person.potongan_bulan, person.potongan_hukuman)
        return round_law(left, 0, article=source.article)

    return (dibayar,)


def two_parts(source: Source) -> tuple[Step, ...]:
    """A part for performance and a part for discipline, each by what was reached of it."""
    say = partial(person_step, article=source.article, certainty=source.certainty, unit="Rp")

    @say(label={"id": "Bagian kinerja", "en": "Part for performance"})
    def bagian_kinerja(person: Columns, p: Values) -> Expr:
        return part_of(part_of(person.tpp_dasar, p.bobot["kinerja"]), person.kinerja_persen.fill_null(0))

    @say(label={"id": "Bagian disiplin", "en": "Part for discipline"})
    def bagian_disiplin(person: Columns, p: Values) -> Expr:
        return part_of(part_of(person.tpp_dasar, p.bobot["disiplin"]), person.disiplin_persen.fill_null(0))

    @say(label={"id": "TPP yang dibayarkan sebulan", "en": "TPP paid a month"})
    def dibayar(person: Columns) -> Expr:
        return round_law(person.bagian_kinerja + person.bagian_disiplin, 0, article=source.article)

    return bagian_kinerja, bagian_disiplin, dibayar
