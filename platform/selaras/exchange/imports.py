"""Taking over one uploaded file: all of it or nothing, with a report that names every row to mend."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import PurePosixPath
from typing import Literal
from uuid import UUID

import polars as pl
import psycopg
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now, today
from selaras.db.bulk import set_based
from selaras.db.merge import Merged
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, Refused
from selaras.exchange.access import refuse_kind
from selaras.exchange.intake import Intake, Loader
from selaras.exchange.kinds import (
    accounts,
    assignments,
    closed_days,
    daily_log,
    feedback,
    goals,
    history,
    matrix,
    organisation_ratings,
    people,
    plan_texts,
    plans,
    potential,
    progress,
    ratings,
    superiors,
    team_inputs,
    units,
)
from selaras.exchange.layouts import DECLARED, LAYOUTS, Kind, with_declared
from selaras.exchange.models import ImportBatch
from selaras.exchange.reading import read_table
from selaras.exchange.report import ImportReport, Rejected, listed
from selaras.exchange.sheets import Unreadable, read_sheets
from selaras.files.service import check_name, keep
from selaras.files.store import FileStore
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.reach import reach
from selaras.regulation.registry import Registry
from selaras.tenancy.models import Agency

State = Literal["taken", "refused", "previewed"]
FIRST_DAY = date(1950, 1, 1)
FARTHEST = timedelta(days=366)

LOADERS: Mapping[Kind, Loader] = {
    Kind.UNITS: units.load,
    Kind.PEOPLE: people.load,
    Kind.SUPERIORS: superiors.load,
    Kind.GOALS: goals.load,
    Kind.ASSIGNMENTS: assignments.load,
    Kind.PLANS: plans.load,
    Kind.PLAN_TEXTS: plan_texts.load,
    Kind.MATRIX: matrix.load,
    Kind.PROGRESS: progress.load,
    Kind.DAILY_LOG: daily_log.load,
    Kind.FEEDBACK: feedback.load,
    Kind.TEAM_INPUTS: team_inputs.load,
    Kind.ORGANISATION_RATINGS: organisation_ratings.load,
    Kind.RATINGS: ratings.load,
    Kind.HISTORY: history.load,
    Kind.POTENTIAL: potential.load,
    Kind.ACCOUNTS: accounts.load,
    Kind.CLOSED_DAYS: closed_days.load,
}


# What may be imported for a part of the agency: every row is about one person, or one unit, of that part.
OF_PEOPLE = frozenset(
    {
        Kind.ASSIGNMENTS,
        Kind.PLANS,
        Kind.PLAN_TEXTS,
        Kind.MATRIX,
        Kind.PROGRESS,
        Kind.DAILY_LOG,
        Kind.FEEDBACK,
        Kind.TEAM_INPUTS,
        Kind.ORGANISATION_RATINGS,
        Kind.RATINGS,
    }
)


def run(  # noqa: PLR0913  # the file, who brings it, and what the caller's process has at hand
    session: Session,
    actor: Actor,
    kind: str,
    file_name: str,
    data: bytes,
    *,
    registry: Registry | None = None,
    store: FileStore | None = None,
    preview: bool = False,
    as_of: date | None = None,
    accept_vanished: bool = False,
    progress: Callable[[int, int], None] | None = None,
    batch_id: UUID | None = None,
) -> ImportReport:
    """Take over a file of one `Kind`, or refuse it whole; needs what `access.refuse_kind` asks.

    Errors leave only the batch's row with the problems (commit it, so that they can be read); a preview does all the
    work, reports it and takes it back. The same file twice changes nothing. Raises `Invalid` for an unknown kind.
    `progress` is told (rows done, rows): when the file is read, and when it is taken. `batch_id`: the import's, where
    it was given one before.
    """
    known, name = known_kind(kind), plain_name(file_name)
    refuse_kind(actor, known)
    _refuse_whole(actor, known)
    _one_at_a_time(session)
    present = today(
        session.execute(select(Agency.time_zone).where(Agency.tenant_id == tenant_of(session))).scalar_one()
    )
    _check_day(as_of, present)
    batch_id = batch_id or session.execute(select(func.uuidv7())).scalar_one()
    assert batch_id is not None
    intake = Intake(session, actor, batch_id, present, as_of or present, as_of, registry, accept_vanished)
    intake.units = reach(session, actor, Permission.IMPORT, present)
    rows, notes, table = _read(intake, known, name, data)
    if progress is not None:
        progress(0, rows)
    changed: dict[str, int] = {}
    state: State = "refused"
    if table is not None:
        state, changed = _take(intake, LOADERS[known], table, preview=preview)
        notes += [f"Columns not used: {listed(intake.unused, 100)}"] if intake.unused else []
    batch = ImportBatch(
        id=batch_id,
        kind=known.value,
        file_name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        state=state,
        rows=rows,
        changed=changed,
        problems=[problem.as_dict() for problem in intake.problems.all()],
        account_id=actor.account_id,
        created_at=now(),
    )
    _leave_traces(session, actor, batch, data, store)
    if progress is not None:
        progress(rows, rows)
    return ImportReport(batch.id, known.value, state, rows, changed, intake.problems.all(), tuple(notes))


def _refuse_whole(actor: Actor, kind: Kind) -> None:
    """What sets up the agency itself (units, people, superiors, goals, history) is for those who import for all."""
    if kind is not Kind.ACCOUNTS and actor.roots(Permission.IMPORT) is not None and kind not in OF_PEOPLE:
        raise Refused(
            "import_whole",
            "Files of this kind are imported for the whole agency; you import for a part of it. Ask its performance "
            "manager.",
        )


def plain_name(file_name: str) -> str:
    """The name without folders; `Invalid` says before anything is read that it cannot be kept."""
    name = PurePosixPath(file_name.replace("\\", "/")).name or "file"
    check_name(name, field="file")
    return name


def _check_day(as_of: date | None, present: date) -> None:
    """A day on which changes take effect lies within living memory, and not more than a year ahead."""
    if as_of is not None and not FIRST_DAY <= as_of <= present + FARTHEST:
        raise Invalid(
            "import_day",
            "{day} cannot be the day since when changes hold; state one from {first} to {last}.",
            day=as_of,
            first=FIRST_DAY,
            last=present + FARTHEST,
            field="as_of",
        )


def known_kind(kind: str) -> Kind:
    """The kind of that name, or `Invalid` with the kinds there are."""
    try:
        return Kind(kind)
    except ValueError as error:
        raise Invalid(
            "import_kind",
            "There is no import of “{kind}”; use one of: {known}.",
            kind=kind,
            known=", ".join(Kind),
        ) from error


def _one_at_a_time(session: Session) -> None:
    """Two imports of one agency wait for each other; those of other agencies do not."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('selaras.import'), :tenant)"), {"tenant": tenant_of(session)}
    )


def _read(intake: Intake, kind: Kind, file_name: str, data: bytes) -> tuple[int, list[str], pl.DataFrame | None]:
    """How many rows, notes, and the typed table unless the file is unfit."""
    problems = intake.problems
    try:
        sheets = read_sheets(file_name, data)
    except Unreadable as error:
        problems.add(error.code, row=error.row, sheet=error.sheet, **error.params)
        return 0, [], None
    columns = LAYOUTS[kind]
    if kind in (Kind.RATINGS, Kind.PLANS):
        columns = with_declared(columns, (header for sheet in sheets for header in sheet.header))
        intake.declared = {one.name: one.header for one in columns if one.name.startswith(DECLARED)}
    table, notes = read_table(sheets, columns, problems)
    rows = sum(sheet.cells.height for sheet in sheets)
    return rows, notes, None if table.is_empty() else table


def _take(intake: Intake, load: Loader, table: pl.DataFrame, *, preview: bool) -> tuple[State, dict[str, int]]:
    """Within a savepoint, so that what the checks of the last moment refuse leaves nothing behind."""
    savepoint = intake.session.begin_nested()
    try:
        with set_based(intake.session):
            merged = load(intake, table)
        intake.problems.refuse_errors()
    except Rejected:
        savepoint.rollback()
        return "refused", {}
    except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
        savepoint.rollback()
        raise Conflict(
            "import_contradicts",
            "The file contradicts what is stored here ({rule}); nothing was changed. "
            "If this happens again with a freshly exported file, tell the operator.",
            rule=error.diag.constraint_name or error.diag.message_primary or "unknown",
        ) from error
    if preview:
        savepoint.rollback()
    else:
        savepoint.commit()
    return "previewed" if preview else "taken", _counts(merged)


def _counts(merged: Mapping[str, Merged]) -> dict[str, int]:
    """`<thing>.new`, `.changed`, `.ended`: only what is not zero, so that empty means: nothing changed."""
    counts = {
        f"{thing}.{what}": count
        for thing, one in merged.items()
        for what, count in (("new", one.inserted), ("changed", one.updated), ("ended", one.ended))
    }
    return {name: count for name, count in counts.items() if count}


def _leave_traces(session: Session, actor: Actor, batch: ImportBatch, data: bytes, store: FileStore | None) -> None:
    """The batch, the ledger's entry, and the file itself where it was taken: nobody fills a disk with refused ones."""
    session.add(batch)
    session.flush()
    if store is not None and batch.state == "taken":
        media = "application/zip" if data.startswith(b"PK") else "text/csv"
        keep(session, store, actor, batch.file_name, media, data, "import", batch.id)
    payload = {"kind": batch.kind, "sha256": batch.sha256, "rows": batch.rows, "changed": dict(batch.changed)}
    record(session, actor, f"import.{batch.state}", f"import_batch:{batch.id}", payload)
