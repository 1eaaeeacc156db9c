"""A worker process that kills itself at a chosen commit of a close; started by the tests as a script."""

from __future__ import annotations

import os
import signal
import sys
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session

from selaras.closing import jobs
from selaras.config import settings
from selaras.db.session import Database
from selaras.jobs.carrying import Carrier
from selaras.jobs.watch import Watch


def main(tenant_id: int, job_id: UUID, commit: int, moment: str) -> None:
    url = settings().app_database_url
    database = Database(url)
    seen = 0

    def count(session: Session) -> None:
        nonlocal seen
        seen += 1
        if seen == commit:
            os.kill(os.getpid(), signal.SIGKILL)

    # The commits that claim and settle the job are counted with those of the stages.
    event.listen(Session, "before_commit" if moment == "before" else "after_commit", count)
    Carrier(database, Watch(url), {"close": jobs.run}, lambda: False).carry(tenant_id, job_id)
    print("commits", seen)


if __name__ == "__main__":
    main(int(sys.argv[1]), UUID(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
