"""Messages: what a person has not read, and reading it, within one agency."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

from architecture.sources import sources

from selaras.db.session import Database
from selaras.notices.models import Notice
from selaras.notices.queries import count_unread, unread
from selaras.notices.service import mark_read
from selaras.notices.words import TITLES


def tell(database: Database, tenant: Any, person: UUID, subject: UUID) -> None:
    with database.tenant(tenant.tenant_id) as session:
        session.add(
            Notice(person_id=person, code="outcome_delivered", subject_id=subject, params={"period": "2026-TW3"})
        )


def test_unread_until_read(database: Database, tenant: Any) -> None:
    person, first, second = uuid4(), uuid4(), uuid4()
    tell(database, tenant, person, first)
    tell(database, tenant, person, second)
    tell(database, tenant, uuid4(), first)
    with database.tenant(tenant.tenant_id) as session:
        assert [one.subject_id for one in unread(session, person)] == [second, first]
        mark_read(session, person, "outcome_delivered", first)
        mark_read(session, person, "outcome_delivered", first)
        assert [one.subject_id for one in unread(session, person)] == [second]
        assert count_unread(session, person) == 1


def test_another_agency_reads_nothing(database: Database, two_tenants: tuple[Any, Any]) -> None:
    ours, theirs = two_tenants
    person, subject = uuid4(), uuid4()
    tell(database, ours, person, subject)
    with database.tenant(theirs.tenant_id) as session:
        assert unread(session, person) == ()
        mark_read(session, person, "outcome_delivered", subject)
    with database.tenant(ours.tenant_id) as session:
        assert count_unread(session, person) == 1


def told_codes() -> set[str]:
    """Every code that the sources give to `tell`, or write in bulk."""
    found = set()
    for source in sources("platform"):
        found |= set(re.findall(r"\btell\(\s*session,\s*[^,]+,\s*\"([a-z_]+)\"", source.text))
        found |= set(re.findall(r"^NOTICE = \"([a-z_]+)\"", source.text, re.MULTILINE))
        if "INSERT INTO selaras.notice" in source.text:
            found |= set(re.findall(r"INSERT INTO selaras\.notice .*?SELECT [^'=]*'([a-z_]+)'", source.text, re.DOTALL))
    return found


def test_every_code_that_is_told_has_a_title() -> None:
    assert {"outcome_delivered", "objection_filed", "plan_remark"} <= told_codes()
    assert told_codes() <= set(TITLES)
