"""Commands of the operator across agencies: create one, give it hosts, link successors. Console role; no commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ScalarSelect, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from selaras.errors import Conflict, Invalid
from selaras.tenancy import rules
from selaras.tenancy.assignments import first_regulations
from selaras.tenancy.models import Agency, AgencyHost, AgencySuccession, Region
from selaras.tenancy.operators import note
from selaras.tenancy.packs import Pack, RegulationSpan
from selaras.tenancy.queries import AgencyView, agency_by_slug
from selaras.tenancy.regions import region

STATUSES = ("preparing", "active", "suspended", "ended")


@dataclass(frozen=True)
class Link:
    """One agency carries on another's work from a day on; written as soon as both exist."""

    predecessor: str
    successor: str
    effective: date
    legal_basis: str
    certainty: str


@dataclass(frozen=True)
class NewAgency:
    """What an operator says about an agency that is to be created. `regulations`: first and last day included."""

    slug: str
    name: str
    short_name: str
    kind: str
    time_zone: str
    hosts: tuple[str, ...]
    region_code: str | None = None
    bkn_code: str | None = None
    pack: str | None = None
    status: str = "active"
    ended_on: date | None = None
    regulations: tuple[RegulationSpan, ...] = ()
    links: tuple[Link, ...] = ()


def from_pack(pack: Pack, packs: Mapping[str, Pack]) -> NewAgency:
    """The agency that a pack describes; `packs` are all installed ones, for who carries on whose work."""
    related = [pack] if pack.predecessor is None else [pack, packs[pack.predecessor]]
    links = [
        Link(one.slug, successor, one.succession.effective, one.succession.legal_basis, one.succession.certainty.value)
        for one in related
        if one.succession is not None
        for successor in one.succession.successors
        if pack.slug in (one.slug, successor)
    ]
    return NewAgency(
        slug=pack.slug,
        name=pack.name,
        short_name=pack.short_name,
        kind=pack.kind.value,
        time_zone=pack.time_zone,
        hosts=pack.hosts,
        region_code=pack.region_code,
        bkn_code=pack.bkn_code,
        pack=pack.slug,
        status="active" if pack.ended_on is None else "ended",
        ended_on=pack.ended_on,
        regulations=pack.regulations,
        links=tuple(links),
    )


def create_agency(session: Session, actor_name: str, new: NewAgency) -> int:
    """Create an agency with its hosts, regulations and successor links; returns its number.

    Running it again with the same slug adds what is missing and changes nothing else. Raises Invalid for what cannot
    be used, Conflict for a slug or host that is taken or for regulations that overlap.
    """
    _check(new)
    hosts = tuple(dict.fromkeys(rules.host_name(host) for host in new.hosts))
    if not hosts:
        raise Invalid("agency.hosts", "The agency needs at least one host name by which it is reached.")
    _settle_region(session, new.region_code)
    tenant_id, uuid, created = _settle_agency(session, new)
    added = _settle_hosts(session, tenant_id, hosts)
    assigned = first_regulations(session, tenant_id, new.regulations, created=created)
    linked = _settle_links(session, new.links)
    if created or added or assigned or linked:
        action = "agency.created" if created else "agency.completed"
        note(session, actor_name, action, str(uuid), {"hosts": list(added), "regulations": assigned})
    return tenant_id


def add_host(session: Session, actor_name: str, tenant_id: int, host: str) -> str:
    """Reach an agency by one more host name (a custom domain); returns it as stored. Conflict if it is taken."""
    name = rules.host_name(host)
    if _settle_hosts(session, tenant_id, (name,)):
        note(session, actor_name, "agency.host_added", _uuid(session, tenant_id), {"host": name})
    return name


def set_status(session: Session, actor_name: str, tenant_id: int, status: str, reason: str) -> None:
    """Suspend, end or reactivate an agency, for a reason. Invalid for an unknown status or no reason."""
    if status not in STATUSES:
        raise Invalid(
            "agency.status", "{status!r} is no status; known are: {known}.", status=status, known=", ".join(STATUSES)
        )
    if not reason.strip():
        raise Invalid("reason_missing", "Write the reason: it is recorded with the change.")
    found = session.get(Agency, tenant_id, with_for_update=True)
    assert found is not None
    before, found.status = found.status, status
    session.flush()
    note(
        session,
        actor_name,
        "agency.status",
        str(found.uuid),
        {"from": before, "to": status, "reason": reason.strip()},
    )


def settle_region(session: Session, code: str) -> None:
    """Make sure that the region's row and its province's stand; NotFound for an unknown code."""
    _settle_region(session, code)


def _check(new: NewAgency) -> None:
    rules.check_slug(new.slug)
    rules.check_zone(new.time_zone)
    rules.check_kind(new.kind, new.region_code)
    for field, text in (("name", new.name), ("short name", new.short_name)):
        if not text.strip():
            raise Invalid("agency.name", "The agency's {field} is empty. Write it.", field=field)
    if new.status not in STATUSES:
        raise Invalid(
            "agency.status",
            "{status!r} is no status; known are: {known}.",
            status=new.status,
            known=", ".join(STATUSES),
        )


def _settle_region(session: Session, code: str | None) -> None:
    if code is None:
        return
    found = region(code)
    family = ([region(found.parent_code)] if found.parent_code else []) + [found]
    rows = [
        {"code": r.code, "name": r.name, "kind": r.kind.value, "parent_code": r.parent_code, "bkn_code": r.bkn_code}
        for r in family
    ]
    session.execute(upsert(Region).on_conflict_do_nothing(), rows)


def _settle_agency(session: Session, new: NewAgency) -> tuple[int, UUID, bool]:
    values = {
        "slug": new.slug,
        "name": new.name.strip(),
        "short_name": new.short_name.strip(),
        "kind": new.kind,
        "region_code": new.region_code,
        "bkn_code": new.bkn_code,
        "time_zone": new.time_zone,
        "pack": new.pack,
        "status": new.status,
        "ended_on": new.ended_on,
    }
    made = session.execute(
        upsert(Agency).on_conflict_do_nothing(index_elements=["slug"]).returning(Agency.tenant_id, Agency.uuid),
        [values],
    ).one_or_none()
    if made is not None:
        return made.tenant_id, made.uuid, True
    there = agency_by_slug(session, new.slug)
    if not _is_same(there, new):
        raise Conflict(
            "agency.slug_taken",
            "The short address {slug} belongs to another agency already. Choose another one.",
            slug=new.slug,
        )
    return there.tenant_id, there.uuid, False


def _is_same(there: AgencyView, new: NewAgency) -> bool:
    if new.pack is not None or there.pack is not None:
        return there.pack == new.pack
    return (there.name, there.kind, there.region_code) == (new.name.strip(), new.kind, new.region_code)


def _settle_hosts(session: Session, tenant_id: int, hosts: tuple[str, ...]) -> tuple[str, ...]:
    """Insert the missing ones and return them; Conflict names a host that reaches somebody else, never whom."""
    rows = [{"host": host, "tenant_id": tenant_id} for host in hosts]
    new = upsert(AgencyHost).on_conflict_do_nothing().returning(AgencyHost.host)
    added = session.scalars(new, rows).all()
    if len(added) == len(hosts):
        return tuple(sorted(added))
    foreign = session.scalars(
        select(AgencyHost.host)
        .where(AgencyHost.host.in_(hosts), AgencyHost.tenant_id != tenant_id)
        .order_by(AgencyHost.host)
    ).all()
    if foreign:
        raise Conflict(
            "agency.host_taken",
            "The host {host} is taken already. Choose another one, or have it released first.",
            host=foreign[0],
        )
    return tuple(sorted(added))


def _settle_links(session: Session, links: tuple[Link, ...]) -> int:
    """Write the links whose two agencies exist; the others follow when the other agency is created."""
    columns = ["predecessor_id", "successor_id", "effective", "legal_basis", "certainty"]
    written = 0
    for link in links:
        pair = select(
            _number_of(link.predecessor),
            _number_of(link.successor),
            literal(link.effective),
            literal(link.legal_basis),
            literal(link.certainty),
        ).where(_number_of(link.predecessor).is_not(None), _number_of(link.successor).is_not(None))
        done = session.scalars(
            upsert(AgencySuccession)
            .from_select(columns, pair)
            .on_conflict_do_nothing()
            .returning(AgencySuccession.successor_id)
        ).all()
        written += len(done)
    return written


def _number_of(slug: str) -> ScalarSelect[int]:
    return select(Agency.tenant_id).where(Agency.slug == slug).scalar_subquery()


def _uuid(session: Session, tenant_id: int) -> str:
    return str(session.scalars(select(Agency.uuid).where(Agency.tenant_id == tenant_id)).one())
