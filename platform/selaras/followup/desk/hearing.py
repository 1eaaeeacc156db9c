"""Hearing both sides of an objection: until when, who has spoken, and what each said with which files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.errors import Conflict, Invalid, Refused
from selaras.files.kinds import evidence_type
from selaras.files.queries import FileView, files_of
from selaras.files.scanning import Scanner, refuse_infected
from selaras.files.service import keep
from selaras.files.store import FileStore
from selaras.followup.desk.models import ObjectionStatement
from selaras.followup.objections import Objection
from selaras.followup.rules import refuse_short
from selaras.identity.actor import Actor
from selaras.notices.service import tell
from selaras.tenancy.legal_clock import legal_clock

EMPLOYEE, APPRAISER = "employee", "appraiser"
PURPOSE = "objection_statement"
MOST_FILES = 5


@dataclass(frozen=True)
class Attached:
    """A file that comes with a statement."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Statement:
    """What one side said; `content` is None where it had nothing to add."""

    id: UUID
    side: str
    content: str | None
    at: datetime
    files: tuple[FileView, ...] = ()


@dataclass(frozen=True)
class Hearing:
    """Where the hearing stands: until when both may explain, what they said, and who has not spoken yet.

    `over`: both have spoken, or the last day has passed; before that nobody decides.
    """

    invited_at: datetime
    until: date
    days: int
    kind: str
    article: str
    certainty: str
    moved: int
    statements: tuple[Statement, ...]
    missing: tuple[str, ...]
    over: bool

    def of(self, side: str) -> Statement | None:
        """What one side said, if it has spoken."""
        return next((one for one in self.statements if one.side == side), None)


def hearing(session: Session, objection: Objection, *, with_files: bool = True) -> Hearing:
    """The hearing of an objection as it stands now."""
    of_case = ObjectionStatement.case_id == objection.case_id
    rows = session.scalars(select(ObjectionStatement).where(of_case).order_by(ObjectionStatement.at))
    said = tuple(_view(session, row, with_files=with_files) for row in rows)
    sides = (EMPLOYEE, APPRAISER) if objection.appraiser_id else (EMPLOYEE,)
    missing = tuple(side for side in sides if side not in {one.side for one in said})
    clock, window = legal_clock(session), objection.hearing
    until = clock.until(objection.invited_at, window)
    return Hearing(
        invited_at=objection.invited_at,
        until=until,
        days=int(window["days"]),
        kind=str(window["kind"]),
        article=str(window["article"]),
        certainty=str(window["certainty"]),
        moved=clock.moved(objection.invited_at, window),
        statements=said,
        missing=missing,
        over=not missing or clock.today() > until,
    )


def side_of(actor: Actor, objection: Objection) -> str | None:
    """Which side of an objection the actor is or acts for: the employee, the appraiser, or neither."""
    if actor.person_id is None:
        return None
    own = {objection.person_id: EMPLOYEE, objection.appraiser_id: APPRAISER}.get(actor.person_id)
    return own or (APPRAISER if objection.speaks_by else None)


def state(
    session: Session,
    actor: Actor,
    store: FileStore,
    objection: Objection,
    content: str,
    attached: Sequence[Attached] = (),
    *,
    nothing_to_add: bool = False,
    scanner: Scanner | None = None,
) -> None:
    """One side explains, once, before the decision, or says that it has nothing to add; files are as of evidence.

    `Invalid` for neither or both, `Refused` for whoever is no side, `Conflict` once that side has spoken or the
    objection is over.
    """
    side = side_of(actor, objection)
    if side is None:
        raise Refused("objection.no_side", "Only the person who objected and the appraiser explain themselves here.")
    refuse_over(objection)
    actor = actor.by(objection.speaks_by)
    if nothing_to_add == bool(content.strip() or attached):
        raise Invalid("objection.empty", "Write your explanation, or say that you have nothing to add.")
    if not nothing_to_add:
        refuse_short(content)
    kinds = [_kind(one, scanner) for one in _counted(attached)]
    row = ObjectionStatement(
        case_id=objection.case_id,
        said_by=side,
        content=content.strip() or None,
        account_id=actor.account_id,
        delegation_id=actor.acting.id if actor.acting else None,
        at=now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Conflict(
            "objection.said", "You have explained yourself already; what was said stays as it is."
        ) from error
    for one, kind in zip(attached, kinds, strict=True):
        keep(session, store, actor, one.name, kind, one.data, PURPOSE, row.id)
    payload: dict[str, Any] = {"case": objection.case_id, "side": side, "files": len(attached)}
    if row.content:
        payload["content"] = salted(session, row.content)
    record(session, actor, "objection.stated", f"person:{objection.person_id}", payload)
    if objection.decider_id:
        tell(session, objection.decider_id, "objection_stated", objection.person_id, {"period": objection.period})


def refuse_unheard(session: Session, objection: Objection) -> None:
    """`Conflict` while a side may still explain: nobody decides before."""
    found = hearing(session, objection, with_files=False)
    if not found.over:
        raise Conflict(
            "objection.unheard",
            "Both sides are heard first ({article}): a decision is possible once both have explained themselves, or "
            "from the day after {until}.",
            article=found.article,
            until=found.until,
        )


def refuse_over(objection: Objection) -> None:
    """`Conflict` where an objection was decided or withdrawn."""
    if objection.decided_at is not None:
        raise Conflict("objection.decided", "This objection has been decided already; that decision is final.")
    if objection.withdrawn_at is not None:
        raise Conflict("objection.withdrawn", "This objection was withdrawn; the result stands and is final.")


def _counted(attached: Sequence[Attached]) -> Sequence[Attached]:
    if len(attached) > MOST_FILES:
        raise Invalid("objection.files", "Attach at most {most} files.", most=MOST_FILES, field="files")
    return attached


def _kind(one: Attached, scanner: Scanner | None) -> str:
    """The media type by the content, as of evidence; what the scanner finds is not kept."""
    kind = evidence_type(one.data)
    refuse_infected(scanner, one.data)
    return kind


def _view(session: Session, row: ObjectionStatement, *, with_files: bool) -> Statement:
    files = files_of(session, row.id) if with_files else ()
    return Statement(row.id, row.said_by, row.content, row.at, files)
