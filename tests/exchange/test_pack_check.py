"""What `pack check` finds: every installed pack is sound and says what it assumes; a wrong one is told what to mend."""

from __future__ import annotations

from typing import Any

import pytest

from selaras.errors import DomainError
from selaras.exchange.pack_check import check
from selaras.regulation import load_registry
from selaras.tenancy.packs import load_packs, read_text

from .test_rule_packs import DAY, PAY, SOUND


@pytest.mark.parametrize("slug", load_packs())
def test_every_pack_is_sound(slug: str) -> None:
    found = check(load_packs()[slug], load_registry(), DAY)
    assert [one for one in found.findings if one.problem] == []
    assert any(not one.problem for one in found.findings), "no pilot's rules are all known"


def test_a_wrong_pack_is_found(tmp_path: Any) -> None:
    sidoarjo = load_packs()["sidoarjo"]
    document = (
        SOUND.replace("whole = true\nregulation = []", "")
        + '[[regulation]]\ncode = "pp46_2011"\nfrom = 2014-01-01\nuntil = 2020-12-31\n'
        + '[[regulation]]\ncode = "permenpan_6_2022"\nfrom = 2022-01-01\n'
        + PAY.replace("(contoh)", "")
        + '[choices.permenpan_3_2020]\nweather = 1\n[ranking]\ngroup_by = ["employment"]\nminimum_size = 3\n'
        + '[[fact]]\nabout = "weather"\nsays = "x"\nsource = "y"\ncertainty = "assumed"\n'
    )
    found = check(read_text("x", document), load_registry(), DAY)
    said_ = " | ".join(f"{one.part}: {one.says}" for one in found.findings if one.problem)
    for words in (
        "no regulation is followed from 2021-01-01 to 2021-12-31",
        "There is no parameter weather",
        "ranking: it has no source",
        "regulation: it has no source",
        "choices.permenpan_3_2020: it has no source",
        "its name must say (contoh)",
        "'weather' is no part",
    ):
        assert words in said_
    assert not found.sound
    assert check(sidoarjo, load_registry(), DAY).sound
    with pytest.raises(DomainError):
        read_text(
            "x",
            document.replace(
                "[ranking]", "[[rule]]\nof = 'ranking'\ngroup_by = ['employment']\nminimum_size = 1\n[ranking]"
            ),
        )
