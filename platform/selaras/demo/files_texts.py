"""The sentences of plans, activities, feedback and goals, read once from the data file beside this module."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

_FIELDS = MappingProxyType(
    {
        "school": "school",
        "education_office": "office",
        "health": "health",
        "hospital": "health",
        "works": "works",
        "water": "works",
        "housing": "works",
        "tax": "finance",
        "customs": "finance",
        "finance": "finance",
        "district": "district",
        "social": "district",
        "civil_registry": "district",
    }
)


@dataclass(frozen=True)
class Measure:
    """One aspect that may be promised: the target lies between the limits, in the unit named."""

    aspect: str
    indicator: str
    lowest: int
    highest: int
    unit: str


@dataclass(frozen=True)
class Text:
    """A result with its measures, or an activity with its quantity."""

    title: str
    measures: tuple[Measure, ...]


@cache
def _raw() -> dict[str, Any]:
    return tomllib.loads(files("selaras.demo").joinpath("files_texts.toml").read_text("utf-8"))


@cache
def results(field: str) -> tuple[Text, ...]:
    """Results (RHK) of a unit's field, or of the groups `leader` and `additional`."""
    group = field if field in ("leader", "additional") else _FIELDS.get(field, "office")
    return tuple(
        Text(one["title"], tuple(Measure(*row) for row in one["measures"])) for one in _raw()[group]["results"]
    )


@cache
def activities(field: str) -> tuple[Text, ...]:
    """Activities (kegiatan tugas jabatan) of a unit's field, or of the group `leader`."""
    group = field if field == "leader" else _FIELDS.get(field, "office")
    return tuple(Text(row[0], (Measure("kuantitas", "", *row[1:]),)) for row in _raw()[group]["activities"])


def feedback() -> dict[str, list[str]]:
    """Sentences of feedback: a praising and an urging one for each behaviour value, and for `result`."""
    sentences: dict[str, list[str]] = _raw()["feedback"]
    return sentences


def goals(level: str) -> list[tuple[str, str, int, str]]:
    """Goals of the `agency` or of a `unit`: title, indicator, target, unit."""
    return [tuple(row) for row in _raw()["goals"][level]]
