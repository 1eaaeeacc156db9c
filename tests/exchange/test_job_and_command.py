"""The same import as a worker's job, and from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from conftest import Tenant
from factories.actors import whole
from factories.uploads import people, people_file, units_file
from sqlalchemy import text

from selaras.cli.imports import import_
from selaras.config import settings
from selaras.db.session import Database
from selaras.errors import DomainError, Refused
from selaras.exchange import jobs
from selaras.exchange.queries import recent
from selaras.files.queries import stored_file
from selaras.files.store import LocalStore
from selaras.identity.actor import Actor, system
from selaras.jobs.carrying import Carrier
from selaras.jobs.watch import Watch


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, urls: Any) -> Iterator[None]:
    monkeypatch.setenv("SELARAS_FILES", str(tmp_path / "files"))
    monkeypatch.setenv("SELARAS_APP_DATABASE_URL", urls.app)
    settings.cache_clear()
    yield
    settings.cache_clear()


def carried(database: Database, tenant: Tenant, urls: Any, upload: jobs.Upload) -> dict[str, Any]:
    """The upload submitted, and carried out as a worker does; the job's row as a mapping."""
    with database.tenant(tenant.tenant_id) as session:
        job = jobs.submit(session, system(tenant.tenant_id), LocalStore(settings().files), upload)
    with database.platform() as session:
        session.execute(text("UPDATE selaras.job_envelope SET state = 'admitted' WHERE job_id = :job"), {"job": job})
    watch = Watch(urls.app)
    Carrier(database, watch, {jobs.JOB: jobs.run}, lambda: False).carry(tenant.tenant_id, job)
    watch.close()
    with database.tenant(tenant.tenant_id) as session:
        row = session.execute(
            text("SELECT * FROM selaras.job WHERE tenant_id = :t AND id = :j"), {"t": tenant.tenant_id, "j": job}
        ).one()
    return dict(row._mapping)


def test_a_job_imports_the_kept_file_and_tells_how_far_it_is(database: Database, tenant: Tenant, urls: Any) -> None:
    done = carried(database, tenant, urls, jobs.Upload("units", "unor.csv", units_file()))
    assert (done["state"], done["done"], done["total"]) == ("done", 4, 4)
    assert (done["result"]["state"], done["result"]["rows"]) == ("taken", 4)


def test_a_refused_job_ends_with_its_problems_kept(database: Database, tenant: Tenant, urls: Any) -> None:
    done = carried(database, tenant, urls, jobs.Upload("people", "asn.csv", people_file()))
    assert (done["state"], done["result"]["state"]) == ("done", "refused")
    with database.tenant(tenant.tenant_id) as session:
        (batch,) = recent(session, whole(session))
        assert str(batch.id) == done["result"]["batch_id"]
        assert {problem.code for problem in batch.problems} == {"unknown_unit"}


def test_only_who_may_import_may_order_one(database: Database, tenant: Tenant, tmp_path: Path) -> None:
    nobody = Actor(tenant.tenant_id, None, "x", frozenset(), frozenset())
    with database.tenant(tenant.tenant_id) as session, pytest.raises(Refused):
        jobs.submit(session, nobody, LocalStore(tmp_path), jobs.Upload("units", "unor.csv", units_file()))


def command(tmp_path: Path, data: bytes, *arguments: str) -> Result:
    file = tmp_path / "upload.csv"
    file.write_bytes(data)
    kind, *options = arguments
    return CliRunner().invoke(import_, [kind, str(file), *options])


def test_the_command_takes_a_file_and_keeps_it(database: Database, tenant: Tenant, tmp_path: Path) -> None:
    done = command(tmp_path, units_file(), "units", "--agency", tenant.slug, "--as-of", "2026-01-01")
    assert done.exit_code == 0, done.output
    assert "units.new 4" in done.stdout
    with database.tenant(tenant.tenant_id) as session:
        (batch,) = recent(session, whole(session))
        kept = session.execute(text("SELECT id FROM selaras.stored_file WHERE subject_id = :b"), {"b": batch.id})
        assert stored_file(session, kept.scalar_one()).name == "upload.csv"


def test_the_command_shows_what_is_wrong_and_exits_with_2(database: Database, tenant: Tenant, tmp_path: Path) -> None:
    done = command(tmp_path, people_file(), "people", "--agency", tenant.slug)
    assert done.exit_code == 2
    assert "UNOR ID" in done.stdout
    assert "ditolak" in done.stdout


def test_the_command_can_look_without_taking(database: Database, tenant: Tenant, tmp_path: Path) -> None:
    done = command(tmp_path, units_file(), "units", "--agency", tenant.slug, "--preview")
    assert (done.exit_code, "units.new 4" in done.stdout) == (0, True)
    with database.tenant(tenant.tenant_id) as session:
        assert (
            session.execute(
                text("SELECT count(*) FROM selaras.unit WHERE tenant_id = :t"), {"t": tenant.tenant_id}
            ).scalar_one()
            == 0
        )


def test_people_who_left_are_confirmed_on_the_command_line(database: Database, tenant: Tenant, tmp_path: Path) -> None:
    for kind, data in (("units", units_file()), ("people", people_file())):
        assert command(tmp_path, data, kind, "--agency", tenant.slug).exit_code == 0
    fewer = people_file(people(without=["clerk"]))
    refused = command(tmp_path, fewer, "people", "--agency", tenant.slug)
    assert refused.exit_code == 2
    assert command(tmp_path, fewer, "people", "--agency", tenant.slug, "--accept-vanished").exit_code == 0


def test_an_agency_must_be_named_among_several(database: Database, two_tenants: Any, tmp_path: Path) -> None:
    done = command(tmp_path, units_file(), "units")
    assert isinstance(done.exception, DomainError)
    assert done.exception.code == "import_agency"
