"""Percentages by predikat: of what is paid, of what is deducted, and weighted with attendance."""

from __future__ import annotations

from functools import partial

from polars import Expr

from selaras.regulation import Columns, Source, Step, Values, person_step
from selaras.regulation.kit import number_from, weighted


def percent(source: Source) -> tuple[Step, ...]:
    """What a predikat pays; empty where the agency's table was not found."""

    @person_step(
        article=source.article,
        certainty=source.certainty,
        unit="%",
        label={"id": "Persentase menurut predikat", "en": "Percentage by the predikat"},
    )
    def persen(person: Columns, p: Values) -> Expr:
        return number_from(p.persen_predikat, person.predikat)

    return (persen,)


def deduction(source: Source) -> tuple[Step, ...]:
    """What a predikat takes away, in percentage points; empty where the agency's table was not found."""

    @person_step(
        article=source.article,
        certainty=source.certainty,
        unit="%",
        label={"id": "Potongan menurut predikat", "en": "Deduction by the predikat"},
    )
    def potongan_persen(person: Columns, p: Values) -> Expr:
        return number_from(p.potongan_predikat, person.predikat)

    return (potongan_persen,)


def weighted_percent(source: Source) -> tuple[Step, ...]:
    """Work and attendance, each with its weight."""
    say = partial(person_step, article=source.article, certainty=source.certainty, unit="%")

    @say(label={"id": "Persentase kinerja dan kehadiran", "en": "Percentage of work and attendance"})
    def persen(person: Columns, p: Values) -> Expr:
        weights = p.bobot
        return weighted(
            ((weights["capaian_kerja"], person.capaian_kerja_persen), (weights["kehadiran"], person.kehadiran_persen))
        )

    return (persen,)
