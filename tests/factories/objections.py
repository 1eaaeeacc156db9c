"""Objections as far as they can be decided: both sides have been heard."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from selaras.db.session import Database
from selaras.files.store import LocalStore
from selaras.followup.access import objection_for
from selaras.followup.desk.hearing import state
from selaras.followup.objecting import file
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.identity.service import ensure_account
from selaras.regulation import load_registry


def object_and_hear(database: Database, tenant_id: int, person: UUID, code: str, reason: str, files: Path) -> None:
    """The person objects; they and the appraiser have nothing to add."""
    store = LocalStore(files)
    with database.tenant(tenant_id) as session:
        account = ensure_account(session, f"person-{person}", "Pegawai")
        held = frozenset({Permission.SEE_OWN})
        actor = Actor(tenant_id, account, "Pegawai", frozenset({"employee"}), held, person)
        file(session, actor, load_registry(), store, code, reason)
        session.flush()
        found = objection_for(session, actor, load_registry(), person, code)
        state(session, actor, store, found, "", nothing_to_add=True)
        if found.appraiser_id:
            appraiser = ensure_account(session, f"person-{found.appraiser_id}", "Penilai")
            above = Actor(tenant_id, appraiser, "Penilai", frozenset({"appraiser"}), held, found.appraiser_id)
            state(session, above, store, found, "", nothing_to_add=True)
