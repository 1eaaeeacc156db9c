"""Which months an evaluated period pays."""

from __future__ import annotations

from functools import partial

from polars import Expr, lit

from selaras.regulation import Columns, Source, Step, person_step
from selaras.regulation.kit import month_code, month_index, quarter_start


def next_quarter(source: Source) -> tuple[Step, ...]:
    """The three months of the quarter after the evaluated one."""
    say = partial(person_step, article=source.article, certainty=source.certainty, kind="code")

    def month(number: int) -> Step:
        def paid(person: Columns) -> Expr:
            return month_code(quarter_start(person.tahun_dinilai, person.triwulan_dinilai) + 2 + number)

        paid.__name__ = f"bulan_{number}"
        return say(label={"id": f"Bulan bayar ke-{number}", "en": f"Month of pay {number}"})(paid)

    return month(1), month(2), month(3)


def next_year(source: Source) -> tuple[Step, ...]:
    """The first and the last month of the year after the evaluated one."""
    say = partial(person_step, article=source.article, certainty=source.certainty, kind="code")

    @say(label={"id": "Bulan bayar pertama", "en": "First month of pay"})
    def bulan_pertama(person: Columns) -> Expr:
        return month_code(month_index(person.tahun_dinilai + 1, lit(1)))

    @say(label={"id": "Bulan bayar terakhir", "en": "Last month of pay"})
    def bulan_terakhir(person: Columns) -> Expr:
        return month_code(month_index(person.tahun_dinilai + 1, lit(12)))

    return bulan_pertama, bulan_terakhir
