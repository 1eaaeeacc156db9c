"""A worker process that kills itself at a chosen commit of a survey's close; started by the tests as a script."""

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
from selaras.monitoring.survey import jobs


def main(tenant_id: int, job_id: UUID, commit: int, moment: str) -> None:
    url = settings().require("app_database_url")
    database = Database(url)
    seen = 0

    def count(_session: Session) -> None:
        nonlocal seen
        seen += 1
        if seen == commit:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Session, "before_commit" if moment == "before" else "after_commit", count)
    Carrier(database, Watch(url), {"survey_close": jobs.run}, lambda: False).carry(tenant_id, job_id)


if __name__ == "__main__":
    main(int(sys.argv[1]), UUID(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
