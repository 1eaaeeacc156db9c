"""The fixture `site`, for every folder whose tests go through HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from factories.site import Site, build_site
from selaras.config import settings
from selaras.db.session import Database


def fresh_agency(console_database: Database) -> SimpleNamespace:
    """A committed agency that follows both regulations, reached at <slug>.localhost."""
    slug = f"site-{uuid4().hex[:10]}"
    with console_database.platform() as session:
        row = session.execute(
            text(
                "INSERT INTO selaras.agency (slug, name, short_name, kind, time_zone, status)"
                " VALUES (:slug, 'Pemerintah Kabupaten Contoh', 'Contoh', 'agency', 'Asia/Makassar', 'active')"
                " RETURNING tenant_id, uuid"
            ),
            {"slug": slug},
        ).one()
        values = {"tenant": row.tenant_id, "host": f"{slug}.localhost"}
        session.execute(text("INSERT INTO selaras.agency_host (host, tenant_id) VALUES (:host, :tenant)"), values)
        session.execute(
            text(
                "INSERT INTO selaras.regulation_assignment (tenant_id, regulation, during, reason_text) VALUES"
                " (:tenant, 'pp46_2011', '[2014-01-01,2021-01-01)', 'test'),"
                " (:tenant, 'permenpan_6_2022', '[2022-01-01,)', 'test')"
            ),
            values,
        )
    return SimpleNamespace(tenant_id=row.tenant_id, uuid=row.uuid, slug=slug)


@pytest.fixture(scope="module")
def site(console_database, database, urls, redis_url, tmp_path_factory) -> Iterator[Site]:
    files = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SELARAS_FILES", str(files))
        settings.cache_clear()
        made = build_site(lambda: fresh_agency(console_database), database, urls, redis_url, files)
        yield made
        settings.cache_clear()
        made.app.extensions["selaras"].database.close()


@pytest.fixture(autouse=True)
def fresh_attempts(request: pytest.FixtureRequest) -> None:
    """Attempts to sign in of one test do not count in the next."""
    if "site" in request.fixturenames:
        forget_attempts(request.getfixturevalue("site").app)


def forget_attempts(app: Flask) -> None:
    """A walk over every route asks more often in a minute than one session may."""
    held = app.extensions["selaras"].redis
    for key in held.scan_iter("*selaras:limit*"):
        held.delete(key)
