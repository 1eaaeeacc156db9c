"""A year of two halves takes as many statements for few people as for many; a further chunk a fixed number more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from uuid import uuid4

import pytest
from bench.ground import new_agency
from factories.years import BEHAVIOUR, Years
from sqlalchemy import text

from selaras.closing import jobs, service
from selaras.closing.queries import overview
from selaras.identity.actor import system
from selaras.jobs import context

from .conftest import Closing, rules_of
from .test_segments import form
from .test_statements import Counted

MOVE = """
    UPDATE selaras.appointment SET during = '[2015-01-01,2019-07-01)'
    WHERE tenant_id = :tenant AND kind = 'definitive' AND employment = 'pns'
"""
BACK = """
    INSERT INTO selaras.appointment (tenant_id, person_id, unit_id, position_id, employment, legal_status, during)
    SELECT a.tenant_id, a.person_id, a.unit_id, other.id, a.employment, '01', '[2019-07-01,)'
    FROM selaras.appointment a
    JOIN selaras.position post ON post.tenant_id = a.tenant_id AND post.id = a.position_id
    JOIN selaras.position other ON other.tenant_id = a.tenant_id AND other.unit_id = a.unit_id
     AND other.title = CASE post.title WHEN 'Analis' THEN 'Pengolah' ELSE 'Analis' END
    WHERE a.tenant_id = :tenant AND a.employment = 'pns'
"""
PLANS = """
    WITH made AS (
        INSERT INTO selaras.plan (tenant_id, person_id, year, state)
        SELECT tenant_id, id, 2019, 'agreed' FROM selaras.person WHERE tenant_id = :tenant RETURNING id
    ), item AS (
        INSERT INTO selaras.plan_item (tenant_id, plan_id, code, kind, title)
        SELECT :tenant, id, '1', 'main', 'Kegiatan' FROM made RETURNING id
    )
    INSERT INTO selaras.item_measure (tenant_id, item_id, aspect, target, actual)
    SELECT :tenant, item.id, aspect, 10, 10 FROM item, unnest(ARRAY['quantity', 'quality', 'time']) aspect
"""
RATINGS = """
    INSERT INTO selaras.rating (tenant_id, period_id, person_id, segment, inputs)
    SELECT :tenant, :period, person_id, number, CAST(:inputs AS jsonb) FROM selaras.segment
    WHERE tenant_id = :tenant AND period_id = :period
"""


@pytest.fixture
def counted(urls, tmp_path) -> Iterator[Counted]:
    made = Counted(urls, tmp_path / "trace")
    yield made
    made.close()


@pytest.fixture
def close_of(urls, console_database, counted, closing: Closing, monkeypatch) -> Callable[..., int]:
    """People, people of a chunk → statements of the whole close of a year in which everybody changed post."""
    monkeypatch.setattr(context, "PROGRESS_EVERY", 0.0)

    def close(people: int, chunk: int = 50_000) -> int:
        monkeypatch.setattr(jobs, "CHUNK", chunk)
        made = Closing(closing.database, urls, new_agency(console_database, f"segments-{uuid4().hex[:8]}"))
        made.staff(people)
        with made.database.tenant(made.tenant_id) as session:
            for statement in (MOVE, BACK, PLANS):
                session.execute(text(statement), {"tenant": made.tenant_id})
            years = Years(session)
            period = years.open("2019")
            form(session)
            inputs = "{" + ", ".join(f'"{name}": 80' for name in BEHAVIOUR) + "}"
            years.run(RATINGS, period=period, inputs=inputs)
        watched = Closing(counted.database, urls, made.tenant_id)

        def whole() -> None:
            with watched.database.tenant(watched.tenant_id) as session:
                service.start(session, system(made.tenant_id), "2019", rules_of(session, date(2019, 12, 31)))
            watched.carry()

        sent = counted.during(whole)
        with made.database.tenant(made.tenant_id) as session:
            seen = overview(session, "2019")
        assert (seen.state, seen.appraised) == ("set", people - people // 5)
        return sent

    close(20)
    return close


def test_statements_do_not_grow_with_the_people(close_of) -> None:
    few = close_of(20)
    assert close_of(2_000) == few


def test_each_further_chunk_of_segments_takes_the_same_number_more(close_of) -> None:
    counts = [close_of(60, chunk) for chunk in (60, 30, 20)]
    steps = [after - before for before, after in pairwise(counts)]
    assert len(set(steps)) == 1
    assert 0 < steps[0] < 40
