"""Which code of a pack answers for which regulation, and from which day."""

from __future__ import annotations

from datetime import date

import pytest

from selaras.errors import Misconfigured
from selaras.tenancy import pack_code as module
from selaras.tenancy.pack_code import pack_code

NOW = date(2026, 9, 30)


def test_code_answers_for_its_regulation_from_its_day() -> None:
    found = pack_code("kemenkeu", "permenpan_6_2022", NOW)
    assert found is not None
    assert found.module.__name__ == "instansi_kemenkeu.kmk_127_2026.platform"
    assert found.standing(date(2022, 1, 1), NOW) == date(2026, 1, 1)
    assert found.standing(date(2026, 5, 1), NOW) == date(2026, 5, 1)
    for slug, regulation, day in (
        ("kemenkeu", "permenpan_6_2022", date(2025, 12, 31)),
        ("kemenkeu", "pp46_2011", date(2019, 12, 31)),
        ("sidoarjo", "permenpan_6_2022", NOW),
        (None, "permenpan_6_2022", NOW),
    ):
        assert pack_code(slug, regulation, day) is None


def test_a_pack_or_module_that_is_not_here_is_told() -> None:
    with pytest.raises(Misconfigured, match="pack nowhere is not installed"):
        pack_code("nowhere", "permenpan_6_2022", NOW)
    with pytest.raises(Misconfigured, match="nothing of a pack cannot be imported"):
        module._loaded(date(2026, 1, 1), "instansi_kemenkeu.nothing")
