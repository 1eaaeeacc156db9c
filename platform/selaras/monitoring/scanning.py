"""Evidence that the scanner did not answer about: asked again later, shown when it is clean, removed when it is not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from selaras.config import Settings
from selaras.files.models import StoredFile
from selaras.files.scanning import Scanner, Verdict, scanner_of
from selaras.files.service import forget, open_file
from selaras.files.store import FileStore, LocalStore
from selaras.identity.actor import system
from selaras.jobs.context import Handler, JobContext
from selaras.jobs.service import enqueue
from selaras.monitoring.models import Activity, Evidence
from selaras.notices.service import tell

KIND = "scan"
EVERY = 300.0
AT_ONCE = 50

_ASK = text(
    """
    SELECT EXISTS (SELECT FROM selaras.evidence WHERE tenant_id = :tenant AND state = 'quarantined')
       AND NOT EXISTS (SELECT FROM selaras.job WHERE tenant_id = :tenant AND kind = :kind
                       AND state IN ('waiting', 'running'))
    """
)


def ask(session: Session, tenant_id: int, _zone: str) -> bool:
    """Put a look at what waits into the post, unless one is there; whether that was done."""
    if not session.execute(_ASK, {"tenant": tenant_id, "kind": KIND}).scalar_one():
        return False
    enqueue(session, system(tenant_id), KIND, {})
    return True


def handler(settings: Settings) -> Handler:
    """The handler of this process."""

    def run(context: JobContext) -> dict[str, Any]:
        """Look at what waits, until the scanner does not answer."""
        scanner = scanner_of(settings)
        if scanner is None:
            return {}
        with context.transaction() as session:
            return look(session, LocalStore(settings.files), scanner)

    return run


def look(session: Session, store: FileStore, scanner: Scanner) -> dict[str, int]:
    """Scan the evidence that waits, the oldest first; returns how many were clean and how many infected."""
    rows = session.execute(
        select(Evidence, StoredFile.id, Activity.person_id)
        .join(StoredFile, (StoredFile.id == Evidence.file_id) & (StoredFile.tenant_id == Evidence.tenant_id))
        .join(Activity, (Activity.id == Evidence.activity_id) & (Activity.tenant_id == Evidence.tenant_id))
        .where(Evidence.state == "quarantined")
        .order_by(Evidence.made_at)
        .limit(AT_ONCE)
        .with_for_update(of=Evidence)
    ).all()
    counts = {"clean": 0, "infected": 0}
    for row, file_id, person_id in rows:
        _view, blocks = open_file(session, store, file_id)
        verdict = scanner.scan(b"".join(blocks))
        if verdict is Verdict.UNKNOWN:
            break
        counts[verdict.value] += 1
        if verdict is Verdict.CLEAN:
            row.state = "ready"
            continue
        session.delete(row)
        session.flush()
        forget(session, file_id)
        tell(session, person_id, "evidence_infected", row.id, {})
    session.flush()
    return counts
