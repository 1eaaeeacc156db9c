"""An agency with a rated quarter, and a meeting about it with a chair and three members from other units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from factories.staff import create_staff
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.calibration import deciding, ending, service
from selaras.calibration.deciding import Move
from selaras.calibration.looking import RoomView, look
from selaras.calibration.minutes import draft_minutes
from selaras.calibration.rules import SeatRole
from selaras.db.session import Database
from selaras.evaluation.queries import period_by_code
from selaras.files.store import FileStore, LocalStore
from selaras.identity.actor import Actor
from selaras.identity.permissions import PERMISSIONS, Role
from selaras.identity.service import ensure_account
from selaras.regulation import Rules, load_registry
from selaras.tenancy.queries import agency, rules_on

PERIOD = "2026-TW3"
WHY = "Bukti dukung baru menunjukkan hasil di atas rekan setara."


@dataclass
class Meeting:
    """A meeting and those who sit in it; every command runs in a transaction of its own, as over HTTP."""

    database: Database
    tenant_id: int
    store: FileStore
    people: dict[str, UUID] = field(default_factory=dict)
    id: UUID = field(default_factory=uuid4)

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.database.tenant(self.tenant_id) as session:
            yield session

    def rules(self, session: Session) -> Rules:
        return rules_on(session, agency(session, self.tenant_id), date(2026, 9, 30), load_registry())

    def person(self, number: int) -> UUID:
        return self.people[f"person-{number}"]

    def actor(self, who: int | None, *roles: Role) -> Actor:
        """Person number `who` with roles, or the performance manager without a person."""
        held = roles or ((Role.APPRAISER,) if who else (Role.PERFORMANCE_MANAGER,))
        permissions = frozenset().union(*(PERMISSIONS[role] for role in held))
        with self.session() as session:
            account = ensure_account(session, f"acc-{who or 'manager'}", f"Orang {who}")
        person = self.person(who) if who else None
        return Actor(self.tenant_id, account, "somebody", frozenset(), permissions, person_id=person)

    def prepare(self, seats: Mapping[int, SeatRole] | None = None, **wanted: object) -> None:
        chosen = seats or {1: SeatRole.CHAIR, 21: SeatRole.MEMBER, 41: SeatRole.MEMBER, 2: SeatRole.FACILITATOR}
        with self.session() as session:
            self.id = service.prepare(session, self.actor(None), PERIOD, service.Wanted("Rapat uji", **wanted))
            by_person = {self.person(number): role for number, role in chosen.items()}
            service.seat(session, self.actor(None), self.id, by_person)

    def open(self) -> int:
        with self.session() as session:
            period = period_by_code(session, PERIOD)
            return service.open_meeting(session, self.actor(None), self.id, period, self.rules(session))

    def come(self, *who: int) -> None:
        for one in who:
            with self.session() as session:
                deciding.come_or_go(session, self.actor(one), self.id, uuid4(), come=True)

    def look(self, who: int) -> RoomView:
        with self.session() as session:
            return look(session, self.actor(who), self.id)

    def propose(self, who: int, about: int, to: str, *, seen: str | None = None, key: UUID | None = None) -> int:
        stands = seen or next(one for one in self.look(who).cases if one.person_id == self.person(about)).place.outcome
        move = Move(self.person(about), stands, to, "evidence_new", WHY)
        with self.session() as session:
            return deciding.propose(session, self.actor(who), self.id, key or uuid4(), self.rules(session), move)

    def agree(self, who: int, proposal: int, key: UUID | None = None) -> int:
        with self.session() as session:
            return deciding.agree(session, self.actor(who), self.id, key or uuid4(), self.rules(session), proposal)

    def decide(self, who: int, proposal: int, *, take: bool, key: UUID | None = None) -> int:
        with self.session() as session:
            return deciding.decide(
                session, self.actor(who), self.id, key or uuid4(), self.rules(session), proposal, take=take, words=WHY
            )

    def answer(self, who: int, proposal: int, kind: deciding.Kind, words: str = WHY, key: UUID | None = None) -> int:
        with self.session() as session:
            return deciding.answer(session, self.actor(who), self.id, key or uuid4(), proposal, kind, words)

    def set_aside(self, who: int, about: int, *, hold: bool, key: UUID) -> int:
        with self.session() as session:
            return deciding.set_aside(session, self.actor(who), self.id, key, self.person(about), hold=hold)

    def lock(self, who: int = 1) -> int:
        with self.session() as session:
            return ending.lock(session, self.actor(who), self.id, uuid4())

    def draft(self, who: int = 1) -> UUID:
        with self.session() as session:
            return draft_minutes(session, self.actor(who), self.store, self.id, self.rules(session))

    def scalar(self, query: str, **values: object) -> object:
        with self.session() as session:
            return session.execute(text(query), {"tenant": self.tenant_id, "meeting": self.id, **values}).scalar_one()


@pytest.fixture
def room(database: Database, tenant: object, tmp_path: Path) -> Meeting:
    """A prepared meeting over an agency of sixty people in three units; nobody has come yet."""
    made = Meeting(database, tenant.tenant_id, LocalStore(tmp_path))
    with made.session() as session:
        create_staff(session, 60)
        rows = session.execute(
            text("SELECT source_id, id FROM selaras.person WHERE tenant_id = :tenant"), {"tenant": made.tenant_id}
        )
        made.people = {source: person for source, person in rows}
    return made


@pytest.fixture
def opened(room: Meeting) -> Meeting:
    """The same with the room open and the chair and both members in it."""
    room.prepare()
    room.open()
    room.come(1, 21, 41)
    return room
