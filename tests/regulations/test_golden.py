"""Released editions and values stay as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from selaras.regulation import Registry, load_registry
from selaras.regulation.editions import golden_breaches, golden_text, pack_hash
from selaras.regulation.purity import impurities

from .conftest import Changed

CODES = load_registry().codes()


@pytest.mark.parametrize("code", CODES)
def test_released_editions_and_values_stand(registry: Registry, code: str) -> None:
    loaded = registry.loaded(code)
    assert golden_breaches(loaded.folder, loaded.identity, loaded.parameters) == []


@pytest.mark.parametrize("code", CODES)
def test_regulations_are_pure(registry: Registry, code: str) -> None:
    assert impurities(registry.loaded(code).folder) == []


def test_a_changed_formula_a_changed_value_and_an_unrecorded_one_are_noticed(
    registry: Registry, changed: Changed, tmp_path: Path
) -> None:
    loaded = registry.loaded("pp46_2011")
    folder = tmp_path / "copy"
    folder.mkdir()
    for name in ("activities.py", "achievement.py", "combining.py", "golden.yaml"):
        (folder / name).write_bytes((loaded.folder / name).read_bytes())
    assert golden_breaches(folder, loaded.identity, loaded.parameters) == []

    with (folder / "activities.py").open("a") as file:
        file.write("# later\n")
    (breach,) = golden_breaches(folder, loaded.identity, loaded.parameters)
    assert "the released edition 2013 has changed" in breach

    edited = changed("pp46_2011", "time_factor", lambda node: node["values"][0].update(value=1.77)).loaded("pp46_2011")
    assert any("time_factor has changed" in one for one in golden_breaches(folder, loaded.identity, edited.parameters))


def test_an_appended_value_must_be_recorded(registry: Registry, changed: Changed) -> None:
    loaded = registry.loaded("pp46_2011")
    appended = changed(
        "pp46_2011",
        "time_factor",
        lambda node: (
            node["values"].append({**node["values"][0], "value": 1.8, "known_from": "2020-01-01"})
            or node["values"][-1].update(known_from=node["values"][0]["known_from"].replace(year=2020))
        ),
    ).loaded("pp46_2011")
    (breach,) = golden_breaches(loaded.folder, loaded.identity, appended.parameters)
    assert breach == "a value of the parameter time_factor is not in golden.yaml"
    assert golden_text(loaded.folder, loaded.identity, appended.parameters).count("\n") > 10


def test_an_edition_that_is_not_recorded_is_noticed(registry: Registry) -> None:
    loaded = registry.loaded("pp46_2011")
    new = replace(loaded.identity.editions[0], name="2030", combining=())
    identity = replace(loaded.identity, editions=(*loaded.identity.editions, new))
    assert golden_breaches(loaded.folder, identity, loaded.parameters) == ["edition 2030 is not in golden.yaml"]


def test_line_ends_do_not_change_a_hash(registry: Registry, tmp_path: Path) -> None:
    loaded = registry.loaded("permenpan_6_2022")
    for name in ("predikat.py", "predikat_2023.py", "distribution.py", "distribution_2023.py"):
        (tmp_path / name).write_bytes((loaded.folder / name).read_bytes().replace(b"\n", b"\r\n"))
    (tmp_path / "golden.yaml").write_bytes((loaded.folder / "golden.yaml").read_bytes())
    assert golden_breaches(tmp_path, loaded.identity, loaded.parameters) == []


def test_a_pack_is_named_by_its_source() -> None:
    class Pack:
        """A pack without a stated hash."""

    assert len(pack_hash(Pack())) == 64
    assert pack_hash(None) == "-"
