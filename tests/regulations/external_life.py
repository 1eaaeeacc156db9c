"""A process in which an external regulation is installed closes a year under it; started by the tests as a script."""

from __future__ import annotations

import sys
from datetime import date

from factories.staff import create_staff
from sqlalchemy import text

from selaras.closing import jobs, service
from selaras.config import settings
from selaras.db.session import Database
from selaras.identity.actor import system
from selaras.jobs.carrying import Carrier
from selaras.jobs.watch import Watch
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

YEAR = """
WITH period AS (
    INSERT INTO selaras.period (tenant_id, code, kind, starts, ends)
    VALUES (:tenant, '2021', 'year', '2021-01-01', '2021-12-31') RETURNING id
), rated AS (
    INSERT INTO selaras.rating (tenant_id, period_id, person_id, inputs)
    SELECT p.tenant_id, period.id, p.id, '{}' FROM selaras.person p, period WHERE p.tenant_id = :tenant
), planned AS (
    INSERT INTO selaras.plan (tenant_id, person_id, year, state)
    SELECT tenant_id, id, 2021, 'agreed' FROM selaras.person WHERE tenant_id = :tenant RETURNING id
), listed AS (
    INSERT INTO selaras.plan_item (tenant_id, plan_id, code, kind, section, title)
    SELECT :tenant, id, 'T1', 'main', 'tugas', 'Menulis' FROM planned RETURNING id
)
INSERT INTO selaras.item_measure (tenant_id, item_id, aspect, target, actual)
SELECT :tenant, id, 'output', 10, 9 FROM listed
"""


def main(tenant_id: int) -> None:
    url = settings().app_database_url
    database, watch = Database(url), Watch(url)
    with database.tenant(tenant_id) as session:
        create_staff(session, 5)
        session.execute(text(YEAR), {"tenant": tenant_id})
    with database.tenant(tenant_id) as session:
        rules = rules_on(session, agency(session, tenant_id), date(2021, 12, 31), load_registry())
        service.start(session, system(tenant_id), "2021", rules)
    with database.tenant(tenant_id) as session:
        job = session.execute(
            text("UPDATE selaras.job_envelope SET state = 'admitted' WHERE tenant_id = :tenant RETURNING job_id"),
            {"tenant": tenant_id},
        ).scalar_one()
    Carrier(database, watch, {"close": jobs.run}, lambda: False).carry(tenant_id, job)
    watch.close()
    database.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
