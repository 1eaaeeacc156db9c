"""A worker process that kills itself at a chosen commit of a letter's way; started by the tests as a script."""

from __future__ import annotations

import os
import signal
import sys
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session

from selaras.config import settings
from selaras.db.session import Database
from selaras.jobs.carrying import Carrier
from selaras.jobs.watch import Watch
from selaras.worker import handlers


def main(tenant_id: int, job_id: UUID, commit: int, moment: str) -> None:
    url = settings().require("app_database_url")
    database = Database(url)
    seen = 0

    def count(_session: Session) -> None:
        nonlocal seen
        seen += 1
        if seen == commit:
            os.kill(os.getpid(), signal.SIGKILL)

    # Claiming, reading here, taking there, noting here, settling: five commits.
    event.listen(Session, "before_commit" if moment == "before" else "after_commit", count)
    Carrier(database, Watch(url), handlers(settings()), lambda: False).carry(tenant_id, job_id)
    print("commits", seen)


if __name__ == "__main__":
    main(int(sys.argv[1]), UUID(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
