"""Creating agencies: validated, resumable, hosts unique, nobody else's data told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count

import pytest
from sqlalchemy import text

from selaras.db.session import Database
from selaras.errors import Conflict, DomainError, Invalid, NotFound
from selaras.regulation import load_registry
from selaras.tenancy import queries, service
from selaras.tenancy.packs import RegulationSpan, load_packs
from selaras.tenancy.service import Link, NewAgency

_numbers = count(1)
SPANS = (
    RegulationSpan("pp46_2011", date(2014, 1, 1), date(2020, 12, 31)),
    RegulationSpan("permenpan_6_2022", date(2022, 1, 1), None),
)


def new_agency(**changes: object) -> NewAgency:
    slug = f"made-{next(_numbers)}"
    plain = NewAgency(slug, "Pemerintah Kabupaten Contoh", "Contoh", "agency", "Asia/Makassar", (f"{slug}.localhost",))
    return replace(plain, regulations=SPANS, **changes)  # type: ignore[arg-type]  # given by name, or wrong on purpose


def create(console: Database, new: NewAgency) -> int:
    with console.platform() as session:
        return service.create_agency(session, "Rini", new)


def journal(console: Database, uuid: object) -> list[tuple[str, str]]:
    with console.platform() as session:
        rows = session.execute(
            text("SELECT actor, action FROM selaras.operator_entry WHERE subject = :uuid ORDER BY id"),
            {"uuid": str(uuid)},
        )
        return [(row.actor, row.action) for row in rows]


def test_created_agency_is_found_by_host_slug_number_and_uuid(console_database: Database, database: Database) -> None:
    new = new_agency(hosts=("Kinerja.Contoh.GO.ID", "b.contoh.go.id"))
    tenant_id = create(console_database, new)
    with database.platform() as session:
        found = queries.agency(session, tenant_id)
        assert (found.slug, found.time_zone, found.hosts) == (
            new.slug,
            "Asia/Makassar",
            ("b.contoh.go.id", "kinerja.contoh.go.id"),
        )
        assert queries.agency_by_host(session, "KINERJA.contoh.go.id:8700") == found
        assert queries.agency_by_slug(session, new.slug) == found
        assert queries.agency_by_uuid(session, found.uuid) == found
        assert found in queries.list_agencies(session)
        assert queries.agency_by_host(session, "elsewhere.example") is None
        assert queries.agency_by_host(session, "no host\x00name") is None
    assert journal(console_database, found.uuid) == [("Rini", "agency.created")]


def test_running_again_resumes_and_adds_only_what_is_missing(console_database: Database) -> None:
    new = new_agency()
    first = create(console_database, new)
    assert create(console_database, new) == first
    assert create(console_database, replace(new, hosts=(*new.hosts, f"also-{new.slug}.localhost"))) == first
    with console_database.platform() as session:
        found = queries.agency(session, first)
        assert len(found.hosts) == 2
        assert len(queries.regulations(session, first)) == 2
    assert [action for _, action in journal(console_database, found.uuid)] == ["agency.created", "agency.completed"]


def test_a_taken_host_is_refused_without_saying_whose_it_is(console_database: Database) -> None:
    first, second = new_agency(name="Instansi Rahasia"), new_agency()
    create(console_database, first)
    with pytest.raises(Conflict) as refused:
        create(console_database, replace(second, hosts=(first.hosts[0].upper(),)))
    assert refused.value.code == "agency.host_taken"
    assert first.hosts[0] in str(refused.value)
    assert "Rahasia" not in str(refused.value)
    assert first.slug not in str(refused.value).replace(first.hosts[0], "")
    with console_database.platform() as session, pytest.raises(NotFound):
        queries.agency_by_slug(session, second.slug)


def test_a_slug_of_another_agency_is_refused(console_database: Database) -> None:
    first = new_agency()
    create(console_database, first)
    with pytest.raises(Conflict, match="belongs to another agency"):
        create(console_database, replace(first, name="Yang Lain", hosts=("lain.localhost",)))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"slug": "Besar"}, "agency.slug"),
        ({"slug": "../etc"}, "agency.slug"),
        ({"time_zone": "WIB"}, "agency.time_zone"),
        ({"kind": "village"}, "agency.kind"),
        ({"kind": "regency"}, "agency.region_missing"),
        ({"kind": "ministry", "region_code": "35"}, "agency.region_missing"),
        ({"kind": "city", "region_code": "3515"}, "agency.region_kind"),
        ({"kind": "regency", "region_code": "9999"}, "region.unknown"),
        ({"hosts": ()}, "agency.hosts"),
        ({"hosts": ("https://a.b/c",)}, "agency.host"),
        ({"hosts": ("-a.example",)}, "agency.host"),
        ({"name": "  "}, "agency.name"),
        ({"status": "sleeping"}, "agency.status"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(
    console_database: Database, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        create(console_database, new_agency(**changes))
    assert refused.value.code == code
    assert "{" not in str(refused.value)


def test_a_nameless_operator_is_refused(console_database: Database) -> None:
    with console_database.platform() as session, pytest.raises(Invalid, match="Say who"):
        service.create_agency(session, " ", new_agency())


def test_a_region_brings_its_province(console_database: Database) -> None:
    tenant_id = create(console_database, new_agency(kind="city", region_code="3578"))
    with console_database.platform() as session:
        assert queries.agency(session, tenant_id).region_code == "3578"
        codes = session.scalars(text("SELECT code FROM selaras.region WHERE code IN ('35', '3578') ORDER BY code"))
        assert list(codes) == ["35", "3578"]


def test_successors_are_linked_whichever_is_created_first(console_database: Database) -> None:
    before, after = new_agency(), new_agency()
    link = Link(before.slug, after.slug, date(2024, 10, 21), "Perpres 139/2024", "regulation")
    second = create(console_database, replace(after, links=(link,)))
    first = create(console_database, replace(before, links=(link,)))
    with console_database.platform() as session:
        assert [one.slug for one in queries.successors(session, first)] == [after.slug]
        assert [one.slug for one in queries.predecessors(session, second)] == [before.slug]
        assert queries.successors(session, second) == ()


def test_every_installed_pack_can_be_created(console_database: Database) -> None:
    packs = load_packs()
    for pack in packs.values():
        tenant_id = create(console_database, service.from_pack(pack, packs))
        with console_database.platform() as session:
            found = queries.agency(session, tenant_id)
            assert (found.slug, found.pack, found.hosts) == (pack.slug, pack.slug, tuple(sorted(pack.hosts)))
    with console_database.platform() as session:
        pupr = queries.agency_by_slug(session, "pupr")
        assert {one.slug for one in queries.successors(session, pupr.tenant_id)} == {"pu", "pkp"}
        assert pupr.status == "ended"


def test_rules_on_a_day_follow_the_assignment(console_database: Database, database: Database) -> None:
    registry = load_registry()
    tenant_id = create(console_database, new_agency())
    with database.tenant(tenant_id) as session:
        agency = queries.agency(session, tenant_id)
        assert queries.rules_on(session, agency, date(2019, 12, 31), registry).code == "pp46_2011"
        now = queries.rules_on(session, agency, date(2026, 9, 30), registry)
        assert now.code == "permenpan_6_2022"
        assert queries.rules_on(session, agency, date(2026, 8, 1), registry) is now
        with pytest.raises(NotFound, match="no regulation on 2021-06-01"):
            queries.rules_on(session, agency, date(2021, 6, 1), registry)
        [gap] = queries.regulation_gaps(session, tenant_id, date(2014, 1, 1), date(2030, 1, 1))
        assert (gap.first, gap.last) == (date(2021, 1, 1), date(2021, 12, 31))


def test_the_app_role_cannot_create_an_agency(database: Database) -> None:
    with pytest.raises(Exception, match="permission denied"):
        create(database, new_agency())
