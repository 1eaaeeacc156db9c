"""One agency of forty in a rated quarter, by itself: for journeys that change what everybody else would share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from factories.site import PERIOD, Home, site_settings
from factories.site_fixtures import fresh_agency
from selaras.app import create_app
from selaras.config import settings
from selaras.db.session import Database, tenant_of

EMPLOYEE, HEAD, TOP = 25, 21, 1
"""Person numbers: somebody of the second unit, its head, and the head's superior."""


@contextmanager
def one_agency(
    console_database: Database, database: Database, urls: Any, redis_url: str, files: Path, people: int | None = None
) -> Iterator[Home]:
    """The agency behind an application of its own; EMPLOYEE is not rated yet. With `people`: so many, all rated."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SELARAS_FILES", str(files))
        settings.cache_clear()
        app = create_app(site_settings(urls, redis_url, files))
        made = fresh_agency(console_database)
        yield Home(app, database, made.tenant_id, made.uuid, made.slug).settle(
            people or 40, None if people else _leave_one_unrated
        )
        settings.cache_clear()
        app.extensions["selaras"].database.close()


def _leave_one_unrated(session: Session) -> None:
    session.execute(
        text(
            "DELETE FROM selaras.rating WHERE tenant_id = :t AND person_id ="
            " (SELECT id FROM selaras.person WHERE tenant_id = :t AND source_id = :s)"
        ),
        {"t": tenant_of(session), "s": f"person-{EMPLOYEE}"},
    )


def outcome_of(home: Home, n: int, period: str = PERIOD) -> str:
    """What stands for somebody now."""
    found: str = home.scalar(
        "SELECT o.outcome FROM selaras.outcome o"
        " JOIN selaras.period p ON p.tenant_id = o.tenant_id AND p.id = o.period_id"
        " WHERE o.tenant_id = :tenant AND p.code = :code AND o.person_id = :p ORDER BY o.revision DESC LIMIT 1",
        code=period,
        p=home.person(n),
    )
    return found
