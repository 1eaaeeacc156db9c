"""Drafts of the agency's table of pay: written by one, approved by a second person, then a version in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.evaluation.models import Period
from selaras.followup.models import RemunerationTable
from selaras.followup.pay.content import PayContent, check, content_of, read_content, refuse_unsound
from selaras.followup.pay.models import RemunerationDraft
from selaras.followup.pay.simulation_queries import is_simulated
from selaras.followup.service import revise, scheme_of
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.notices.service import tell
from selaras.organisation.models import Person
from selaras.regulation import Registry, Rules
from selaras.regulation.kit import Finding
from selaras.tenancy.packs import REGIONAL
from selaras.tenancy.queries import agency, rules_on

REASON_LENGTH = 20
LONGEST = 2_000
APPROVERS = (Permission.CHOOSE_RULES, Permission.OVERRIDE_DISTRIBUTION)
"""Who may approve what somebody else has written."""

_HELD = text(
    """
    SELECT DISTINCT p.job_class FROM selaras.position p
    JOIN selaras.appointment a ON a.tenant_id = :tenant AND a.position_id = p.id AND a.during @> CAST(:day AS date)
    WHERE p.tenant_id = :tenant AND p.job_class IS NOT NULL ORDER BY 1
    """
)


@dataclass(frozen=True)
class Written:
    """What a draft is written with: the table, its first day, why."""

    content: PayContent
    starts: date
    reason: str


def begin(session: Session, actor: Actor, starts: date, reason: str, *, restores: int | None = None) -> UUID:
    """Begin a draft out of the version in force on `starts` (or the earlier version `restores`); returns its id.

    One draft at a time. `Conflict` where one is open, `NotFound` where there is no such version.
    """
    account_id = _in_person(actor)
    _check_reason(reason)
    if session.scalar(select(RemunerationDraft.id).where(RemunerationDraft.state.in_(("draft", "submitted")))):
        raise Conflict("remuneration.draft_open", "A draft of the table of pay is open already; finish that one first.")
    table = _source(session, starts, restores)
    draft = RemunerationDraft(
        kind=table.kind,
        starts=starts,
        content=content_of(table).stored(),
        reason=reason.strip(),
        restores=restores,
        drawn_by=account_id,
    )
    session.add(draft)
    session.flush()
    payload = {"kind": table.kind, "from": starts.isoformat(), "restores": restores}
    record(session, actor, "remuneration.draft", f"remuneration_draft:{draft.id}", payload)
    return draft.id


def save(session: Session, actor: Actor, draft_id: UUID, written: Written, *, seen: int | None = None) -> int:
    """Write a draft; returns its edition. With `seen` only what was read is overwritten. A draft handed in is not."""
    account_id = _in_person(actor)
    _check_reason(written.reason)
    draft = locked(session, draft_id)
    if draft.state != "draft":
        raise Conflict("remuneration.draft_state", "This draft is not being written any more. Reload the page.")
    if seen is not None and seen != draft.edition:
        raise Conflict(
            "remuneration.draft_changed",
            "This draft was changed meanwhile (edition {edition}). Reload it and write your change into it.",
            edition=draft.edition,
        )
    refuse_unsound(written.content)
    written.content.scheme(draft.kind)
    stored = written.content.stored()
    if (draft.content, draft.starts, draft.reason) != (stored, written.starts, written.reason.strip()):
        draft.content, draft.starts, draft.reason = stored, written.starts, written.reason.strip()
        # Whoever wrote last has written it: that person does not approve it.
        draft.edition, draft.drawn_by, draft.drawn_at = draft.edition + 1, account_id, now()
        record(session, actor, "remuneration.write", f"remuneration_draft:{draft.id}", {"edition": draft.edition})
    session.flush()
    return draft.edition


def findings_of(session: Session, registry: Registry, draft_id: UUID) -> list[Finding]:
    """What is wrong with a draft by the regulation and the posts of its first day; `NotFound` without one."""
    draft = session.get(RemunerationDraft, (tenant_of(session), draft_id))
    if draft is None:
        raise NotFound("remuneration.draft_unknown", "There is no such draft of a table of pay here.")
    return findings(session, registry, draft)


def findings(session: Session, registry: Registry, draft: RemunerationDraft) -> list[Finding]:
    """The same for a draft at hand."""
    content = read_content(draft.content)
    try:
        outcomes = [one.code for one in law_on(session, registry, draft.starts).outcomes]
    except NotFound:
        return [Finding("no_law", "error", params={"day": draft.starts.isoformat()})]
    found = check(content, draft.kind, outcomes, held_classes(session, draft.starts))
    if (regional := agency(session, tenant_of(session)).kind in REGIONAL) != (draft.kind == "tpp"):
        found.append(Finding("other_government", "note", params={"regional": regional}))
    return found


def submit(session: Session, actor: Actor, registry: Registry, draft_id: UUID) -> None:
    """Hand a draft to the second person; it has no errors left, and was simulated as it stands."""
    _in_person(actor)
    draft = locked(session, draft_id)
    if draft.state != "draft":
        raise Conflict("remuneration.draft_state", "This draft is not being written any more. Reload the page.")
    _refuse_errors(findings(session, registry, draft))
    refuse_closed(session, draft.starts)
    if not is_simulated(session, draft.id, draft.edition):
        raise Conflict(
            "remuneration.not_simulated",
            "Simulate the table as it stands on a closed period first, so that whoever approves it sees what it costs.",
        )
    draft.state, draft.submitted_at, draft.answer = "submitted", now(), None
    record(session, actor, "remuneration.submit", f"remuneration_draft:{draft.id}", {"edition": draft.edition})


def decide(
    session: Session, actor: Actor, registry: Registry, draft_id: UUID, *, approve: bool, reason: str = ""
) -> UUID | None:
    """A second person approves (the draft is the version in force from its day on), or gives it back with a reason.

    Returns the new version's id. The first check is made again: posts, periods and versions may have changed.
    """
    if actor.account_id is None or not any(actor.holds_whole(one) for one in APPROVERS):
        actor.require_whole(Permission.CHOOSE_RULES)
    draft = locked(session, draft_id)
    if draft.state != "submitted":
        raise Conflict("remuneration.draft_not_submitted", "This draft does not wait for an answer. Reload the page.")
    if actor.account_id == draft.drawn_by:
        raise Refused("remuneration.two_persons", "Nobody approves what they wrote themselves: a second person does.")
    if not approve:
        _check_reason(reason)
        draft.state, draft.answer, draft.edition = "draft", reason.strip(), draft.edition + 1
        said = {"edition": draft.edition, "reason": salted(session, draft.answer)}
        record(session, actor, "remuneration.return", f"remuneration_draft:{draft.id}", said)
        _tell(session, draft, "pay_table_returned")
        return None
    _refuse_errors(findings(session, registry, draft))
    refuse_closed(session, draft.starts)
    made = _activate(session, actor, registry, draft)
    draft.state, draft.table_id, draft.decided_by, draft.decided_at = "active", made, actor.account_id, now()
    record(session, actor, "remuneration.approve", f"remuneration_draft:{draft.id}", {"table": made})
    _tell(session, draft, "pay_table_approved")
    return made


def withdraw(session: Session, actor: Actor, draft_id: UUID) -> None:
    """Give a draft up; what was written stays readable."""
    _in_person(actor)
    draft = locked(session, draft_id)
    if draft.state not in ("draft", "submitted"):
        raise Conflict("remuneration.draft_state", "This draft is not being written any more. Reload the page.")
    draft.state = "withdrawn"
    record(session, actor, "remuneration.withdraw", f"remuneration_draft:{draft.id}", {})


def locked(session: Session, draft_id: UUID) -> RemunerationDraft:
    """The draft, held until the transaction ends; `NotFound` otherwise."""
    draft = session.scalar(select(RemunerationDraft).where(RemunerationDraft.id == draft_id).with_for_update())
    if draft is None:
        raise NotFound("remuneration.draft_unknown", "There is no such draft of a table of pay here.")
    return draft


def law_on(session: Session, registry: Registry, day: date) -> Rules:
    """The regulation whose outcomes the table is about."""
    return rules_on(session, agency(session, tenant_of(session)), day, registry)


def outcome_words(session: Session, registry: Registry, day: date) -> dict[str, str]:
    """Every word, in small letters, by which a file may name an outcome of the regulation of a day → its code."""
    outcomes = law_on(session, registry, day).outcomes
    said = {word.lower(): one.code for one in outcomes for word in (one.label["id"], one.label["en"])}
    return said | {one.code: one.code for one in outcomes}


def held_classes(session: Session, day: date) -> Sequence[int]:
    """The job classes of posts that somebody holds on a day."""
    return session.scalars(_HELD, {"tenant": tenant_of(session), "day": day}).all()


def refuse_closed(session: Session, start: date) -> None:
    """`Conflict` where a period that is closed, or being closed, ends on or after the day."""
    query = select(Period.code, Period.ends).where(Period.state != "open", Period.ends >= start)
    closed = session.execute(query.order_by(Period.ends.desc()).limit(1)).first()
    if closed is not None:
        raise Conflict(
            "remuneration.closed",
            "Period {period} is closed, or being closed, and pays by the table of its last day. Choose a first day "
            "after {ends}; what was paid by another table stays as it was.",
            period=closed.code,
            ends=closed.ends,
        )


def _activate(session: Session, actor: Actor, registry: Registry, draft: RemunerationDraft) -> UUID:
    content = read_content(draft.content)
    scheme = content.revision([one.code for one in law_on(session, registry, draft.starts).outcomes])
    query = select(RemunerationTable).where(
        RemunerationTable.kind == draft.kind, RemunerationTable.during.contains(draft.starts)
    )
    running = session.scalar(query)
    if running is not None:
        return revise(session, actor, running.id, draft.starts, {**scheme, "restores": draft.restores})
    later = select(func.min(func.lower(RemunerationTable.during))).where(
        RemunerationTable.kind == draft.kind, func.lower(RemunerationTable.during) > draft.starts
    )
    newest = session.scalar(select(func.max(RemunerationTable.version)).where(RemunerationTable.kind == draft.kind))
    during = Range(draft.starts, session.scalar(later))
    table = RemunerationTable(
        kind=draft.kind, version=(newest or 0) + 1, restores=draft.restores, during=during, **scheme
    )
    scheme_of(table)
    session.add(table)
    session.flush()
    return table.id


def _source(session: Session, starts: date, restores: int | None) -> RemunerationTable:
    query = select(RemunerationTable).order_by(RemunerationTable.during.contains(starts).desc(),
                                               RemunerationTable.version.desc())  # fmt: skip
    if restores is not None:
        query = query.where(RemunerationTable.version == restores)
    table = session.scalar(query.limit(1))
    if table is None:
        raise NotFound("remuneration.unknown", "There is no such scheme of remuneration.")
    return table


def _refuse_errors(found: Sequence[Finding]) -> None:
    errors = sum(1 for one in found if one.severity == "error")
    if errors:
        raise Invalid(
            "remuneration.draft_errors",
            "This table has {count} errors; the page of the draft names them. Mend them first.",
            count=errors,
        )


def _check_reason(reason: str) -> None:
    if not REASON_LENGTH <= len(reason.strip()) <= LONGEST:
        raise Invalid(
            "remuneration.reason",
            "Write the reason in {least} to {most} characters; it is recorded.",
            least=REASON_LENGTH,
            most=LONGEST,
            field="reason",
        )


def _in_person(actor: Actor) -> UUID:
    """The account of whoever may write tables of pay."""
    actor.require_whole(Permission.CHOOSE_RULES)
    if actor.account_id is None:
        raise Refused("remuneration.in_person", "A table of pay is written, simulated and approved in person.")
    return actor.account_id


def _tell(session: Session, draft: RemunerationDraft, code: str) -> None:
    """Whoever wrote it learns of the answer, if they are a person of the agency."""
    person = session.scalar(select(Person.id).where(Person.account_id == draft.drawn_by))
    if person is not None:
        tell(session, person, code, draft.id, {"from": draft.starts.isoformat()})
