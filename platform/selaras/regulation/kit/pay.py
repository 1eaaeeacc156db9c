"""The two kinds of performance pay, which are never added to one another, and the six shapes of their rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar, Final, Literal, TypeVar

from selaras.errors import Invalid

PayKind = Literal["tukin", "tpp"]
Shape = Literal[
    "quarter_to_next_quarter",
    "year_to_next_year",
    "monthly_deduction",
    "weighted",
    "components",
    "score_engine",
]

SHAPES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "quarter_to_next_quarter": frozenset({"tukin", "tpp"}),
        "year_to_next_year": frozenset({"tukin", "tpp"}),
        "monthly_deduction": frozenset({"tukin", "tpp"}),
        "weighted": frozenset({"tukin"}),
        "components": frozenset({"tpp"}),
        "score_engine": frozenset({"tukin"}),
    }
)
"""Which kinds of pay a shape is for: components of a regional allowance are no central performance pay."""


@dataclass(frozen=True)
class Amount:
    """Whole rupiah a month of one kind of pay; the other kind cannot be added to it."""

    rupiah: Decimal
    kind: ClassVar[PayKind]

    def __add__(self, other: object) -> Amount:
        if type(other) is not type(self) or not isinstance(other, Amount):
            raise Invalid(
                "remuneration.kinds_mixed",
                "{one} and {other} are different kinds of pay, from different budgets; they are not added together.",
                one=self.kind,
                other=getattr(other, "kind", type(other).__name__),
            )
        return type(self)(self.rupiah + other.rupiah)


@dataclass(frozen=True)
class Tukin(Amount):
    """Tunjangan kinerja of a central agency."""

    kind: ClassVar[PayKind] = "tukin"


@dataclass(frozen=True)
class Tpp(Amount):
    """Tambahan penghasilan pegawai of a regional government."""

    kind: ClassVar[PayKind] = "tpp"


KINDS: Final[Mapping[str, type[Amount]]] = MappingProxyType({"tukin": Tukin, "tpp": Tpp})
AnAmount = TypeVar("AnAmount", bound=Amount)


def total(kind: type[AnAmount], amounts: Iterable[AnAmount]) -> AnAmount:
    """The sum of amounts of one kind. Raises Invalid where one is of the other."""
    found: Amount = kind(Decimal(0))
    for one in amounts:
        found = found + one
    assert isinstance(found, kind)
    return found


def refuse_wrong_kind(kind: str, shape: str, *, regional: bool | None = None) -> None:
    """Refuse a shape that is not for this kind of pay, and a kind that is not this agency's.

    `regional`: whether the agency is a regional government; None where no agency is meant. Raises Invalid.
    """
    if shape not in SHAPES or kind not in KINDS:
        raise Invalid(
            "remuneration.unknown_shape",
            "There is no scheme of the kind {kind} and the shape {shape}. Shapes: {known}; kinds: tukin, tpp.",
            kind=kind,
            shape=shape,
            known=", ".join(SHAPES),
        )
    if kind not in SHAPES[shape]:
        raise Invalid(
            "remuneration.shape_of_other_kind",
            "The shape {shape} is for {known}, not for {kind}.",
            shape=shape,
            known=", ".join(sorted(SHAPES[shape])),
            kind=kind,
        )
    if regional is not None and regional != (kind == "tpp"):
        raise Invalid(
            "remuneration.kind_of_other_government",
            "A regional government pays tpp and a central agency tukin; {kind} is not this agency's to pay.",
            kind=kind,
        )
