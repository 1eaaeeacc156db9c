"""The frozen evidence of an objection: what the result rested on then, in files with their hashes."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.errors import NotFound
from selaras.evaluation.queries import OutcomeView, receipt
from selaras.files.models import StoredFile
from selaras.files.service import keep, keep_also, open_file
from selaras.files.store import FileStore
from selaras.followup.desk.models import ObjectionBundle, ObjectionBundleFile
from selaras.identity.actor import Actor
from selaras.monitoring.queries import feedback_for, progress_for
from selaras.planning.queries import plan

PURPOSE = "objection_bundle"
VERSION = 1
MOST_EVIDENCE = 200
_JSON = "application/json"


@dataclass(frozen=True)
class BundleFile:
    """One file of a bundle: its place in the ZIP, the sha256 of its bytes, how many there are, and its media type."""

    path: str
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True)
class Bundle:
    """A frozen bundle; `sha256` is that of the manifest in its canonical form, and stands in the ledger."""

    id: UUID
    sha256: str
    at: datetime
    manifest: dict[str, Any]
    files: tuple[BundleFile, ...]


def freeze(session: Session, actor: Actor, store: FileStore, case_id: UUID, outcome: OutcomeView, reason: str) -> str:
    """Freeze what a result rests on; returns the manifest's sha256. Whatever changes later, the bundle does not."""
    kept = {
        path: keep(session, store, actor, path, _JSON, canonical(content), PURPOSE, case_id)
        for path, content in _contents(session, outcome, reason)
    }
    kept |= _evidence(session, actor, case_id, outcome)
    rows = {row.id: row for row in session.scalars(select(StoredFile).where(StoredFile.id.in_(kept.values())))}
    manifest: dict[str, Any] = {
        "version": VERSION,
        "case": str(case_id),
        "person": str(outcome.person_id),
        "period": outcome.period_code,
        "revision": outcome.revision,
        "rule": {"regulation": outcome.regulation, "edition": outcome.edition, "hash": outcome.rule_hash},
        "frozen_at": now().isoformat(),
        "files": [asdict(_file(path, rows[file_id])) for path, file_id in sorted(kept.items())],
    }
    digest = hashlib.sha256(canonical(manifest)).hexdigest()
    bundle = ObjectionBundle(case_id=case_id, manifest=manifest, sha256=digest, at=now())
    session.add(bundle)
    session.flush()
    for path, file_id in kept.items():
        session.add(ObjectionBundleFile(bundle_id=bundle.id, file_id=file_id, path=path))
    session.flush()
    return digest


def bundle_of(session: Session, case_id: UUID) -> Bundle:
    """The bundle of a case, or NotFound: objections that were filed before there were bundles have none."""
    row = session.scalar(select(ObjectionBundle).where(ObjectionBundle.case_id == case_id))
    if row is None:
        raise NotFound("objection.no_bundle", "No evidence was frozen with this objection.")
    files = tuple(BundleFile(**one) for one in row.manifest["files"])
    return Bundle(row.id, row.sha256, row.at, row.manifest, files)


def zipped(session: Session, store: FileStore, bundle: Bundle) -> IO[bytes]:
    """The bundle as a ZIP with its manifest, each file checked against its hash; to be read from its beginning."""
    rows = session.execute(
        select(ObjectionBundleFile.path, ObjectionBundleFile.file_id)
        .where(ObjectionBundleFile.bundle_id == bundle.id)
        .order_by(ObjectionBundleFile.path)
    ).all()
    target = tempfile.SpooledTemporaryFile(max_size=4 * 1024 * 1024)  # noqa: SIM115  # read by whoever sends it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", canonical(bundle.manifest))
        for path, file_id in rows:
            _, blocks = open_file(session, store, file_id)
            with archive.open(path, "w") as entry:
                for block in blocks:
                    entry.write(block)
    target.seek(0)
    return target


def canonical(content: object) -> bytes:
    """JSON with sorted keys: the same content is always the same bytes."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return dict(value) if isinstance(value, Mapping) else str(value)


def _contents(session: Session, outcome: OutcomeView, reason: str) -> Iterator[tuple[str, object]]:
    """Path → what stands in it. Feedback without its giver: the parties see what was said, as on their pages."""
    view = receipt(session, outcome.person_id, outcome.period_code)
    said = feedback_for(session, outcome.person_id, outcome.starts, outcome.ends)
    yield "objection.json", {"reason": reason, "filed_at": now()}
    yield "plan.json", plan(session, outcome.person_id, outcome.ends.year)
    yield "progress.json", progress_for(session, outcome.person_id, outcome.starts, outcome.ends)
    yield (
        "feedback.json",
        [
            {"relation": one.relation, "on": one.item_title or one.behaviour, "day": one.on_day, "content": one.content}
            for one in said
        ],
    )
    yield "rating.json", {line.step: line.value for line in view.receipt.lines if line.item is None}
    yield "outcome.json", outcome
    yield "receipt.json", {"lines": view.receipt.lines, "parts": view.parts}
    yield "rule.json", {"hash": outcome.rule_hash, "edition": outcome.edition, "text": view.description}


def _evidence(session: Session, actor: Actor, case_id: UUID, outcome: OutcomeView) -> dict[str, UUID]:
    """The files behind the progress of the period, kept once more, so that nobody's clearing up takes them away."""
    behind = {one.progress_id for one in progress_for(session, outcome.person_id, outcome.starts, outcome.ends)}
    if not behind:
        return {}
    rows = session.scalars(
        select(StoredFile).where(StoredFile.subject_id.in_(behind)).order_by(StoredFile.id).limit(MOST_EVIDENCE)
    )
    return {
        f"evidence/{n:03d}-{_safe(row.name)}": keep_also(session, actor, row.id, PURPOSE, case_id)
        for n, row in enumerate(rows, 1)
    }


def _safe(name: str) -> str:
    return "".join(one if one.isalnum() or one in "._-" else "_" for one in name)[-80:]


def _file(path: str, row: StoredFile) -> BundleFile:
    return BundleFile(path, row.sha256, row.size, row.media_type)
