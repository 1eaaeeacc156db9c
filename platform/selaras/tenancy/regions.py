"""Provinces, regencies and cities by their Kemendagri code, read once from the data file beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from selaras.errors import NotFound

LOWEST_CITY = 71
"""Third and fourth digit: 01–69 are regencies (kabupaten), 71–99 cities (kota)."""


class RegionKind(StrEnum):
    """The levels of government that are agencies of their own."""

    PROVINCE = "province"
    REGENCY = "regency"
    CITY = "city"


@dataclass(frozen=True)
class Region:
    """A region. `regencies` and `cities` count a province's parts, as the decree counts them."""

    code: str
    name: str
    kind: RegionKind
    parent_code: str | None
    bkn_code: str | None
    time_zone: str
    regencies: int = 0
    cities: int = 0


@cache
def regions() -> Mapping[str, Region]:
    """All regions of the data file, by code; a province stands before its parts."""
    raw = tomllib.loads(files("selaras.tenancy").joinpath("regions.toml").read_text("utf-8"))
    found = {row["code"]: _province(row) for row in raw["province"]}
    for code, name in raw["regencies"].items():
        found[code] = _part(code, name, found[code[:2]])
    return MappingProxyType(dict(sorted(found.items(), key=lambda pair: (pair[0][:2], len(pair[0]), pair[0]))))


def region(code: str) -> Region:
    """The region with this code; NotFound if the data file has none."""
    try:
        return regions()[code]
    except KeyError:
        message = "No region has the code {region!r}. Use a Kemendagri code: two digits for a province, four below it."
        raise NotFound("region.unknown", message, region=code) from None


def provinces() -> tuple[Region, ...]:
    """The provinces in order of their code."""
    return tuple(one for one in regions().values() if one.kind is RegionKind.PROVINCE)


def kind_of(code: str) -> RegionKind:
    """What a code names, by its length and its third and fourth digit."""
    if len(code) == 2:
        return RegionKind.PROVINCE
    return RegionKind.CITY if int(code[2:4]) >= LOWEST_CITY else RegionKind.REGENCY


def is_within(code: str, outer: str) -> bool:
    """Whether the region `code` is `outer` or lies in it (35 holds 35, 3515 and 3578)."""
    return code.startswith(outer)


def _province(row: dict[str, Any]) -> Region:
    regencies, cities = row["counts"]
    return Region(
        code=row["code"],
        name=row["name"],
        kind=RegionKind.PROVINCE,
        parent_code=None,
        bkn_code=row.get("bkn_code"),
        time_zone=row["time_zone"],
        regencies=regencies,
        cities=cities,
    )


def _part(code: str, name: str, province: Region) -> Region:
    return Region(
        code=code,
        name=name,
        kind=kind_of(code),
        parent_code=province.code,
        bkn_code=None,
        time_zone=province.time_zone,
    )
