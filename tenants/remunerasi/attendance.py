"""Deductions for coming late, leaving early, being absent, and for a disciplinary sanction."""

from __future__ import annotations

from functools import partial

from polars import Expr, Float64, lit, when

from selaras.regulation import Columns, ItemAggregates, Source, Step, Values, at_least, item_step, person_step
from selaras.regulation.kit import banded, minute_of_day, month_code, month_index, number_from


def clock_in(source: Source) -> tuple[Step, ...]:
    """By the clock time of arrival; one outside the hours that count is no arrival."""

    @item_step(
        article=source.article,
        certainty=source.certainty,
        unit="%",
        label={"id": "Potongan terlambat", "en": "Deduction for coming late"},
    )
    def potongan_datang(item: Columns, p: Values) -> Expr:
        """By bands of the clock; without a record of arrival, or with one before the day begins, the whole of it."""
        bands = [(_minutes(clock), percent) for clock, percent in p.potongan_jam_masuk.items()]
        minute = minute_of_day(item.jam_rekam_masuk)
        counted = when(minute >= p.menit_rekam_mulai).then(minute)
        return _unless_absent(item, banded(counted, bands, below=0.0, empty=p.potongan_tanpa_rekam_masuk))

    return (potongan_datang,)


def late(source: Source) -> tuple[Step, ...]:
    """By the minutes of coming late; without a record of arrival as the longest."""

    @item_step(
        article=source.article,
        certainty=source.certainty,
        unit="%",
        label={"id": "Potongan terlambat (TL)", "en": "Deduction for coming late (TL)"},
    )
    def potongan_datang(item: Columns, p: Values) -> Expr:
        bands = banded(item.menit_terlambat, p.potongan_terlambat, below=0.0, empty=p.potongan_tanpa_rekam_masuk)
        return _unless_absent(item, bands)

    return (potongan_datang,)


def early(source: Source) -> tuple[Step, ...]:
    """By the minutes of leaving early; without a record of leaving as the longest."""

    @item_step(
        article=source.article,
        certainty=source.certainty,
        unit="%",
        label={"id": "Potongan pulang sebelum waktu (PSW)", "en": "Deduction for leaving early (PSW)"},
    )
    def potongan_pulang(item: Columns, p: Values) -> Expr:
        bands = banded(item.menit_lebih_awal, p.potongan_pulang_cepat, below=0.0, empty=p.potongan_tanpa_rekam_pulang)
        return _unless_absent(item, bands)

    return (potongan_pulang,)


def absent_day(source: Source) -> tuple[Step, ...]:
    """A day of absence without leave."""

    @item_step(
        article=source.article,
        certainty=source.certainty,
        unit="%",
        label={"id": "Potongan tidak masuk", "en": "Deduction for absence"},
    )
    def potongan_alpa(item: Columns, p: Values) -> Expr:
        """A day of absence takes one amount, instead of what coming late and leaving early would take."""
        return when(item.alpa.fill_null(False)).then(lit(p.potongan_alpa_sehari, Float64())).otherwise(0.0)

    return (potongan_alpa,)


def month(source: Source) -> tuple[Step, ...]:
    """All deductions of the days of a month."""

    @person_step(
        article=source.article,
        certainty=source.certainty,
        unit="%",
        label={"id": "Jumlah potongan kehadiran sebulan", "en": "Deductions for attendance in the month"},
    )
    def potongan_bulan(items: ItemAggregates) -> Expr:
        """Days are added up; a ceiling for the month was not found."""
        steps = (items.potongan_datang, items.potongan_pulang, items.potongan_alpa)
        found = lit(0.0)
        for step in steps:
            found = found + step.sum().fill_null(0)
        return found

    return (potongan_bulan,)


def absent_month(source: Source) -> tuple[Step, ...]:
    """Days of absence in a month; so many working days in a row take the whole of it."""

    @person_step(
        article=source.article,
        certainty=source.certainty,
        unit="%",
        label={"id": "Potongan tidak masuk sebulan", "en": "Deduction for absence in the month"},
    )
    def potongan_alpa_bulan(person: Columns, p: Values) -> Expr:
        in_a_row = at_least(person.alpa_berturut, p.alpa_berturut_seluruhnya["hari"]).fill_null(False)
        days = person.hari_alpa * lit(p.potongan_alpa_sehari, Float64())
        return when(in_a_row).then(lit(p.alpa_berturut_seluruhnya["persen"], Float64())).otherwise(days)

    return (potongan_alpa_bulan,)


def discipline(source: Source) -> tuple[Step, ...]:
    """A disciplinary sanction: its percentage, and the last month in which it is deducted."""
    say = partial(person_step, article=source.article, certainty=source.certainty)

    @say(label={"id": "Potongan hukuman disiplin", "en": "Deduction for a disciplinary sanction"}, unit="%")
    def potongan_hukuman(person: Columns, p: Values) -> Expr:
        return number_from(p.potongan_hukuman_disiplin, person.hukuman_disiplin).fill_null(0)

    @say(label={"id": "Bulan potongan terakhir", "en": "Last month of the deduction"}, kind="code")
    def hukuman_sampai(person: Columns, p: Values) -> Expr:
        months = number_from(p.lama_hukuman_disiplin, person.hukuman_disiplin)
        return month_code(month_index(person.hukuman_tahun, person.hukuman_bulan) + months - 1)

    return potongan_hukuman, hukuman_sampai


def _unless_absent(item: Columns, deduction: Expr) -> Expr:
    return when(item.alpa.fill_null(False)).then(0.0).otherwise(deduction)


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)
