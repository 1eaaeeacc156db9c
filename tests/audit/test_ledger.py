"""The ledger: what it takes, how it is sealed, and that every kind of tampering is found."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import polars as pl
import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from selaras.audit.queries import Verification, head, latest_entries, verify
from selaras.audit.rounds import SealRounds
from selaras.audit.service import erase_payloads, frame_hash, record, record_batch, salted, seal
from selaras.db.session import Database


@dataclass(frozen=True)
class Somebody:
    reference: str = "system"


ACTOR = Somebody()


def write(database: Database, tenant: Any, count: int = 3) -> None:
    for number in range(count):
        with database.tenant(tenant.tenant_id) as session:
            record(session, ACTOR, "test.write", f"thing:{number}", {"number": number, "code": "2026-TW3"})


def sealed(database: Database, tenant: Any) -> int:
    with database.tenant(tenant.tenant_id) as session:
        return seal(session)


def verified(database: Database, tenant: Any, expected_head: str | None = None) -> Verification:
    with database.tenant(tenant.tenant_id) as session:
        return verify(session, expected_head)


def as_superuser(urls: Any, statement: str, *values: object) -> int:
    with psycopg.connect(urls.admin) as admin:
        return admin.execute(statement, values).rowcount  # type: ignore[arg-type]  # given by name, or wrong on purpose


def test_entries_are_sealed_and_whole(database: Database, tenant: Any) -> None:
    write(database, tenant)
    assert verified(database, tenant).unsealed == 3
    assert sealed(database, tenant) == 3
    assert sealed(database, tenant) == 0
    write(database, tenant, 2)
    assert sealed(database, tenant) == 2
    found = verified(database, tenant)
    assert (found.blocks, found.entries, found.unsealed, found.whole) == (2, 5, 0, True)


def test_an_entry_of_a_rolled_back_transaction_is_not_there(database: Database, tenant: Any) -> None:
    def fail() -> None:
        with database.tenant(tenant.tenant_id) as session:
            record(session, ACTOR, "test.write", "thing:1", {})
            raise RuntimeError("rolled back")

    with pytest.raises(RuntimeError):
        fail()
    assert sealed(database, tenant) == 0


def test_own_entries_wait_for_the_next_seal(database: Database, tenant: Any) -> None:
    with database.tenant(tenant.tenant_id) as session:
        record(session, ACTOR, "test.write", "thing:1", {})
        assert seal(session) == 0
    assert sealed(database, tenant) == 1


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE selaras.ledger_entry SET subject = 'thing:9' WHERE tenant_id = %s AND subject = 'thing:1'", "changed"),
        ("UPDATE selaras.ledger_entry SET actor = 'somebody' WHERE tenant_id = %s AND subject = 'thing:1'", "changed"),
        (
            "UPDATE selaras.ledger_entry SET at = at - interval '1 s' WHERE tenant_id = %s AND subject = 'thing:1'",
            "changed",
        ),
        (
            "UPDATE selaras.ledger_entry SET payload = '{\"number\": 7}' WHERE tenant_id = %s AND subject = 'thing:1'",
            "changed",
        ),
        ("UPDATE selaras.ledger_entry SET payload = NULL WHERE tenant_id = %s AND subject = 'thing:1'", "payload_gone"),
        ("DELETE FROM selaras.ledger_entry WHERE tenant_id = %s AND subject = 'thing:1'", "missing"),
        (
            "INSERT INTO selaras.ledger_entry (tenant_id, actor, action, subject, payload, payload_hash, transaction)"
            " SELECT tenant_id, actor, action, 'thing:8', payload, payload_hash, transaction"
            " FROM selaras.ledger_entry WHERE tenant_id = %s AND subject = 'thing:1'",
            "inserted",
        ),
        ("UPDATE selaras.ledger_block SET entries = 4 WHERE tenant_id = %s AND number = 1", "chain"),
        ("UPDATE selaras.ledger_block SET sealed_at = now() WHERE tenant_id = %s AND number = 1", "chain"),
        ("UPDATE selaras.ledger_block SET end_transaction = 1 WHERE tenant_id = %s AND number = 1", "chain"),
        ("DELETE FROM selaras.ledger_block WHERE tenant_id = %s AND number = 1", "chain"),
    ],
)
def test_a_superusers_tampering_is_found(urls: Any, database: Database, tenant: Any, statement: str, kind: str) -> None:
    write(database, tenant)
    sealed(database, tenant)
    write(database, tenant, 1)
    sealed(database, tenant)
    assert verified(database, tenant).whole
    assert as_superuser(urls, statement, tenant.tenant_id) == 1
    broken = verified(database, tenant).broken
    assert broken is not None
    assert (broken.block, broken.kind) == (1, kind)


def test_a_block_of_another_agency_does_not_fit(urls: Any, database: Database, two_tenants: tuple[Any, Any]) -> None:
    first, second = two_tenants
    write(database, first, 1)
    sealed(database, first)
    for table, columns in (
        ("ledger_entry", "id, at, actor, action, subject, payload, payload_hash, server, transaction"),
        (
            "ledger_block",
            "number, server, first_transaction, end_transaction, entries, content, previous, hash, sealed_at",
        ),
    ):
        as_superuser(
            urls,
            f"INSERT INTO selaras.{table} (tenant_id, {columns}) SELECT %s, {columns}"
            f" FROM selaras.{table} WHERE tenant_id = %s",
            second.tenant_id,
            first.tenant_id,
        )
    broken = verified(database, second).broken
    assert broken is not None
    assert broken.kind == "chain"


def test_a_cut_end_is_found_with_a_head_from_outside(urls: Any, database: Database, tenant: Any) -> None:
    write(database, tenant)
    sealed(database, tenant)
    with database.tenant(tenant.tenant_id) as session:
        noted = head(session)
    as_superuser(urls, "DELETE FROM selaras.ledger_block WHERE tenant_id = %s", tenant.tenant_id)
    as_superuser(urls, "DELETE FROM selaras.ledger_entry WHERE tenant_id = %s", tenant.tenant_id)
    assert verified(database, tenant).whole
    broken = verified(database, tenant, noted).broken
    assert broken is not None
    assert broken.kind == "head_missing"


def test_a_late_commit_does_not_cry_wolf(database: Database, tenant: Any) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with database.tenant(tenant.tenant_id) as session:
            record(session, ACTOR, "test.write", "thing:slow", {})
            entered.set()
            assert go_on.wait(30)

    late = threading.Thread(target=slow)
    late.start()
    assert entered.wait(30)
    write(database, tenant, 2)  # begun after it, finished before it
    first = sealed(database, tenant)
    assert verified(database, tenant).whole
    go_on.set()
    late.join()
    assert first + sealed(database, tenant) == 3
    found = verified(database, tenant)
    assert (found.entries, found.unsealed, found.whole) == (3, 0, True)


def test_sealers_at_once_make_one_chain(database: Database, tenant: Any) -> None:
    write(database, tenant, 5)
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(sealed(database, tenant))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 5
    assert verified(database, tenant).whole


def test_entries_that_came_from_another_server_are_sealed_apart(urls: Any, database: Database, tenant: Any) -> None:
    write(database, tenant, 2)
    as_superuser(
        urls,
        "UPDATE selaras.ledger_entry SET server = 7, transaction = transaction + 1000000000 WHERE tenant_id = %s",
        tenant.tenant_id,
    )
    write(database, tenant, 3)
    assert sealed(database, tenant) == 5
    found = verified(database, tenant)
    assert (found.blocks, found.entries, found.unsealed, found.whole) == (2, 5, 0, True)


@pytest.mark.parametrize("statement", ["UPDATE selaras.{} SET tenant_id = tenant_id", "DELETE FROM selaras.{}"])
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_block", "ledger_salt"])
def test_the_app_role_can_only_append(session: Session, statement: str, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement.format(table)))


def test_an_erased_payload_leaves_the_chain_whole(urls: Any, database: Database, tenant: Any) -> None:
    write(database, tenant)
    sealed(database, tenant)
    with database.tenant(tenant.tenant_id) as session:
        entry = latest_entries(session, 1)[0]
    assert entry.payload == {"number": 2, "code": "2026-TW3"}
    migrator = Database(urls.migrator)
    with migrator.tenant(tenant.tenant_id) as session:
        assert erase_payloads(session, ACTOR, [entry.id], "retention") == 1
    migrator.close()
    sealed(database, tenant)
    with database.tenant(tenant.tenant_id) as session:
        newest, erased = latest_entries(session, 2)
    assert (newest.subject, erased.payload) == (f"entry:{entry.id}", None)
    assert verified(database, tenant).whole


@pytest.mark.parametrize(
    "payload",
    [
        {"reason": "he was often late"},
        {"nip": "198503302003121002"},
        {"nik": "3515081506850001"},
        {"nested": [{"name": "Siti Rahma"}]},
        {"a key in words": 1},
        {"thing": object()},
    ],
)
def test_names_numbers_of_people_and_free_text_are_refused(session: Session, payload: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="ledger") as refused:
        record(session, ACTOR, "test.write", "thing:1", payload)
    assert "Siti" not in str(refused.value)
    assert "1985" not in str(refused.value)


def test_salted_hashes_are_the_agencys_own(database: Database, two_tenants: tuple[Any, Any]) -> None:
    hashes = []
    for tenant in (*two_tenants, two_tenants[0]):
        with database.tenant(tenant.tenant_id) as session:
            hashes.append(salted(session, "the reason"))
            record(session, ACTOR, "test.write", f"thing:{uuid4()}", {"reason": hashes[-1]})
    assert hashes[0] == hashes[2] != hashes[1]


def test_a_batch_is_one_entry_with_the_hash_of_its_columns(session: Session) -> None:
    frame = pl.DataFrame({"person": [str(UUID(int=1)), "ünïcode"], "score": [90.5, None], "steps": [[1.0, 2.5], []]})
    record_batch(session, ACTOR, "outcome.batch", f"batch:{uuid4()}", frame_hash(frame), frame.height)
    entry = latest_entries(session)[0]
    assert entry.payload == {"columns": frame_hash(frame), "rows": 2}
    assert frame_hash(frame) == frame_hash(frame.clone())
    assert frame_hash(frame) != frame_hash(frame.with_columns(score=pl.lit(1.0)))
    assert frame_hash(frame) != frame_hash(frame.rename({"score": "points"}))
    assert frame_hash(frame) != frame_hash(frame.reverse())


def test_the_rounds_seal_every_agency(database: Database, two_tenants: tuple[Any, Any]) -> None:
    for tenant in two_tenants:
        write(database, tenant, 1)
    rounds = SealRounds(database, every=0.0)
    rounds()
    assert [verified(database, tenant).unsealed for tenant in two_tenants] == [0, 0]


def test_sealing_and_verifying_twenty_thousand_entries_is_set_based(urls: Any, database: Database, tenant: Any) -> None:
    as_superuser(
        urls,
        "INSERT INTO selaras.ledger_entry (tenant_id, actor, action, subject, payload, payload_hash)"
        " SELECT %s, 'system', 'test.write', 'thing:' || n, jsonb_build_object('n', n),"
        " encode(sha256(convert_to(jsonb_build_object('n', n)::text, 'UTF8')), 'hex') FROM generate_series(1, 20000) n",
        tenant.tenant_id,
    )
    statements: list[str] = []

    def listener(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(database.engine, "before_cursor_execute", listener)
    try:
        assert sealed(database, tenant) == 20_000
        assert verified(database, tenant).whole
    finally:
        event.remove(database.engine, "before_cursor_execute", listener)
    assert len(statements) <= 8
