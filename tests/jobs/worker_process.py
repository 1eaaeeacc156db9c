"""A real worker process whose handlers show what happens to jobs; started by the tests as a script."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import text

from selaras.config import settings
from selaras.errors import Conflict
from selaras.jobs.context import JobContext
from selaras.worker import run_worker


def _say(line: str) -> None:
    print(line, flush=True)


def _log(context: JobContext, word: str) -> None:
    with Path(context.args["log"]).open("a") as file:
        file.write(f"{word} {os.getpid()} {time.time()}\n")


def quick(context: JobContext) -> dict[str, Any]:
    return {"echo": context.args.get("value")}


def nap(context: JobContext) -> dict[str, Any]:
    time.sleep(context.args["seconds"])
    return {}


def steps(context: JobContext) -> dict[str, Any]:
    """Many short transactions, resumable by the row they count in."""
    _log(context, "start")
    while True:
        with context.transaction() as session:
            done = session.execute(
                text(
                    "UPDATE selaras.job SET args = jsonb_set(args, '{at}', to_jsonb((args->>'at')::int + 1))"
                    " WHERE tenant_id = :tenant AND id = :job AND (args->>'at')::int < (args->>'of')::int"
                    " RETURNING (args->>'at')::int"
                ),
                {"tenant": context.tenant_id, "job": context.job_id},
            ).scalar_one_or_none()
        if done is None:
            _log(context, "end")
            return {"steps": context.args["of"]}
        context.progress(done, context.args["of"])
        time.sleep(context.args.get("pause", 0.05))


def poison(context: JobContext) -> dict[str, Any]:
    _log(context, "start")
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def refuse(context: JobContext) -> dict[str, Any]:
    raise Conflict("already_closed", "The period {period} is closed.", period="2026-TW3")


def broken(context: JobContext) -> dict[str, Any]:
    with context.transaction() as session:
        session.execute(text("SELECT CAST('Siti Rahma' AS integer)"))
    return {}


def crash_in_transaction(context: JobContext) -> dict[str, Any]:
    """Loses its database connection the first time, as a restart of the server would have it."""
    _log(context, "start")
    first = Path(context.args["log"]).read_text().count("start") == 1
    with context.transaction() as session:
        if first:
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    return {"first": first}


def crunch(context: JobContext) -> dict[str, Any]:
    return {"sum": pl.DataFrame({"n": range(100_000)}).select(pl.col("n").sum()).item()}


HANDLERS = {
    handler.__name__: handler for handler in (quick, nap, steps, poison, refuse, broken, crash_in_transaction, crunch)
}

if __name__ == "__main__":
    run_worker(settings(), HANDLERS, _say)
    sys.exit(0)
