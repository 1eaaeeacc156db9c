"""What the endpoint of remuneration gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from selaras.api.shapes import Label


@dataclass(frozen=True)
class PayLine:
    """One line of how an amount came about; a remark has no value."""

    step: str
    label: Label
    value: float | None
    unit: str
    source: str
    certainty: str


@dataclass(frozen=True)
class Remuneration:
    """What a result does to the pay: percent of the base, rupiah a month, the first and the last month paid."""

    kind: str
    shape: str
    scheme: str
    version: int
    source: str
    certainty: str
    percent: Decimal
    base: Decimal
    amount: Decimal
    pays_from: date
    pays_to: date
    lines: list[PayLine]
