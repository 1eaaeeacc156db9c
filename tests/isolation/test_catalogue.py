"""The catalogue check: the product's own schema is sound, and every planted fault of every rule is found."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from conftest import Urls

from selaras.db.base import Base
from selaras.db.catalogue import check, product
from selaras.db.catalogue_rules import RULES
from selaras.db.tables import load_tables, sides
from selaras.tenancy.isolation import scratch
from selaras.tenancy.isolation.plants import PLANTS, Plant
from selaras.tenancy.isolation.targets import Connection


@pytest.fixture(scope="module")
def migrator(urls: Urls) -> Iterator[Connection]:
    with psycopg.connect(urls.migrator, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def admin(urls: Urls) -> Iterator[Connection]:
    with psycopg.connect(urls.admin, autocommit=True) as connection:
        yield connection


def test_the_products_own_schema_is_sound(migrator: Connection) -> None:
    assert check(migrator) == ()


def test_every_table_of_the_database_declares_its_side(migrator: Connection) -> None:
    rows = migrator.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'selaras'::regnamespace AND relkind IN ('r', 'p')"
    ).fetchall()
    declared = {one.name: one.side for one in product().declared}
    assert {row[0] for row in rows} == set(declared)
    assert set(declared.values()) == {"tenant", "summary", "platform"}
    assert len(declared) > 40


def test_every_model_stands_on_exactly_one_side() -> None:
    load_tables()
    assert set(sides()) == {mapper.local_table.name for mapper in Base.registry.mappers}
    for name, model in sides().items():
        assert model.side in ("tenant", "summary", "platform"), name


def test_every_rule_has_a_planted_fault() -> None:
    assert {plant.rule for plant in PLANTS} == {rule.code for rule in RULES}
    assert len(PLANTS) >= 25
    assert len({plant.name for plant in PLANTS}) == len(PLANTS)


def test_sound_walls_are_not_accused(migrator: Connection) -> None:
    with scratch.rehearsed(migrator) as schema:
        assert check(migrator, scratch.subject(schema)) == ()


@pytest.mark.parametrize("plant", PLANTS, ids=[plant.name.replace(" ", "-") for plant in PLANTS])
def test_a_planted_fault_is_found_by_its_rule(plant: Plant, migrator: Connection, admin: Connection) -> None:
    connection = admin if plant.superuser else migrator
    with scratch.rehearsed(connection) as schema:
        scratch.run_as(connection, plant.role, plant.statements, schema)
        found = check(connection, plant.told(scratch.subject(schema)))
    assert plant.rule in {one.rule for one in found}
    assert all(one.remedy and "{" not in one.remedy for one in found)


def test_any_role_may_run_the_check(urls: Urls) -> None:
    with psycopg.connect(urls.app, autocommit=True) as connection:
        assert check(connection) == ()
