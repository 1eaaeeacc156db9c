"""Which regulation an agency follows from when: begin one, plan ahead, end one and start the next. Console role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.db.refusals import Words, in_words
from selaras.errors import Conflict, Invalid, NotFound
from selaras.tenancy.models import Agency, RegulationAssignment
from selaras.tenancy.operators import note
from selaras.tenancy.packs import RegulationSpan

SEEDED = "seeded from the agency's pack"
_WORDS = {
    "one_regulation_a_day": Words(
        Conflict,
        "regulation.overlap",
        "Another regulation is followed on some of those days. End it first, or switch from it on the day.",
    )
}


@dataclass(frozen=True)
class Assignment:
    """A regulation that an agency follows on the days from `starts` up to, not including, `ends`."""

    id: UUID
    regulation: str
    edition: str | None
    starts: date
    ends: date | None
    reason: str
    rollout_id: UUID | None

    def holds(self, day: date) -> bool:
        """Whether it is followed on a day."""
        return self.starts <= day and (self.ends is None or day < self.ends)

    def as_json(self) -> dict[str, str | None]:
        """What is needed to restore it."""
        return {
            "regulation": self.regulation,
            "edition": self.edition,
            "from": self.starts.isoformat(),
            "until": _iso(self.ends),
            "reason": self.reason,
        }


def assignments(session: Session, tenant_id: int, *, lock: bool = False) -> tuple[Assignment, ...]:
    """All of an agency's assignments in order of the days; `lock` keeps other operators out until the commit."""
    query = (
        select(RegulationAssignment)
        .where(RegulationAssignment.tenant_id == tenant_id)
        .order_by(func.lower(RegulationAssignment.during))
        .execution_options(populate_existing=True)
    )
    found = session.scalars(query.with_for_update() if lock else query)
    return tuple(_assignment(row) for row in found)


def assign(
    session: Session,
    actor_name: str,
    tenant_id: int,
    regulation: str,
    starts: date,
    ends: date | None = None,
    *,
    edition: str | None = None,
    reason: str,
) -> UUID:
    """Follow a regulation on days that are free: `starts` up to, not including, `ends` (None: until further notice).

    Invalid for an end before the start or no reason; Conflict names what is followed on those days already.
    """
    _check_span(starts, ends, reason)
    uuid = _lock_agency(session, tenant_id)
    _refuse_overlap(assignments(session, tenant_id), regulation, starts, ends)
    made = insert_assignment(session, tenant_id, regulation, edition, starts, ends, reason)
    payload = {"regulation": regulation, "edition": edition, "from": starts.isoformat(), "until": _iso(ends)}
    note(session, actor_name, "regulation.assigned", uuid, {**payload, "reason": reason})
    return made


def end(session: Session, actor_name: str, tenant_id: int, last: date, *, reason: str) -> None:
    """End what is followed on `last` with that day, and drop nothing that is planned later.

    NotFound if nothing is followed on that day.
    """
    _check_span(last, None, reason)
    uuid = _lock_agency(session, tenant_id)
    current = _on(assignments(session, tenant_id, lock=True), last)
    if current is None:
        raise NotFound("regulation.none_to_end", "Nothing is followed on {day}, so nothing ends.", day=last.isoformat())
    shorten(session, current, last + timedelta(days=1))
    payload = {"regulation": current.regulation, "last": last.isoformat(), "reason": reason}
    note(session, actor_name, "regulation.ended", uuid, payload)


def switch(
    session: Session,
    actor_name: str,
    tenant_id: int,
    regulation: str,
    starts: date,
    *,
    edition: str | None = None,
    reason: str,
    rollout_id: UUID | None = None,
) -> UUID:
    """Follow another regulation from a day on: what was followed ends the day before, what is planned later stays.

    What was to begin on that very day is replaced. Conflict if nothing would change.
    """
    _check_span(starts, None, reason)
    uuid = _lock_agency(session, tenant_id)
    standing = assignments(session, tenant_id, lock=True)
    current = _on(standing, starts)
    if current is not None:
        _refuse_same(current, regulation, edition, starts)
        ends = current.ends
        shorten(session, current, starts)
    else:
        later = [one.starts for one in standing if one.starts > starts]
        ends = min(later, default=None)
    made = insert_assignment(session, tenant_id, regulation, edition, starts, ends, reason, rollout_id)
    payload = {"regulation": regulation, "edition": edition, "from": starts.isoformat(), "until": _iso(ends)}
    before = current.regulation if current else None
    note(session, actor_name, "regulation.switched", uuid, {**payload, "before": before, "reason": reason})
    return made


def restore(
    session: Session,
    tenant_id: int,
    rollout_id: UUID,
    day: date,
    before: Sequence[Mapping[str, str | None]],
    reason: str,
) -> None:
    """Give the days from `day` on that a rollout took back to what stood `before` (as `as_json` wrote it)."""
    _lock_agency(session, tenant_id)
    for taken in assignments(session, tenant_id, lock=True):
        if taken.rollout_id != rollout_id or (taken.ends is not None and taken.ends <= day):
            continue
        first = max(day, taken.starts)
        shorten(session, taken, first)
        for one in before:
            _restore_one(session, tenant_id, one, first, taken.ends, reason)


def _restore_one(
    session: Session, tenant_id: int, one: Mapping[str, str | None], first: date, ends: date | None, reason: str
) -> None:
    regulation, edition, until = str(one["regulation"]), one["edition"], one["until"]
    starts = max(first, date.fromisoformat(str(one["from"])))
    last = min((day for day in (ends, date.fromisoformat(until) if until else None) if day), default=None)
    if last is not None and last <= starts:
        return
    for neighbour in assignments(session, tenant_id):
        if neighbour.ends == starts and (neighbour.regulation, neighbour.edition) == (regulation, edition):
            _lengthen(session, neighbour, last)
            return
    insert_assignment(session, tenant_id, regulation, edition, starts, last, reason)


def first_regulations(session: Session, tenant_id: int, spans: Sequence[RegulationSpan], *, created: bool) -> int:
    """What a new agency follows; an older one that follows anything already keeps that. Returns how many were written.

    Conflict if two of the spans share a day.
    """
    if not spans or (not created and _follows_any(session, tenant_id)):
        return 0
    rows = []
    for span in spans:
        ends = None if span.ends is None else span.ends + timedelta(days=1)
        _check_span(span.starts, ends, SEEDED)
        rows.append(
            {
                "tenant_id": tenant_id,
                "regulation": span.code,
                "edition": span.edition,
                "during": Range(span.starts, ends),
                "reason_text": SEEDED,
            }
        )
    with in_words(_WORDS):
        session.execute(insert(RegulationAssignment), rows)
    return len(rows)


def insert_assignment(
    session: Session,
    tenant_id: int,
    regulation: str,
    edition: str | None,
    starts: date,
    ends: date | None,
    reason: str,
    rollout_id: UUID | None = None,
) -> UUID:
    """Write an assignment as it is given; Conflict if one of its days is taken."""
    with in_words(_WORDS):
        return session.scalars(
            insert(RegulationAssignment)
            .values(
                tenant_id=tenant_id,
                regulation=regulation,
                edition=edition,
                during=Range(starts, ends),
                reason_text=reason.strip(),
                rollout_id=rollout_id,
            )
            .returning(RegulationAssignment.id)
        ).one()


def shorten(session: Session, assignment: Assignment, ends: date) -> None:
    """Let an assignment end before `ends`; one that would have no day left is removed."""
    where = RegulationAssignment.id == assignment.id
    if ends <= assignment.starts:
        session.execute(delete(RegulationAssignment).where(where))
        return
    session.execute(update(RegulationAssignment).where(where).values(during=Range(assignment.starts, ends)))


def _lengthen(session: Session, assignment: Assignment, ends: date | None) -> None:
    session.execute(
        update(RegulationAssignment)
        .where(RegulationAssignment.id == assignment.id)
        .values(during=Range(assignment.starts, ends))
    )


def _check_span(starts: date, ends: date | None, reason: str) -> None:
    if ends is not None and ends <= starts:
        raise Invalid(
            "regulation.span",
            "The regulation would end before it begins ({starts} to {ends}). Write a later end.",
            starts=starts.isoformat(),
            ends=ends.isoformat(),
        )
    if not reason.strip():
        raise Invalid("reason_missing", "Write the reason: it is recorded with the change.")


def _lock_agency(session: Session, tenant_id: int) -> str:
    """Serialise operators on one agency; returns its uuid."""
    uuid = session.scalar(select(Agency.uuid).where(Agency.tenant_id == tenant_id).with_for_update())
    if uuid is None:
        raise NotFound(
            "agency.unknown",
            "There is no agency {agency}. “selaras tenant list” shows those there are.",
            agency=f"number {tenant_id}",
        )
    return str(uuid)


def _refuse_overlap(standing: Sequence[Assignment], regulation: str, starts: date, ends: date | None) -> None:
    for one in standing:
        if (ends is None or one.starts < ends) and (one.ends is None or starts < one.ends):
            raise Conflict(
                "regulation.taken",
                "{regulation} cannot begin on {starts}: {other} is followed from {first} until {last}. End it first, "
                "or switch from it on the day.",
                regulation=regulation,
                starts=starts.isoformat(),
                other=one.regulation,
                first=one.starts.isoformat(),
                last=_last(one.ends),
            )


def _refuse_same(current: Assignment, regulation: str, edition: str | None, starts: date) -> None:
    if (current.regulation, current.edition) == (regulation, edition):
        raise Conflict(
            "regulation.same",
            "{regulation} is followed on {day} already; nothing was changed.",
            regulation=regulation,
            day=starts.isoformat(),
        )


def _on(standing: Sequence[Assignment], day: date) -> Assignment | None:
    return next((one for one in standing if one.holds(day)), None)


def _assignment(row: RegulationAssignment) -> Assignment:
    during = row.during
    assert during.lower is not None
    return Assignment(row.id, row.regulation, row.edition, during.lower, during.upper, row.reason_text, row.rollout_id)


def _follows_any(session: Session, tenant_id: int) -> bool:
    there = select(RegulationAssignment.id).where(RegulationAssignment.tenant_id == tenant_id).limit(1)
    return session.scalar(there) is not None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _last(ends: date | None) -> str:
    return "further notice" if ends is None else (ends - timedelta(days=1)).isoformat()
