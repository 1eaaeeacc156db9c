"""The regions' data file against the published totals."""

from __future__ import annotations

import pytest

from selaras.errors import NotFound
from selaras.tenancy.regions import Region, RegionKind, is_within, kind_of, provinces, region, regions


def test_totals_are_those_of_the_decree() -> None:
    assert len(provinces()) == 38
    assert sum(one.regencies for one in provinces()) == 416
    assert sum(one.cities for one in provinces()) == 98


@pytest.mark.parametrize("province", provinces(), ids=lambda one: one.code)
def test_the_parts_listed_are_as_many_as_the_decree_counts(province: Region) -> None:
    parts = [one for one in regions().values() if one.parent_code == province.code]
    kinds = [one.kind for one in parts]
    assert (kinds.count(RegionKind.REGENCY), kinds.count(RegionKind.CITY)) == (province.regencies, province.cities)
    assert all(one.name.startswith("Kota " if one.kind is RegionKind.CITY else "Kabupaten ") for one in parts)


def test_bkn_codes_are_unique_and_unrelated_to_the_region_code() -> None:
    codes = [one.bkn_code for one in provinces() if one.bkn_code is not None]
    assert len(codes) == len(set(codes)) == 37
    assert [one.code for one in provinces() if one.bkn_code is None] == ["96"]
    assert region("35").bkn_code == "6500"
    assert region("34").bkn_code == "6300"
    assert region("13").bkn_code == "5400"


def test_the_pilots_regions_hang_below_east_java() -> None:
    assert (region("3515").name, region("3515").kind) == ("Kabupaten Sidoarjo", RegionKind.REGENCY)
    assert (region("3578").name, region("3578").kind) == ("Kota Surabaya", RegionKind.CITY)
    assert region("3515").parent_code == region("3578").parent_code == "35"
    assert region("3578").time_zone == region("35").time_zone == "Asia/Jakarta"


def test_parents_stand_before_their_parts() -> None:
    seen: set[str] = set()
    for code, one in regions().items():
        assert one.parent_code is None or one.parent_code in seen
        seen.add(code)


def test_the_three_zones_are_all_in_use() -> None:
    zones = {one.code: one.time_zone for one in provinces()}
    assert (zones["61"], zones["62"]) == ("Asia/Jakarta", "Asia/Jakarta")
    assert {zones[code] for code in ("51", "53", "63", "65", "71", "76")} == {"Asia/Makassar"}
    assert {zones[code] for code in ("81", "82", "91", "96")} == {"Asia/Jayapura"}


@pytest.mark.parametrize(
    ("code", "kind"), [("3501", "regency"), ("3569", "regency"), ("3571", "city"), ("3599", "city"), ("35", "province")]
)
def test_the_third_and_fourth_digit_tell_regency_from_city(code: str, kind: str) -> None:
    assert kind_of(code) == kind


def test_within() -> None:
    assert is_within("3515", "35")
    assert is_within("35", "35")
    assert not is_within("35", "3515")
    assert not is_within("3515", "34")


def test_an_unknown_code_is_refused_in_words() -> None:
    with pytest.raises(NotFound, match="No region has the code '6500'"):
        region("6500")
