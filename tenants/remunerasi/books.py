"""A book of remuneration: what one agency's folder says, answered as a regulation is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from remunerasi import attendance, components, effect, payment, predikat
from selaras.regulation import Column, Rulebook, Scheme, Source, Step, Values, hookimpl
from selaras.regulation.kit import PayKind, read_yaml, refuse_wrong_kind

SHARED = Path(__file__).parent
_BY_PREDIKAT = ("persen_predikat", "potongan_predikat", "skor_predikat")


@dataclass(frozen=True)
class Part:
    """A piece of a book: the columns that it needs and may have, and its steps, given their source."""

    person: Callable[[Source], tuple[Step, ...]] | None = None
    item: Callable[[Source], tuple[Step, ...]] | None = None
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset({"tukin", "tpp"})


_TUKIN, _TPP = frozenset({"tukin"}), frozenset({"tpp"})
PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "next_quarter": Part(effect.next_quarter, needs=("tahun_dinilai", "triwulan_dinilai")),
        "next_year": Part(effect.next_year, needs=("tahun_dinilai",)),
        "percent": Part(predikat.percent, needs=("predikat",)),
        "deduction": Part(predikat.deduction, needs=("predikat",)),
        "weighted": Part(predikat.weighted_percent, needs=("capaian_kerja_persen", "kehadiran_persen"), kinds=_TUKIN),
        "payment": Part(
            payment.tukin, needs=("tukin_kelas_jabatan",), may=("status_cpns", "potongan_kehadiran"), kinds=_TUKIN
        ),
        "two_parts": Part(
            payment.two_parts, needs=("tpp_dasar",), may=("kinerja_persen", "disiplin_persen"), kinds=_TPP
        ),
        "clock_in": Part(item=attendance.clock_in, may=("jam_rekam_masuk", "alpa")),
        "late": Part(item=attendance.late, may=("menit_terlambat", "alpa")),
        "early": Part(item=attendance.early, may=("menit_lebih_awal", "alpa")),
        "absent_day": Part(attendance.month, attendance.absent_day, may=("alpa",)),
        "absent_month": Part(attendance.absent_month, needs=("hari_alpa",), may=("alpa_berturut",)),
        "discipline": Part(
            attendance.discipline, may=("hukuman_disiplin", "hukuman_tahun", "hukuman_bulan"), kinds=_TUKIN
        ),
        "attendance_payment": Part(payment.after_attendance, needs=("tukin_kelas_jabatan",), kinds=_TUKIN),
        "regency_components": Part(
            components.steps,
            needs=("predikat", "kehadiran_persen"),
            may=components.OPTIONAL,
            kinds=_TPP,
        ),
    }
)


class Book(Rulebook):
    """The rulebook of a folder: `skema.yaml` names the kind of pay, its shape and its parts; columns are shared."""

    def __init__(self, folder: Path) -> None:
        said: dict[str, Any] = read_yaml(folder / "skema.yaml")
        self.kind, self.shape = cast(PayKind, said["kind"]), str(said["shape"])
        refuse_wrong_kind(self.kind, self.shape)
        self._shared = Scheme(SHARED)
        self._parts = tuple((PARTS[name], _source(one)) for name, one in said["parts"].items())
        for part, _ in self._parts:
            if self.kind not in part.kinds:
                refuse_wrong_kind(self.kind, "components" if part.kinds == _TPP else "weighted")
        super().__init__(
            folder,
            f"{SHARED.name}.{folder.name}",
            item_steps=[step for part, source in self._parts if part.item for step in part.item(source)],
            person_steps=[step for part, source in self._parts if part.person for step in part.person(source)],
        )

    @hookimpl
    def person_columns(self, p: Values) -> Sequence[Column]:
        tables = [getattr(p, name) for name in _BY_PREDIKAT if name in p]
        allowed = tuple(code for table in tables for code in table)
        return tuple(
            replace(column, allowed=allowed) if column.name == "predikat" else column
            for column in self._columns("person")
        )

    @hookimpl
    def item_columns(self) -> Sequence[Column]:
        return self._columns("item")

    def _columns(self, table: str) -> tuple[Column, ...]:
        """The shared columns that a part names, with the article of the first part that does."""
        needed = {name for part, _ in self._parts for name in part.needs}
        articles = {name: source.article for part, source in reversed(self._parts) for name in (*part.needs, *part.may)}
        return tuple(
            replace(column, required=column.name in needed, article=articles[column.name])
            for column in self._shared.columns(table)
            if column.name in articles
        )


def _source(said: Mapping[str, str]) -> Source:
    return Source(said["article"], cast(Any, said["certainty"]), said.get("note", ""))
