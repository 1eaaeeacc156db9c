"""Pure decisions about what follows an outcome: who moves a proposal on, and the path of an improvement case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from selaras.errors import Conflict, Invalid
from selaras.identity.permissions import Permission


class ProposalState(StrEnum):
    """Where a proposal stands. The system proposes; the PyB endorses or declines; the PPK decides or rejects."""

    PROPOSED = "proposed"
    ENDORSED = "endorsed"
    DECLINED = "declined"
    DECIDED = "decided"
    REJECTED = "rejected"
    CARRIED_OUT = "carried_out"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Move:
    """One step of a proposal: from which state, whose permission, and what must be said with it."""

    before: ProposalState
    permission: Permission
    needs_reason: bool
    needs_decree: bool


MOVES: Mapping[ProposalState, Move] = MappingProxyType(
    {
        ProposalState.ENDORSED: Move(ProposalState.PROPOSED, Permission.ENDORSE_FOLLOWUP, False, False),
        ProposalState.DECLINED: Move(ProposalState.PROPOSED, Permission.ENDORSE_FOLLOWUP, True, False),
        ProposalState.DECIDED: Move(ProposalState.ENDORSED, Permission.DECIDE_FOLLOWUP, False, True),
        ProposalState.REJECTED: Move(ProposalState.ENDORSED, Permission.DECIDE_FOLLOWUP, True, False),
        ProposalState.CARRIED_OUT: Move(ProposalState.DECIDED, Permission.PROPOSE_FOLLOWUP, False, False),
    }
)
REASON_LENGTH = 20
LONGEST_REASON = 4_000
LONGEST_DECREE = 60


@dataclass(frozen=True)
class Said:
    """What an official says with a step: the reason, and the decree by its number and day."""

    reason: str = ""
    decree_number: str = ""
    decree_date: date | None = None


def refuse_unsaid(move: Move, said: Said, today: date) -> None:
    """Invalid where a reason or a decree is missing, or the decree lies in the future."""
    if move.needs_reason or said.reason.strip():
        refuse_short(said.reason)
    if not move.needs_decree:
        return
    refuse_unnumbered(said)
    if said.decree_date is None:
        raise Invalid("followup.decree", "Write the number and the day of the decree; without them nothing is decided.")
    if said.decree_date > today:
        raise Invalid(
            "followup.decree_future", "The decree's day {day} lies in the future.", day=said.decree_date.isoformat()
        )


def refuse_unnumbered(said: Said) -> None:
    """Invalid where the decree has no number, or one that cannot be printed on one line."""
    number = said.decree_number.strip()
    if not number:
        raise Invalid("followup.decree", "Write the number and the day of the decree; without them nothing is decided.")
    if len(number) > LONGEST_DECREE or not number.isprintable():
        raise Invalid(
            "followup.decree_number",
            "A decree's number has at most {length} characters on one line, none of them invisible.",
            length=LONGEST_DECREE,
        )


def refuse_short(reason: str) -> None:
    """Invalid for a reason of fewer than 20 characters, or of more than 4000."""
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid("followup.reason", "Write the reason in at least {length} characters.", length=REASON_LENGTH)
    if len(reason) > LONGEST_REASON:
        raise Invalid("followup.reason_long", "Write the reason in at most {length} characters.", length=LONGEST_REASON)


class Stage(StrEnum):
    """Where an improvement case stands (PP 30/2019 Ps 56-58)."""

    IMPROVING = "improving"
    PAUSED = "paused"
    COMPETENCY_TEST = "competency_test"
    TEMPORARY = "temporary"
    IMPROVED = "improved"
    PLACED_FITTING = "placed_fitting"
    PLACED_LOWER = "placed_lower"
    DISCHARGED = "discharged"
    WITHDRAWN = "withdrawn"


CLOSED = frozenset({Stage.IMPROVED, Stage.PLACED_FITTING, Stage.PLACED_LOWER, Stage.DISCHARGED, Stage.WITHDRAWN})


@dataclass(frozen=True)
class Transition:
    """One action of the path: from which stages to which, its article, whose permission, and when."""

    action: str
    before: frozenset[Stage]
    after: Stage
    article: str
    permission: Permission
    waits: bool = False
    needs_decree: bool = False


def _path(*transitions: Transition) -> Mapping[str, Transition]:
    return MappingProxyType({one.action: one for one in transitions})


_LAW = "PP 30/2019 Ps 57"
_PYB, _PPK = Permission.ENDORSE_FOLLOWUP, Permission.DECIDE_FOLLOWUP
_TESTED = frozenset({Stage.COMPETENCY_TEST})
_PLACEABLE = frozenset({Stage.COMPETENCY_TEST, Stage.TEMPORARY})
# `waits`: only once the last day of the stage has passed, for the law gives that time to the person.
TRANSITIONS = _path(
    Transition("pause", frozenset({Stage.IMPROVING}), Stage.PAUSED, f"{_LAW} (keadaan kahar)", _PYB),
    Transition("resume", frozenset({Stage.PAUSED}), Stage.IMPROVING, f"{_LAW} (keadaan kahar)", _PYB),
    Transition("improved", frozenset({Stage.IMPROVING}), Stage.IMPROVED, _LAW, _PYB),
    Transition("competency_test", frozenset({Stage.IMPROVING}), Stage.COMPETENCY_TEST, _LAW, _PYB, waits=True),
    Transition("place_fitting", _PLACEABLE, Stage.PLACED_FITTING, _LAW, _PPK, needs_decree=True),
    Transition("place_lower", _PLACEABLE, Stage.PLACED_LOWER, _LAW, _PPK, needs_decree=True),
    Transition("place_temporarily", _TESTED, Stage.TEMPORARY, _LAW, _PPK, needs_decree=True),
    Transition("discharge", frozenset({Stage.TEMPORARY}), Stage.DISCHARGED, _LAW, _PPK, waits=True, needs_decree=True),
)


@dataclass(frozen=True)
class Standing:
    """An improvement case as far as its next step depends on it; `due_on` is the last day of the stage."""

    stage: Stage
    due_on: date | None
    paused_on: date | None
    paused_days: int


def next_stage(standing: Standing, action: str, day: date) -> Transition:
    """The transition that `action` on `day` is; Conflict says what must come first, or until when to wait."""
    transition = TRANSITIONS.get(action)
    if transition is None:
        raise Invalid(
            "improvement.action",
            "There is no step {action}; steps: {known}.",
            action=action,
            known=", ".join(TRANSITIONS),
        )
    if standing.stage not in transition.before:
        raise Conflict(
            "improvement.order",
            "The case stands at {stage}; the step {action} comes after {before} ({article}).",
            stage=standing.stage.value,
            action=action,
            before=", ".join(sorted(one.value for one in transition.before)),
            article=transition.article,
        )
    if transition.waits and standing.due_on is not None and day <= standing.due_on:
        raise Conflict(
            "improvement.too_early",
            "The law gives time until {due}; the step {action} is possible from the day after ({article}).",
            due=standing.due_on.isoformat(),
            action=action,
            article=transition.article,
        )
    return transition


def steps_open(standing: Standing, day: date) -> tuple[Transition, ...]:
    """Every step that is possible on `day`, in the order of the path."""
    found = (one for one in TRANSITIONS.values() if standing.stage in one.before)
    over = standing.due_on is None or day > standing.due_on
    return tuple(one for one in found if over or not one.waits)


def resumed(standing: Standing, day: date) -> tuple[int, date | None]:
    """Days of force majeure so far, and the last day moved by those of this pause: the clock stood still."""
    assert standing.paused_on is not None
    stood = max((day - standing.paused_on).days, 0)
    moved = standing.due_on + timedelta(days=stood) if standing.due_on else None
    return standing.paused_days + stood, moved
