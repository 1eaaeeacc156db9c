"""Many agencies at once: one is staffed, all others are copied from it, table by table, in one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bench.ground import Ground, settle, staffed_agency
from bench.staff import UNIT_SIZE
from selaras.clock import today
from selaras.db.base import TenantTable
from selaras.db.session import Database
from selaras.db.tables import sides
from selaras.organisation.accounts import give_accounts

ZONE = "Asia/Jakarta"


@dataclass(frozen=True)
class Head:
    """The head of a unit who appraises it, at one agency."""

    tenant_id: int
    agency: UUID
    host: str
    account_id: UUID
    member: UUID


def build(place: Ground, agencies: int, people: int) -> list[Head]:
    """So many agencies of so many people each (at least two units), rated; returns one head of each."""
    first = staffed_agency(place, "nation-1", people)
    database = Database(place.app)
    try:
        with database.tenant(first) as session:
            give_accounts(session, today(ZONE))
    finally:
        database.close()
    _copy(place, first, agencies)
    settle(place)
    return _heads(place)


def _copy(place: Ground, first: int, agencies: int) -> None:
    with place.superuser() as connection, connection.transaction():
        # The copies are right because the original is: foreign keys are not checked a second time.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            "INSERT INTO selaras.agency (slug, name, short_name, kind, region_code, time_zone, status)"
            " SELECT 'nation-' || n, 'nation-' || n, 'nation-' || n, kind, region_code, time_zone, status"
            " FROM selaras.agency, generate_series(2, %s) n WHERE tenant_id = %s",
            (agencies, first),
        )
        others = f"selaras.agency other WHERE other.tenant_id <> {first}"
        connection.execute(
            f"INSERT INTO selaras.agency_host (host, tenant_id) SELECT slug || '.localhost', tenant_id FROM {others}"
        )
        connection.execute(
            "INSERT INTO selaras.regulation_assignment (tenant_id, regulation, during, reason_text)"
            f" SELECT other.tenant_id, old.regulation, old.during, old.reason_text"
            f" FROM selaras.regulation_assignment old, {others} AND old.tenant_id = {first}"
        )
        for name, model in sorted(sides().items()):
            if issubclass(model, TenantTable):
                kept = [one for one in model.__table__.columns if one.name != "tenant_id" and one.computed is None]
                columns = ", ".join(f'"{one.name}"' for one in kept)
                old = ", ".join(f'old."{one.name}"' for one in kept)
                connection.execute(
                    f"INSERT INTO selaras.{name} (tenant_id, {columns})"
                    f" SELECT other.tenant_id, {old} FROM selaras.{name} old, {others} AND old.tenant_id = {first}"
                )


def _heads(place: Ground) -> list[Head]:
    """Of every agency the head of its second unit, with somebody whom they appraise."""
    with place.superuser() as connection:
        rows = connection.execute(
            "SELECT agency.tenant_id, agency.uuid, agency.slug || '.localhost', head.account_id, member.id"
            " FROM selaras.agency"
            " JOIN selaras.person head ON head.tenant_id = agency.tenant_id AND head.source_id = %s"
            " JOIN selaras.person member ON member.tenant_id = agency.tenant_id AND member.source_id = %s"
            " ORDER BY agency.tenant_id",
            (f"person-{UNIT_SIZE + 1}", f"person-{UNIT_SIZE + 2}"),
        ).fetchall()
    return [Head(*row) for row in rows]  # type: ignore[arg-type]  # as selected
