"""Guidance (bimbingan kinerja) and counselling (konseling kinerja): recorded, acknowledged, followed up; private."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Fault, Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.monitoring.log import items_on
from selaras.monitoring.models import Coaching
from selaras.notices.service import tell
from selaras.organisation.delegation import acting_for
from selaras.organisation.models import Person
from selaras.organisation.queries import superior_of
from selaras.organisation.reminding import Reminded, remind, step_on

KINDS = ("guidance", "counselling")
CAUSES = ("progress_lags", "asked", "behaviour", "personal", "other")
SHORTEST, LONGEST, FARTHEST = 10, 4_000, timedelta(days=366)


@dataclass(frozen=True)
class Talk:
    """What is recorded of a talk: its kind, why it was held, what was said, what was agreed, when to look again."""

    kind: str
    cause: str
    content: str
    on_day: date
    agreed: str = ""
    follow_up_on: date | None = None
    item_id: UUID | None = None


@dataclass(frozen=True)
class TalkView:
    """A recorded talk with both names."""

    talk_id: UUID
    kind: str
    cause: str
    person_id: UUID
    person_name: str
    coach_id: UUID
    coach_name: str
    on_day: date
    content: str
    agreed: str | None
    follow_up_on: date | None
    followed_up_at: datetime | None
    follow_up: str | None
    acknowledged_at: datetime | None
    answer: str | None


def hold(session: Session, actor: Actor, person_id: UUID, talk: Talk, today: date) -> UUID:
    """Record a talk with somebody whom one appraises, or acts for; they are told and asked to acknowledge it."""
    coach = _coach(session, actor, person_id, today)
    _check(session, person_id, talk, today)
    values = {
        "kind": talk.kind,
        "person_id": person_id,
        "coach_id": coach,
        "item_id": talk.item_id,
        "on_day": talk.on_day,
        "cause": talk.cause,
        "content": talk.content.strip(),
        "agreed": talk.agreed.strip() or None,
        "follow_up_on": talk.follow_up_on,
    }
    held: UUID | None = session.scalar(select(Coaching.id).filter_by(**values).limit(1))
    if held is not None:
        return held
    row = Coaching(**values)
    session.add(row)
    session.flush()
    tell(session, person_id, "guidance_recorded", row.id, {})
    record(session, actor, f"coaching.{talk.kind}", f"person:{person_id}", {"talk": row.id, "day": talk.on_day})
    return row.id


def acknowledge(session: Session, actor: Actor, talk_id: UUID, answer: str) -> None:
    """The person has read it, and may say something to it; once."""
    row = _row(session, actor, talk_id)
    if row.person_id != actor.person_id:
        raise NotFound("talk_unknown", "There is no such record here.")
    if row.acknowledged_at is not None:
        return
    if len(answer.strip()) > LONGEST:
        raise Invalid("talk_answer", "Write it in at most {most} characters.", most=LONGEST, field="answer")
    row.acknowledged_at, row.answer = now(), answer.strip() or None
    session.flush()
    tell(session, row.coach_id, "guidance_acknowledged", row.id, {})


def follow(session: Session, actor: Actor, talk_id: UUID, words: str, again: date | None, today: date) -> None:
    """Whoever held the talk says what became of what was agreed; `again`: a further day to look at it."""
    row = _row(session, actor, talk_id)
    if row.coach_id != actor.person_id:
        raise NotFound("talk_unknown", "There is no such record here.")
    if row.followed_up_at is not None:
        raise Conflict("talk_followed", "What became of it was recorded already. Record a new talk.")
    if not SHORTEST <= len(words.strip()) <= LONGEST:
        raise Invalid(
            "talk_length", "Write {least} to {most} characters.", least=SHORTEST, most=LONGEST, field="follow_up"
        )
    if again is not None and not today < again <= today + FARTHEST:
        raise Invalid("talk_again", "Choose a day within the next year.", field="again")
    said = words.strip()
    if again is None:
        row.followed_up_at, row.follow_up = now(), said
    else:
        row.follow_up = "\n".join(filter(None, (row.follow_up, f"{today.isoformat()}: {said}")))
        row.follow_up_on = again
    session.flush()
    tell(session, row.person_id, "guidance_followed", row.id, {})


def talks_of(session: Session, actor: Actor) -> list[TalkView]:
    """The talks that one had and those that one held, the newest first."""
    mine = or_(Coaching.person_id == actor.person_id, Coaching.coach_id == actor.person_id)
    return _views(session, mine) if actor.person_id else []


def talks_with(session: Session, actor: Actor, person_id: UUID, today: date) -> list[TalkView]:
    """The talks with somebody whom one appraises: guidance by anybody, counselling only one's own."""
    _coach(session, actor, person_id, today)
    open_to_me = or_(Coaching.kind == "guidance", Coaching.coach_id == actor.person_id)
    return _views(session, Coaching.person_id == person_id, open_to_me)


def talk_for(session: Session, actor: Actor, talk_id: UUID, today: date) -> TalkView:
    """One talk, for the two; a guidance talk also for whoever appraises the person today; else `NotFound`."""
    found = next(iter(_views(session, Coaching.id == talk_id)), None)
    if found is None or actor.person_id is None:
        raise NotFound("talk_unknown", "There is no such record here.")
    if actor.person_id in (found.person_id, found.coach_id):
        return found
    if found.kind != "guidance" or superior_of(session, found.person_id, today) != actor.person_id:
        raise NotFound("talk_unknown", "There is no such record here.")
    return found


_DUE = """
    SELECT both_of.person_id, jsonb_build_object('talk', c.id) AS params
    FROM selaras.coaching c
    CROSS JOIN LATERAL (VALUES (c.person_id), (c.coach_id)) AS both_of(person_id)
    WHERE c.tenant_id = :tenant AND c.follow_up_on = CAST(:on AS date) AND c.followed_up_at IS NULL
"""


def remind_of_follow_ups(session: Session, asked: Reminded) -> int:
    """Both of a talk whose day for looking again is near, is today or is over."""
    days = session.scalars(
        select(Coaching.follow_up_on)
        .where(
            Coaching.followed_up_at.is_(None),
            Coaching.follow_up_on.between(asked.day - timedelta(days=14), asked.day + timedelta(days=20)),
        )
        .distinct()
    )
    told = 0
    for due in list(days):
        step = step_on(asked.day, due) if due else None
        if due and step:
            told += remind(session, _DUE, "follow_up_due", due.isoformat(), due, step, on=due)
    return told


def _views(session: Session, *where: object) -> list[TalkView]:
    person, coach = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Coaching, person.name.label("person_name"), coach.name.label("coach_name"))
        .join(person, person.id == Coaching.person_id)
        .join(coach, coach.id == Coaching.coach_id)
        .where(Coaching.tenant_id == tenant_of(session), *where)  # type: ignore[arg-type]  # conditions of SQLAlchemy
        .order_by(Coaching.on_day.desc(), Coaching.id.desc())
        .limit(200)
    )
    names = [name for name in TalkView.__dataclass_fields__ if name not in ("talk_id", "person_name", "coach_name")]
    return [
        TalkView(
            talk_id=row.Coaching.id,
            person_name=row.person_name,
            coach_name=row.coach_name,
            **{name: getattr(row.Coaching, name) for name in names},
        )
        for row in rows
    ]


def _row(session: Session, actor: Actor, talk_id: UUID) -> Coaching:
    row = session.scalar(select(Coaching).where(Coaching.id == talk_id).with_for_update())
    if row is None or actor.person_id is None or actor.person_id not in (row.person_id, row.coach_id):
        raise NotFound("talk_unknown", "There is no such record here.")
    return row


def _coach(session: Session, actor: Actor, person_id: UUID, today: date) -> UUID:
    actor.require(Permission.SEE_TEAM)
    superior = superior_of(session, person_id, today)
    acts = superior == actor.person_id or acting_for(session, actor, Permission.SEE_TEAM, person_id, today) is not None
    if actor.person_id is None or not acts or person_id == actor.person_id:
        raise NotFound("person_unknown", "There is no such person here.")
    return actor.person_id


def _check(session: Session, person_id: UUID, talk: Talk, today: date) -> None:
    faults = []
    if talk.kind not in KINDS or talk.cause not in CAUSES:
        faults.append(Fault("talk_kind", "Choose one of the kinds and causes that are offered.", field="kind"))
    if not SHORTEST <= len(talk.content.strip()) <= LONGEST or len(talk.agreed) > LONGEST:
        faults.append(
            Fault("talk_length", "Write {least} to {most} characters.", field="content", least=SHORTEST, most=LONGEST)
        )
    if talk.on_day > today:
        faults.append(Fault("log_future", "This day has not come yet.", field="on_day"))
    if talk.follow_up_on is not None and not talk.on_day < talk.follow_up_on <= today + FARTHEST:
        faults.append(Fault("talk_again", "Choose a day within the next year.", field="follow_up_on"))
    if talk.item_id is not None and talk.item_id not in items_on(session, person_id, talk.on_day):
        faults.append(Fault("feedback_item", "Choose a result from the list.", field="item_id"))
    if faults:
        raise Invalid("talk_unusable", "Some of this cannot be used; nothing was written.", faults=faults)
