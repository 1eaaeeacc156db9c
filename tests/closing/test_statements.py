"""A close sends as many statements for ten people as for ten thousand; a further chunk costs a fixed number more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from uuid import uuid4

import pytest
from bench.ground import new_agency
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from selaras.closing import jobs
from selaras.db.session import Database, tenant_of
from selaras.jobs import context

from .conftest import Closing

pytestmark = pytest.mark.slow

# As libpq's trace writes what the client sends; a prepared statement that makes room for another is none of ours.
SENT = re.compile(rb"^F\t\d+\t(?:Query|Execute)\t(?!.*DEALLOCATE)", re.MULTILINE)


class Counted:
    """A database of its own whose every connection is traced: statements, COPY, begin, commit, whoever sends them."""

    def __init__(self, urls, path) -> None:
        self._file = path.open("a+b")  # appended to: libpq keeps a place of its own
        self.database = Database(urls.app)
        event.listen(self.database.engine, "connect", self._trace)

    def _trace(self, connection, _record) -> None:
        connection.pgconn.trace(self._file.fileno())
        connection.pgconn.set_trace_flags(1)  # without timestamps

    def during(self, work: Callable[[], object]) -> int:
        self._file.truncate(0)
        work()
        # Closing the connections makes libpq write out what it has buffered.
        self.database.close()
        self._file.seek(0)
        return len(SENT.findall(self._file.read()))

    def close(self) -> None:
        self.database.close()
        self._file.close()


@pytest.fixture
def counted(urls, tmp_path) -> Iterator[Counted]:
    made = Counted(urls, tmp_path / "trace")
    yield made
    made.close()


def test_it_counts_what_is_sent(counted: Counted, tenant) -> None:
    def work() -> None:
        with counted.database.tenant(tenant.tenant_id) as session:
            for _ in range(7):
                session.execute(text("SELECT 1"))

    counted.during(work)
    # begin, the tenant, seven, commit
    assert counted.during(work) == 10


def rate_by_tens(session: Session) -> None:
    """Of every ten people two Sangat Baik, seven Baik, one Butuh Perbaikan: a unit of ten keeps the distribution."""
    rated = """
        UPDATE selaras.rating r SET inputs = jsonb_build_object('rating_hasil_kerja', results, 'rating_perilaku',
            CASE results WHEN 'di_atas' THEN 'di_atas' ELSE 'sesuai' END)
        FROM selaras.person p CROSS JOIN LATERAL (
            SELECT CASE WHEN n IN (2, 3) THEN 'di_atas' WHEN n = 0 THEN 'di_bawah' ELSE 'sesuai' END
            FROM (SELECT substr(p.source_id, 8)::int % 10) place (n)
        ) chosen (results)
        WHERE r.tenant_id = :tenant AND p.tenant_id = :tenant AND p.id = r.person_id
    """
    session.execute(text(rated), {"tenant": tenant_of(session)})


@pytest.fixture
def close_of(urls, console_database, counted: Counted, closing: Closing, monkeypatch) -> Callable[..., int]:
    """People, people of a chunk → statements of the whole close of a new agency."""
    monkeypatch.setattr(context, "PROGRESS_EVERY", 0.0)  # so that it does not depend on the clock how often it is told

    def close(people: int, chunk: int = 50_000) -> int:
        monkeypatch.setattr(jobs, "CHUNK", chunk)
        staff = Closing(closing.database, urls, new_agency(console_database, f"counted-{uuid4().hex[:8]}"))
        staff.staff(people, rate_by_tens)
        watched = Closing(counted.database, urls, staff.tenant_id)

        def whole() -> None:
            watched.start()
            watched.carry()

        sent = counted.during(whole)
        assert staff.overview().state == "set"
        assert staff.overview().appraised == people
        return sent

    close(10)  # the rule's words are stored once, and a new engine asks the server who it is
    return close


def test_ten_people_and_ten_thousand_take_the_same_statements(close_of) -> None:
    few = close_of(10)
    assert close_of(10_000) == few


def test_each_further_chunk_takes_the_same_number_more(close_of) -> None:
    counts = [close_of(60, chunk) for chunk in (60, 30, 20, 15)]
    steps = [after - before for before, after in pairwise(counts)]
    assert len(set(steps)) == 1
    assert 0 < steps[0] < 30
