"""The random attacker gets nowhere against the product's walls, and everywhere where there is none."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from conftest import Urls

from selaras.db.catalogue import product
from selaras.tenancy.isolation import scratch
from selaras.tenancy.isolation.attacker import ATTACKS, attack
from selaras.tenancy.isolation.plants import PLANTS, Plant
from selaras.tenancy.isolation.rows import Rows, forget_rows, make_rows
from selaras.tenancy.isolation.targets import Connection, Target, targets

TENANTS = (1_900_000_001, 1_900_000_002)
SEEN = [plant for plant in PLANTS if plant.attack]


@pytest.fixture(scope="module")
def migrator(urls: Urls) -> Iterator[Connection]:
    with psycopg.connect(urls.migrator, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def app(urls: Urls) -> Iterator[Connection]:
    with psycopg.connect(urls.app, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def ground(migrator: Connection) -> Iterator[tuple[tuple[Target, ...], Rows]]:
    platform = [one.name for one in product().declared if one.side == "platform"]
    found = targets(migrator, "selaras", without=platform)
    rows = make_rows(migrator, found, TENANTS)
    yield found, rows
    forget_rows(migrator, found, TENANTS)


def test_no_attack_gets_through(app: Connection, ground: tuple[tuple[Target, ...], Rows]) -> None:
    found, rows = ground
    tally = attack(app, found, rows, TENANTS, attacks=2000, seed=20261001)
    assert tally.leaks == []
    assert tally.attacks == tally.refused + tally.empty == 2000
    assert set(tally.kinds) == {kind.__name__ for kind in ATTACKS}
    assert set(tally.targets) == {target.name for target in found}


def test_every_walled_table_is_attacked_with_rows(ground: tuple[tuple[Target, ...], Rows]) -> None:
    found, rows = ground
    walled = {one.name for one in product().declared if one.side != "platform"}
    assert {target.name for target in found} == walled
    assert all(rows[name][tenant] for name in walled for tenant in TENANTS)


def test_a_seed_repeats_its_attacks(app: Connection, ground: tuple[tuple[Target, ...], Rows]) -> None:
    found, rows = ground
    first, second = (attack(app, found, rows, TENANTS, attacks=150, seed=7) for _ in range(2))
    assert (first.kinds, first.targets) == (second.kinds, second.targets)


@pytest.mark.parametrize("plant", SEEN, ids=[plant.name.replace(" ", "-") for plant in SEEN])
def test_the_attacker_gets_through_a_planted_leak(plant: Plant, migrator: Connection, app: Connection) -> None:
    with scratch.committed(migrator) as schema:
        with migrator.transaction():
            scratch.run_as(migrator, plant.role, plant.statements, schema)
        found, rows = scratch.make_scratch_rows(migrator, schema)
        tally = attack(
            app, found, rows, scratch.TENANTS, attacks=4 * len(ATTACKS) * len(found), seed=1, until_leak=True
        )
    assert tally.leaks


def test_every_attack_gets_through_where_nothing_holds_it(migrator: Connection, app: Connection) -> None:
    """No kind of attack is blind: each succeeds once, without walls, with keys that are open, or as a mighty role."""
    open_keys = next(one for one in PLANTS if one.name == "a foreign key without tenant_id")
    lowered = [f"ALTER TABLE {{s}}.{name} DISABLE ROW LEVEL SECURITY" for name in ("citizen", "visit", "figure")]
    granted = [f"GRANT ALL ON {{s}}.{name} TO selaras_app" for name in ("citizen", "visit", "figure")]
    through: set[str] = set()
    with scratch.committed(migrator) as schema:
        with migrator.transaction():
            scratch.run_as(
                migrator,
                open_keys.role,
                (*open_keys.statements, *lowered, *granted, "GRANT CREATE ON SCHEMA {s} TO selaras_app"),
                schema,
            )
        found, rows = scratch.make_scratch_rows(migrator, schema)
        every = len(ATTACKS) * len(found) * 3
        for connection in (app, migrator):
            tally = attack(connection, found, rows, scratch.TENANTS, attacks=every, seed=3)
            through |= {leak.attack for leak in tally.leaks}
    assert through == {kind.__name__ for kind in ATTACKS}


def test_a_wrong_attack_is_not_taken_for_a_refusal(app: Connection, ground: tuple[tuple[Target, ...], Rows]) -> None:
    def blunder(on: object) -> str | None:
        return on.seen("SELECT tenant_idd FROM {t}")  # type: ignore[attr-defined, no-any-return]  # wrong on purpose

    found, rows = ground
    with pytest.raises(AssertionError, match="blunder"):
        attack(app, found, rows, TENANTS, attacks=1, seed=1, kinds=[blunder])  # type: ignore[list-item]  # wrong on purpose
