"""One word for everything that is said in the room: what arrives from a page or the API becomes its command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.calibration import deciding
from selaras.calibration.looking import case_of
from selaras.calibration.rules import Kind
from selaras.errors import Invalid
from selaras.identity.actor import Actor
from selaras.regulation import Rules


@dataclass(frozen=True)
class Said:
    """What somebody says: the sender's key, the kind, and what that kind needs; `case` is a person's number here."""

    key: UUID
    kind: str
    person_id: UUID | None = None
    case: int | None = None
    from_outcome: str | None = None
    to_outcome: str | None = None
    reason_code: str | None = None
    text: str = ""
    answers: int | None = None


@dataclass(frozen=True)
class _Speaker:
    session: Session
    actor: Actor
    meeting_id: UUID
    rules: Rules


def say(session: Session, actor: Actor, meeting_id: UUID, said: Said, rules: Rules) -> int:
    """Do what was said; the number of its event. `Invalid` names what is missing, or a kind that is not said here."""
    act = _ACTS.get(said.kind)
    if act is None:
        raise Invalid("calibration_kind", "This cannot be said in a meeting.")
    if said.person_id is None and said.case is not None:
        said = replace(said, person_id=case_of(session, actor, meeting_id, said.case))
    return act(_Speaker(session, actor, meeting_id, rules), said)


def _propose(by: _Speaker, said: Said) -> int:
    move = deciding.Move(
        _person(said), said.from_outcome or "", said.to_outcome or "", said.reason_code or "", said.text
    )
    return deciding.propose(by.session, by.actor, by.meeting_id, said.key, by.rules, move)


def _answer(by: _Speaker, said: Said) -> int:
    return deciding.answer(by.session, by.actor, by.meeting_id, said.key, _proposal(said), Kind(said.kind), said.text)


def _agree(by: _Speaker, said: Said) -> int:
    return deciding.agree(by.session, by.actor, by.meeting_id, said.key, by.rules, _proposal(said))


def _decide(by: _Speaker, said: Said) -> int:
    take = said.kind == Kind.DECIDED
    return deciding.decide(
        by.session, by.actor, by.meeting_id, said.key, by.rules, _proposal(said), take=take, words=said.text
    )


def _hold(by: _Speaker, said: Said) -> int:
    hold = said.kind == Kind.HELD
    return deciding.set_aside(by.session, by.actor, by.meeting_id, said.key, _person(said), hold=hold)


def _come(by: _Speaker, said: Said) -> int:
    return deciding.come_or_go(by.session, by.actor, by.meeting_id, said.key, come=said.kind == Kind.JOINED)


_ACTS: Mapping[str, Callable[[_Speaker, Said], int]] = {
    Kind.PROPOSED: _propose,
    Kind.WITHDRAWN: _answer,
    Kind.SUPPORTED: _answer,
    Kind.OPPOSED: _answer,
    Kind.AGREED: _agree,
    Kind.DECIDED: _decide,
    Kind.REJECTED: _decide,
    Kind.HELD: _hold,
    Kind.RELEASED: _hold,
    Kind.DISCUSSED: lambda by, said: deciding.discussed(by.session, by.actor, by.meeting_id, said.key, _person(said)),
    Kind.NOTED: lambda by, said: deciding.note(
        by.session, by.actor, by.meeting_id, said.key, said.person_id, said.text
    ),
    Kind.INTEREST: lambda by, said: deciding.declare_interest(
        by.session, by.actor, by.meeting_id, said.key, _person(said), said.text
    ),
    Kind.JOINED: _come,
    Kind.LEFT: _come,
}


def _person(said: Said) -> UUID:
    if said.person_id is None:
        raise Invalid("calibration_person_missing", "Say about whom: `person_id`, or `case`, the number here.")
    return said.person_id


def _proposal(said: Said) -> int:
    if said.answers is None:
        raise Invalid("calibration_proposal_missing", "Say which proposal: `answers`, its number.")
    return said.answers
