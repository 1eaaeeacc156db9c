"""`selaras worker` and `selaras dispatcher`: the two processes behind the queue."""

from __future__ import annotations

import click

from selaras.config import settings


@click.command()
def worker() -> None:
    """Do jobs, one at a time, until stopped; run as many of these as there are cores to spare."""
    from selaras.worker import handlers, run_worker

    run_worker(settings(), handlers(settings()), _say)


@click.command()
def dispatcher() -> None:
    """Hand jobs to the workers, fairly by agency, and seal the ledgers; a second one does no harm."""
    from selaras.worker import run_dispatcher

    run_dispatcher(settings(), _say)


def _say(line: str) -> None:
    print(line, flush=True)  # a supervisor waits for it
