"""Continuous feedback (umpan balik berkelanjutan): asked for or given unasked, on a result or a behaviour value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, aliased

from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Fault, Invalid, NotFound, Refused
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.monitoring.log import items_on
from selaras.monitoring.models import Feedback, FeedbackRequest
from selaras.notices.service import tell
from selaras.organisation.models import Person
from selaras.organisation.queries import superior_of

TONES = ("praise", "concern")
SHORTEST, LONGEST, LONGEST_NOTE, MOST_COLLEAGUES = 10, 2_000, 500, 300

# Superior, staff, and whoever has the same superior or serves in the same unit.
_COLLEAGUES = text(
    """
    WITH me AS (
        SELECT CAST(:me AS uuid) AS id,
               (SELECT superior_id FROM selaras.reporting_line WHERE tenant_id = :tenant AND person_id = :me
                 AND during @> CAST(:day AS date)) AS superior,
               (SELECT unit_id FROM selaras.appointment WHERE tenant_id = :tenant AND person_id = :me
                 AND kind = 'definitive' AND during @> CAST(:day AS date)) AS unit
    )
    SELECT p.id, p.name,
           CASE WHEN p.id = me.superior THEN 'subordinate' WHEN l.superior_id = me.id THEN 'superior' ELSE 'peer' END
             AS relation
    FROM me
    JOIN selaras.appointment a ON a.tenant_id = :tenant AND a.kind = 'definitive' AND a.during @> CAST(:day AS date)
    JOIN selaras.person p ON p.tenant_id = :tenant AND p.id = a.person_id AND p.id <> me.id
    LEFT JOIN selaras.reporting_line l
      ON l.tenant_id = :tenant AND l.person_id = p.id AND l.during @> CAST(:day AS date)
    WHERE p.id = me.superior OR l.superior_id = me.id OR l.superior_id = me.superior OR a.unit_id = me.unit
    ORDER BY p.search_name, p.id LIMIT :most
    """
)


@dataclass(frozen=True)
class Colleague:
    """Somebody to whom one may give feedback, and as what: `relation` is one's own to them."""

    person_id: UUID
    name: str
    relation: str


@dataclass(frozen=True)
class Word:
    """What is said, and on what: a result of the person's plan, a behaviour value, or neither; `tone`: of TONES."""

    content: str
    item_id: UUID | None = None
    behaviour: str = ""
    tone: str = ""


@dataclass(frozen=True)
class RequestView:
    """Somebody was asked about a person; `state`: waiting, answered, declined."""

    request_id: UUID
    person_id: UUID
    person_name: str
    giver_id: UUID
    giver_name: str
    asked_by: UUID
    item_id: UUID | None
    behaviour: str | None
    note: str | None
    asked_at: datetime
    state: str


def colleagues(session: Session, actor: Actor, day: date) -> list[Colleague]:
    """Superior, staff and peers of the actor on a day."""
    if actor.person_id is None:
        return []
    values = {"tenant": tenant_of(session), "me": actor.person_id, "day": day, "most": MOST_COLLEAGUES}
    return [Colleague(row.id, row.name, row.relation) for row in session.execute(_COLLEAGUES, values)]


def subjects(session: Session, actor: Actor, person_id: UUID, day: date) -> dict[UUID, str]:
    """The results on which the actor may say something: a superior's staff have them, others only what was asked."""
    results = items_on(session, person_id, day)
    if superior_of(session, person_id, day) == actor.person_id:
        return results
    asked = {one.item_id for one in requests_to(session, actor) if one.person_id == person_id}
    return {item: title for item, title in results.items() if item in asked}


def give(session: Session, actor: Actor, person_id: UUID, word: Word, behaviours: set[str], day: date) -> UUID:
    """Say something about a colleague, or about whom one was asked; the person is told. Twice the same is once."""
    giver = _somebody(actor)
    relation = _relation(session, actor, giver, person_id, day)
    _check(word, behaviours, subjects(session, actor, person_id, day))
    values = {
        "person_id": person_id,
        "giver_id": giver,
        "relation": relation,
        "item_id": word.item_id,
        "behaviour": word.behaviour or None,
        "on_day": day,
        "content": word.content.strip(),
    }
    same = select(Feedback.id).filter_by(**values)
    found: UUID | None = session.scalar(same.limit(1))
    if found is None:
        row = Feedback(**values, tone=word.tone or None)
        session.add(row)
        session.flush()
        found = row.id
        tell(session, person_id, "feedback_received", found, {})
    waiting = FeedbackRequest.answered_at.is_(None)
    asked = update(FeedbackRequest).where(FeedbackRequest.person_id == person_id, FeedbackRequest.giver_id == giver)
    session.execute(asked.where(waiting).values(answered_at=now()))
    return found


def ask(  # who is asked, about whom and what
    session: Session, actor: Actor, person_id: UUID, giver_id: UUID, word: Word, behaviours: set[str], day: date
) -> UUID:
    """Ask a colleague for a word about oneself, or about somebody whom one appraises; they are told."""
    me = _somebody(actor)
    if person_id != me and superior_of(session, person_id, day) != me:
        raise NotFound("person_unknown", "There is no such person here.")
    known = {one.person_id for one in colleagues(session, actor, day)}
    if giver_id == person_id or giver_id not in known:
        raise Invalid("feedback_giver", "Choose a colleague from the list.", field="giver_id")
    _check_subject(word, behaviours, items_on(session, person_id, day))
    if len(word.content) > LONGEST_NOTE:
        raise Invalid("feedback_note", "Write it in at most {most} characters.", most=LONGEST_NOTE, field="note")
    same = select(FeedbackRequest.id).where(
        FeedbackRequest.person_id == person_id,
        FeedbackRequest.giver_id == giver_id,
        FeedbackRequest.answered_at.is_(None),
        FeedbackRequest.declined_at.is_(None),
        FeedbackRequest.item_id.is_not_distinct_from(word.item_id),
        FeedbackRequest.behaviour.is_not_distinct_from(word.behaviour or None),
    )
    held: UUID | None = session.scalar(same.limit(1))
    if held is not None:
        return held
    row = FeedbackRequest(
        person_id=person_id,
        giver_id=giver_id,
        asked_by=me,
        item_id=word.item_id,
        behaviour=word.behaviour or None,
        note=word.content.strip() or None,
    )
    session.add(row)
    session.flush()
    tell(session, giver_id, "feedback_asked", row.id, {"person": str(person_id)})
    return row.id


def decline(session: Session, actor: Actor, request_id: UUID) -> None:
    """Say nothing to a request; whoever asked sees that."""
    row = session.scalar(select(FeedbackRequest).where(FeedbackRequest.id == request_id).with_for_update())
    if row is None or row.giver_id != actor.person_id:
        raise NotFound("feedback_request_unknown", "There is no such request here.")
    if row.answered_at is None and row.declined_at is None:
        row.declined_at = now()
        session.flush()


def requests_to(session: Session, actor: Actor) -> list[RequestView]:
    """What the actor is asked and has neither answered nor declined."""
    waiting = (FeedbackRequest.answered_at.is_(None), FeedbackRequest.declined_at.is_(None))
    return _requests(session, FeedbackRequest.giver_id == actor.person_id, *waiting)


def requests_by(session: Session, actor: Actor) -> list[RequestView]:
    """What the actor asked others, the newest first."""
    return _requests(session, FeedbackRequest.asked_by == actor.person_id)


def given_by(session: Session, actor: Actor, limit: int = 50) -> list[tuple[date, str, str]]:
    """What the actor said about others: day, name, words; the newest first."""
    rows = session.execute(
        select(Feedback.on_day, Person.name, Feedback.content)
        .join(Person, (Person.id == Feedback.person_id) & (Person.tenant_id == Feedback.tenant_id))
        .where(Feedback.giver_id == actor.person_id)
        .order_by(Feedback.on_day.desc(), Feedback.id.desc())
        .limit(limit)
    )
    return [(row.on_day, row.name, row.content) for row in rows]


def _requests(session: Session, *where: object) -> list[RequestView]:
    about, giver = aliased(Person), aliased(Person)
    rows = session.execute(
        select(FeedbackRequest, about.name.label("about_name"), giver.name.label("giver_name"))
        .join(about, about.id == FeedbackRequest.person_id)
        .join(giver, giver.id == FeedbackRequest.giver_id)
        .where(*where)  # type: ignore[arg-type]  # conditions of SQLAlchemy
        .order_by(FeedbackRequest.asked_at.desc())
        .limit(100)
    )
    return [_view(row.FeedbackRequest, row.about_name, row.giver_name) for row in rows]


def _view(row: FeedbackRequest, about: str, giver: str) -> RequestView:
    state = "answered" if row.answered_at else "declined" if row.declined_at else "waiting"
    return RequestView(
        row.id,
        row.person_id,
        about,
        row.giver_id,
        giver,
        row.asked_by,
        row.item_id,
        row.behaviour,
        row.note,
        row.asked_at,
        state,
    )


def _somebody(actor: Actor) -> UUID:
    actor.require(Permission.SEE_OWN)
    if actor.person_id is None:
        raise Refused("feedback_nobody", "This account belongs to nobody at the agency, so it gives no feedback.")
    return actor.person_id


def _relation(session: Session, actor: Actor, giver: UUID, person_id: UUID, day: date) -> str:
    if person_id == giver:
        raise Refused("feedback_to_oneself", "Nobody gives feedback to themself.")
    near = {one.person_id: one.relation for one in colleagues(session, actor, day)}
    if person_id in near:
        return near[person_id]
    if any(one.person_id == person_id for one in requests_to(session, actor)):
        return "peer"
    raise NotFound("person_unknown", "There is no such person here.")


def _check(word: Word, behaviours: set[str], results: dict[UUID, str]) -> None:
    if not SHORTEST <= len(word.content.strip()) <= LONGEST:
        raise Invalid(
            "feedback_length",
            "Write {least} to {most} characters.",
            least=SHORTEST,
            most=LONGEST,
            field="content",
        )
    _check_subject(word, behaviours, results)


def _check_subject(word: Word, behaviours: set[str], results: dict[UUID, str]) -> None:
    faults = []
    if word.item_id is not None and word.item_id not in results:
        faults.append(Fault("feedback_item", "Choose a result from the list.", field="item_id"))
    if word.behaviour and word.behaviour not in behaviours:
        faults.append(Fault("feedback_behaviour", "Choose a behaviour from the list.", field="behaviour"))
    if word.tone and word.tone not in TONES:
        faults.append(Fault("feedback_tone", "Say whether it is praise or something to improve.", field="tone"))
    if word.behaviour and word.item_id:
        faults.append(Fault("feedback_both", "Choose a result or a behaviour, not both.", field="behaviour"))
    if faults:
        raise Invalid("feedback_subject", "Say on what it is; nothing was kept.", faults=faults)


def report(session: Session, actor: Actor, feedback_id: UUID, reason: str, day: date) -> None:
    """The person, or whoever appraises them, reports what is abusive or not meant; it stands until it is decided."""
    row = session.scalar(select(Feedback).where(Feedback.id == feedback_id).with_for_update())
    concerned = row is not None and actor.person_id in (row.person_id, superior_of(session, row.person_id, day))
    if row is None or actor.person_id is None or not concerned or row.removed_at is not None:
        raise NotFound("feedback_unknown", "There is no such feedback here.")
    if row.reported_at is not None:
        raise Conflict("feedback_reported", "This was reported already and waits for a decision.")
    if not SHORTEST <= len(reason.strip()) <= LONGEST_NOTE:
        raise Invalid(
            "feedback_reason", "Write {least} to {most} characters.", least=SHORTEST, most=LONGEST_NOTE, field="reason"
        )
    row.reported_at, row.report = now(), reason.strip()
    session.flush()
