"""The SQL that one request sends: recorded in this process, then sent again over one bare connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, event

Sent = tuple[str, Any]


@contextmanager
def recorded(engine: Engine) -> Iterator[list[Sent]]:
    """Statements and parameters, in their order, that the engine sends within the block."""
    sent: list[Sent] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        sent.append((statement, parameters or None))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def again(connection: psycopg.Connection[Any], transactions: Sequence[Sequence[Sent]]) -> Callable[[], None]:
    """A piece of work that sends the next transaction, all rows fetched, committed; round and round."""
    turn = 0

    def work() -> None:
        nonlocal turn
        with connection.cursor() as cursor:
            for statement, parameters in transactions[turn % len(transactions)]:
                cursor.execute(statement, parameters)
                if cursor.description:
                    cursor.fetchall()
        connection.commit()
        turn += 1

    return work
