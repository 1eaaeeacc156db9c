"""Between people and between agencies in the demo: somebody acts as Plh, and a leader elsewhere may give input."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.demo.offices import office
from selaras.demo.stage import Stage
from selaras.organisation.delegation import Delegating, delegate
from selaras.planning.across import service as across
from selaras.planning.across.service import Offer
from selaras.tenancy.packs import Pack
from selaras.tenancy.queries import agency, agency_by_slug

LETTER = "Surat Perintah 800/001 (rekaan untuk demonstrasi)"
TASK = "Peta jalan layanan bersama (rekaan untuk demonstrasi)"
FOR = timedelta(days=30)
_WORK = timedelta(days=180)

# The first two who have teams of people: the one acts for the other.
_HEADS = text(
    """
    SELECT line.superior_id FROM selaras.reporting_line line
    JOIN selaras.reporting_line own
      ON own.tenant_id = :tenant AND own.person_id = line.superior_id AND own.during @> CAST(:day AS date)
    WHERE line.tenant_id = :tenant AND line.during @> CAST(:day AS date)
    GROUP BY line.superior_id ORDER BY min(own.person_id::text), line.superior_id LIMIT 2
    """
)
_LEADER = text(
    """
    SELECT n.number FROM selaras.person_number n
    WHERE n.tenant_id = :tenant AND n.person_id = :person AND n.during @> CAST(:day AS date) LIMIT 1
    """
)
_HELPER = text(
    """
    SELECT line.person_id FROM selaras.reporting_line line
    WHERE line.tenant_id = :tenant AND line.during @> CAST(:day AS date)
      AND NOT EXISTS (SELECT FROM selaras.reporting_line below WHERE below.tenant_id = :tenant
        AND below.superior_id = line.person_id)
    ORDER BY line.person_id LIMIT 1
    """
)
_ASSIGNED = text(
    """
    INSERT INTO selaras.assignment (tenant_id, code, person_id, role, origin, agency_name, task, basis, during)
    VALUES (:tenant, 'LINTAS-001', :person, 'member', 'other_agency', :agency, :task, :basis,
            daterange(CAST(:since AS date), CAST(:until AS date))) RETURNING id
    """
)
_THERE = text("SELECT true FROM selaras.input_grant WHERE tenant_id = :tenant LIMIT 1")
_ACTING = text("SELECT true FROM selaras.delegation WHERE tenant_id = :tenant LIMIT 1")


def beside_each_other(stage: Stage, packs: list[Pack]) -> None:
    """Leave a Plh at every agency that goes on, and an offer of input between the first two; a second time nothing."""
    going_on = [pack for pack in packs if not pack.ended_on]
    for pack in going_on:
        with stage.app.tenant(_tenant(stage, pack)) as session:
            _act(session)
    if len(going_on) > 1:
        _share(stage, going_on[0], going_on[1])


def _tenant(stage: Stage, pack: Pack) -> int:
    with stage.app.platform() as session:
        return agency_by_slug(session, pack.slug).tenant_id


def _act(session: Session) -> None:
    tenant = int(session.info["tenant"])
    day = today(agency(session, tenant).time_zone)
    if session.scalar(_ACTING, {"tenant": tenant}):
        return
    heads = _heads(session, tenant, day)
    if len(heads) == 2:  # a principal and a delegate
        wanted = Delegating("plh", heads[1], LETTER, day, day + FOR, principal_id=heads[0])
        delegate(session, office(session, tenant, "admin"), wanted, day)


def _heads(session: Session, tenant: int, day: date) -> list[UUID]:
    return list(session.scalars(_HEADS, {"tenant": tenant, "day": day}))


def _share(stage: Stage, giving: Pack, receiving: Pack) -> None:
    """The giving agency offers; a worker carries it, and the receiving one finds it among what is next."""
    with stage.app.tenant(_tenant(stage, receiving)) as session:
        tenant = int(session.info["tenant"])
        day = today(agency(session, tenant).time_zone)
        leader = next(iter(_heads(session, tenant, day)), None)
        number = session.scalar(_LEADER, {"tenant": tenant, "person": leader, "day": day}) if leader else None
        name = agency(session, tenant).name
    with stage.app.tenant(_tenant(stage, giving)) as session:
        tenant = int(session.info["tenant"])
        day = today(agency(session, tenant).time_zone)
        helper = session.scalar(_HELPER, {"tenant": tenant, "day": day})
        if number is None or helper is None or session.scalar(_THERE, {"tenant": tenant}):
            return
        values = {"tenant": tenant, "person": helper, "agency": name, "task": TASK, "basis": LETTER}
        assignment = session.execute(_ASSIGNED, {**values, "since": day, "until": day + _WORK}).scalar_one()
        wanted = Offer(assignment, receiving.slug, number, LETTER, day, day + FOR)
        across.offer(session, office(session, tenant, "pejabat"), wanted, day)
