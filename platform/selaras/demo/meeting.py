"""A finished calibration meeting in the demo, held by the product's own commands, so that its pages can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.calibration import answering, ending, queries, service
from selaras.calibration.looking import CaseView, look
from selaras.calibration.minutes import draft_minutes
from selaras.calibration.rules import SeatRole
from selaras.calibration.saying import Said, say
from selaras.clock import today
from selaras.demo.offices import office
from selaras.demo.stage import Stage
from selaras.evaluation.queries import period_by_code
from selaras.identity.actor import Actor
from selaras.identity.permissions import Role, permissions_of
from selaras.organisation.accounts import account_of
from selaras.regulation import Rules
from selaras.tenancy.queries import agency, rules_on

NAME = "Rapat kalibrasi peragaan"
_MADE_UP = " (data rekaan untuk peragaan)"
WHY = "Bukti dukung triwulan ini lebih kuat daripada rekan setara." + _MADE_UP
AGAINST = "Bukti yang ada belum menunjukkan hasil di atas rekan setara." + _MADE_UP
KEEPS = "Penilaian semula dipertahankan: bukti baru menyangkut triwulan berikutnya." + _MADE_UP
ROLES = (SeatRole.CHAIR, SeatRole.MEMBER, SeatRole.MEMBER, SeatRole.NOTE_TAKER)

# Who rated many people of one unit: the first unit is spoken of, the raters of the next sit in the meeting.
_RATERS = text(
    """
    SELECT r.appraiser_id, held.unit_id, count(*) AS people
    FROM selaras.rating r
    JOIN selaras.period p ON p.tenant_id = :tenant AND p.id = r.period_id AND p.code = :code
    JOIN selaras.appointment held ON held.tenant_id = :tenant AND held.person_id = r.person_id
     AND held.kind = 'definitive' AND held.during @> p.ends
    WHERE r.tenant_id = :tenant AND r.appraiser_id IS NOT NULL
    GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 40
    """
)


@dataclass(frozen=True)
class Room:
    """The meeting while it is played, in one transaction."""

    session: Session
    rules: Rules
    meeting: UUID
    seats: list[Actor]

    def say(self, seat: int, kind: str, **more: object) -> int:
        """Somebody says something."""
        said = Said(key=uuid4(), kind=kind, **more)  # type: ignore[arg-type]  # fields by name
        return say(self.session, self.seats[seat], self.meeting, said, self.rules)


def calibrate(stage: Stage, tenant: int, code: str) -> None:
    """Hold one meeting about the open period `code`, from its preparation to its close; nothing where one was held.

    Its one recommendation is refused, so that the period ends as it does without the meeting.
    """
    with stage.app.tenant(tenant) as session:
        manager = office(session, tenant, "pengelola")
        rules = rules_on(session, agency(session, tenant), period_by_code(session, code).ends, stage.registry)
        unit, people = _seated(session, tenant, code)
        if unit is None or len(people) < len(ROLES) or queries.meetings(session, manager):
            return
        meeting = service.prepare(session, manager, code, service.Wanted(NAME, unit_id=unit))
        service.seat(session, manager, meeting, dict(zip(people, ROLES, strict=True)))
        service.open_meeting(session, manager, meeting, period_by_code(session, code), rules)
        room = Room(session, rules, meeting, [_person(session, tenant, one) for one in people])
        _talk(room)
        _end(room, stage, tenant)


def _seated(session: Session, tenant: int, code: str) -> tuple[UUID | None, list[UUID]]:
    rows = session.execute(_RATERS, {"tenant": tenant, "code": code}).all()
    if not rows:
        return None, []
    others = dict.fromkeys(row.appraiser_id for row in rows if row.appraiser_id != rows[0].appraiser_id)
    return rows[0].unit_id, list(others)[: len(ROLES)]


def _person(session: Session, tenant: int, person_id: UUID) -> Actor:
    account = account_of(session, person_id, today(agency(session, tenant).time_zone))
    role = Role.APPRAISER
    return Actor(tenant, account, role.value, frozenset({role.value}), permissions_of([role]), person_id)


def _talk(room: Room) -> None:
    for seat in range(len(ROLES)):
        room.say(seat, "joined")
    room.say(3, "noted", text="Rapat dibuka; dibahas pegawai satu unit." + _MADE_UP)
    free = _free(room)
    best = room.rules.outcomes[0].code
    moved, kept, held, stays = (*free, None, None, None, None)[:4]
    for case, taken in ((moved, True), (kept, False)):
        if case is not None:
            told = {"from_outcome": case.place.outcome, "to_outcome": best, "reason_code": "comparable_lower"}
            number = room.say(1, "proposed", case=case.number, text=WHY, **told)
            room.say(2, "supported" if taken else "opposed", answers=number, text="" if taken else AGAINST)
            room.say(0, "agreed" if taken else "rejected", answers=number, text="" if taken else AGAINST)
    if held is not None:
        room.say(1, "held", case=held.number)
        room.say(0, "released", case=held.number)
    if stays is not None:
        room.say(0, "discussed", case=stays.number)


def _free(room: Room) -> list[CaseView]:
    """Those of the second outcome about whom chair and members have a say."""
    second = room.rules.outcomes[1].code
    seen = [look(room.session, one, room.meeting).cases for one in room.seats[:3]]
    return [
        views[0]
        for views in zip(*seen, strict=True)
        if views[0].place.outcome == second and not any(one.recused for one in views)
    ]


def _end(room: Room, stage: Stage, tenant: int) -> None:
    session, meeting, chair = room.session, room.meeting, room.seats[0]
    ending.lock(session, chair, meeting, uuid4())
    draft_minutes(session, chair, stage.store, meeting, room.rules)
    for actor in room.seats[:3]:
        ending.sign(session, actor, meeting, uuid4())
    for one in queries.results(session, meeting_id=meeting, state="waiting"):
        if one.appraiser_id is not None:
            answering.refuse(session, _person(session, tenant, one.appraiser_id), meeting, one.person_id, KEEPS)
    ending.close(session, chair, meeting, uuid4())
