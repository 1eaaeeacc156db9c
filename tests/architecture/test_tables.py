"""Every table declares its side; the walls that follow from it are compared in tests/isolation."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, ForeignKeyConstraint, Integer, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from selaras.db.base import Base, PlatformModel, SummaryModel, TenantTable
from selaras.db.tables import load_tables

SIDES = (TenantTable, SummaryModel, PlatformModel)


def unwalled(metadata: MetaData, models: Iterable[type]) -> list[str]:
    """Tables that stand on no side or on two, and keys that do not begin with the agency."""
    by_table = {model.__table__.name: model for model in models}
    found = []
    for table in metadata.sorted_tables:
        model = by_table.get(table.name)
        sides = [side for side in SIDES if model is not None and issubclass(model, side)]
        if len(sides) != 1:
            found.append(f"{table.name}: no side, or more than one")
        elif sides == [PlatformModel]:
            found += _unreasoned(table, str(getattr(model, "reason", "")))
        else:
            found += _crossing(table)
    return found


def _unreasoned(table: Table, reason: str) -> list[str]:
    if "tenant_id" not in table.c or len(reason) > 20:
        return []
    return [f"{table.name}: carries tenant_id without a wall or a reason"]


def _crossing(table: Table) -> list[str]:
    found = []
    if next(iter(table.primary_key.columns)).name != "tenant_id":
        found.append(f"{table.name}: its key does not begin with tenant_id")
    for constraint in table.constraints:
        names = [column.name for column in getattr(constraint, "columns", ())]
        if isinstance(constraint, UniqueConstraint | ForeignKeyConstraint) and "tenant_id" not in names:
            found.append(f"{table.name}: {type(constraint).__name__} on {', '.join(names)} crosses the wall")
    return found


def models_of(base: type[DeclarativeBase]) -> list[type]:
    return [mapper.class_ for mapper in base.registry.mappers]


def test_every_table_stands_on_one_side() -> None:
    metadata = load_tables()
    assert len(metadata.tables) > 40
    assert unwalled(metadata, models_of(Base)) == []


class Planted(DeclarativeBase):
    """A base of its own, so that nothing planted here reaches the product's metadata."""


class Sideless(Planted):
    __tablename__ = "sideless"
    id: Mapped[int] = mapped_column(primary_key=True)


def test_a_table_without_a_side_is_found() -> None:
    assert unwalled(Planted.metadata, models_of(Planted)) == ["sideless: no side, or more than one"]
    bare = MetaData()
    Table("bare", bare, Column("id", Integer, primary_key=True))
    assert unwalled(bare, []) == ["bare: no side, or more than one"]


def test_a_key_that_crosses_the_wall_is_found() -> None:
    planted = MetaData()
    table = Table(
        "rating",
        planted,
        Column("id", Integer, primary_key=True),
        Column("tenant_id", Integer, primary_key=True),
        Column("person_id", Integer),
        Column("code", Text),
        UniqueConstraint("code"),
        ForeignKeyConstraint(["person_id"], ["rating.id"]),
    )
    assert len(_crossing(table)) == 3
    assert _unreasoned(table, "") == ["rating: carries tenant_id without a wall or a reason"]
    assert _unreasoned(table, "the dispatcher is fair across agencies") == []
