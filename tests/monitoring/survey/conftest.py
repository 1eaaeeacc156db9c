"""An agency of forty people in two units, with a survey to hold."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from factories.site import ENCRYPTION_KEY
from factories.staff import create_staff
from factories.surveys import Survey

from selaras.config import settings

VALUES = (
    "berorientasi_pelayanan",
    "akuntabel",
    "kompeten",
    "harmonis",
    "loyal",
    "adaptif",
    "kolaboratif",
)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The worker of these tests has the server's keys, as a real one."""
    monkeypatch.setenv("SELARAS_ENCRYPTION_KEYS", ENCRYPTION_KEY)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def survey(database, urls, tenant) -> Survey:
    with database.tenant(tenant.tenant_id) as session:
        create_staff(session, 40)
    return Survey(database, urls, tenant.tenant_id)
