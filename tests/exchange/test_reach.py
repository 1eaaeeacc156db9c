"""Whoever imports for a part of the agency brings rows about its people and units, and nothing else."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from factories.uploads import NIP, OFFICE, SCHOOL, csv_file, staffed, units_file
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.errors import NotFound, Refused
from selaras.evaluation.models import Period
from selaras.exchange import imports
from selaras.exchange.queries import batch, recent
from selaras.exchange.report import ImportReport
from selaras.identity.actor import Actor, Within, system
from selaras.identity.permissions import Permission
from selaras.identity.service import ensure_account

RATED = ("NIP", "PERIODE", "HASIL KERJA", "PERILAKU KERJA")


@pytest.fixture
def manager(session: Session) -> Actor:
    """Somebody who imports for the school and the units below it."""
    staffed(session)
    session.add(Period(code="2026-TW3", kind="quarter", starts=date(2026, 7, 1), ends=date(2026, 9, 30)))
    session.flush()
    query = text("SELECT id FROM selaras.unit WHERE tenant_id = :t AND source_id = :s")
    unit: UUID = session.execute(query, {"t": session.info["tenant"], "s": SCHOOL}).scalar_one()
    account = ensure_account(session, "school@x", "Pengelola Sekolah")
    held = frozenset({Permission.IMPORT})
    tenant = int(session.info["tenant"])
    return Actor(tenant, account, "Pengelola Sekolah", frozenset(), held, within=(Within(unit, held),))


def bring(session: Session, actor: Actor, kind: str, data: bytes) -> ImportReport:
    from selaras.regulation import load_registry  # noqa: PLC0415  # slow to load

    return imports.run(session, actor, kind, f"{kind}.csv", data, registry=load_registry())


def test_rows_about_its_people_are_taken(session: Session, manager: Actor) -> None:
    report = bring(session, manager, "ratings", csv_file(RATED, [(NIP["teacher"], "2026-TW3", "sesuai", "sesuai")]))
    assert (report.state, report.changed) == ("taken", {"ratings.new": 1})


def test_a_row_about_somebody_else_refuses_the_file_and_is_named(session: Session, manager: Actor) -> None:
    rows = [(NIP["teacher"], "2026-TW3", "sesuai", "sesuai"), (NIP["clerk"], "2026-TW3", "sesuai", "sesuai")]
    report = bring(session, manager, "ratings", csv_file(RATED, rows))
    assert report.state == "refused"
    [problem] = report.problems
    assert (problem.code, problem.row, problem.value) == ("outside_reach", 3, NIP["clerk"])
    nobody = NIP["clerk"][:-1] + ("1" if NIP["clerk"][-1] != "1" else "2")
    unknown = bring(session, manager, "ratings", csv_file(RATED, [(nobody, "2026-TW3", "sesuai", "sesuai")]))
    assert [one.code for one in unknown.problems] == ["outside_reach"], "whether a number exists elsewhere is not told"


def test_a_unit_elsewhere_and_files_about_the_agency_are_refused(session: Session, manager: Actor) -> None:
    header = ("UNOR ID", "PERIODE", "PREDIKAT", "NIP PENETAP")
    report = bring(session, manager, "organisation_ratings", csv_file(header, [(OFFICE, "2026-TW3", "baik", "")]))
    assert [one.code for one in report.problems] == ["unit_outside_reach"]
    with pytest.raises(Refused) as refused:
        bring(session, manager, "units", units_file())
    assert refused.value.code == "import_whole"


def test_one_sees_one_s_own_uploads(session: Session, manager: Actor) -> None:
    mine = bring(session, manager, "ratings", csv_file(RATED, [(NIP["teacher"], "2026-TW3", "sesuai", "sesuai")]))
    other = bring(session, system(manager.tenant_id), "units", units_file())
    assert [one.id for one in recent(session, manager)] == [mine.batch_id]
    assert batch(session, manager, mine.batch_id).state == "taken"
    with pytest.raises(NotFound):
        batch(session, manager, other.batch_id)
    assert {one.id for one in recent(session, system(manager.tenant_id))} >= {mine.batch_id, other.batch_id}
