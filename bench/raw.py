"""The limit: a bare COPY of the very rows that a close stored, into identical tables with their keys and indexes."""

from __future__ import annotations

import time

import psycopg

from bench.ground import Ground

TABLES = ("outcome", "outcome_steps", "remuneration", "notice")


def prepare(place: Ground) -> None:
    """Empty tables of the same shape outside the walls: the limit pays for keys and indexes, for no policy."""
    with place.superuser() as connection:
        connection.execute("DROP SCHEMA IF EXISTS bench CASCADE")
        connection.execute("CREATE SCHEMA bench")
        for table in TABLES:
            connection.execute(f"CREATE TABLE bench.{table} (LIKE selaras.{table} INCLUDING ALL)")


def copied(place: Ground, tenant: int) -> tuple[int, float]:
    """How many rows an agency's close stored, and the seconds of their COPY in one transaction, commit included."""
    with place.superuser() as connection:
        blocks = {table: _rows(connection, table, tenant) for table in TABLES}
        connection.execute("CHECKPOINT")
        begun = time.perf_counter()
        with connection.transaction():
            rows = sum(_copy(connection, table, block) for table, block in blocks.items())
        return rows, time.perf_counter() - begun


def _rows(connection: psycopg.Connection[tuple[object, ...]], table: str, tenant: int) -> list[bytes]:
    query = f"COPY (SELECT * FROM selaras.{table} WHERE tenant_id = {tenant}) TO STDOUT"
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        whole = b"".join(bytes(block) for block in copy)
    return [whole[at : at + 65536] for at in range(0, len(whole), 65536)]


def _copy(connection: psycopg.Connection[tuple[object, ...]], table: str, blocks: list[bytes]) -> int:
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY bench.{table} FROM STDIN") as copy:
            for block in blocks:
                copy.write(block)
        return cursor.rowcount


def stored_bytes(place: Ground, tenant: int) -> dict[str, int]:
    """Table → bytes of its rows, keys and indexes, in a copy that holds one agency alone and is freshly written."""
    prepare(place)
    copied(place, tenant)
    with place.superuser() as connection:
        connection.execute("VACUUM (ANALYZE) bench.outcome, bench.outcome_steps, bench.remuneration, bench.notice")
        sizes = [connection.execute(f"SELECT pg_total_relation_size('bench.{table}')").fetchone() for table in TABLES]
    return {table: int(str(row[0])) for table, row in zip(TABLES, sizes, strict=True) if row}
