"""An agency of forty people in two units, with a survey to hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from factories.browsing import browser, serve
from factories.site import ENCRYPTION_KEY, Home, site_settings
from factories.site_fixtures import fresh_agency
from factories.staff import create_staff
from factories.surveys import Survey, day

from selaras.app import create_app
from selaras.config import settings

__all__ = ["VALUES", "browser", "serve"]

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


PERIOD = "2026-TW3"
SUBJECT = 5


@dataclass
class Held:
    """An agency with its application, and a survey that pages run."""

    home: Home
    survey: Survey

    @property
    def at(self) -> str:
        return f"/survey-campaigns/{self.survey.id}"

    def form(self, subject: int = SUBJECT) -> str:
        return f"/surveys/{self.survey.id}/people/{self.home.person(subject)}"

    def answer(self, rater: int, level: int, comment: str = "", **more: str):  # type: ignore[no-untyped-def]  # what passes through is not looked at
        sent = {**{f"v-{one}": str(level) for one in VALUES}, "comment": comment, **more}
        return self.home.as_person(rater).post(self.form(), sent, on=self.form())


@pytest.fixture(scope="module")
def made(console_database, database, urls, redis_url, tmp_path_factory) -> Iterator[Home]:
    files = tmp_path_factory.mktemp("files")
    app = create_app(site_settings(urls, redis_url, files))
    agency: SimpleNamespace = fresh_agency(console_database)
    yield Home(app, database, agency.tenant_id, agency.uuid, agency.slug).settle(40)
    app.extensions["selaras"].database.close()


@pytest.fixture
def held(made: Home, database, urls) -> Iterator[Held]:
    """Opened on the pages by the manager."""
    survey = Survey(database, urls, made.tenant_id)
    if not made.scalar("SELECT count(*) FROM selaras.rulebook_choice WHERE tenant_id = :tenant"):
        survey.choose()
    found = Held(made, survey)
    manager = made.manager()
    days = {"opens": (day() - timedelta(days=1)).isoformat(), "closes": (day() + timedelta(days=1)).isoformat()}
    planned = manager.post("/survey-campaigns", {"period": PERIOD, "unit": "", **days}, on="/survey-campaigns")
    assert planned.status_code == 303, planned.text[:3000]
    survey.id = UUID(re.search(r"campaigns/([0-9a-f-]{36})", planned.location)[1])  # type: ignore[index]  # found, or the test fails
    opened = manager.post(f"{found.at}/opening", on=found.at)
    assert opened.status_code == 200, opened.text[:3000]
    survey.phrase = re.search(r'class="secret">([A-Z2-7-]+)<', opened.text)[1]  # type: ignore[index]  # found, or the test fails
    assert "no-store" in opened.headers["Cache-Control"]
    yield found
    if survey.state() in ("draft", "open", "closing"):
        manager.post(f"{found.at}/withdrawal", {"reason": "Akhir dari sebuah pengujian."}, on=found.at)
    # So that the next test may ask about the same people in the same period.
    gone = "WITH g AS (DELETE FROM selaras.survey_subject WHERE tenant_id = :tenant RETURNING 1) SELECT count(*) FROM g"
    made.scalar(gone)
