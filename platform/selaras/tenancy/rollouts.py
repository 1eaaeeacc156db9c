"""Rollouts: switch a regulation or a feature for the agencies of a region, stage by stage. Console role; no commits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from selaras.errors import Conflict, Invalid, NotFound
from selaras.regulation import Registry
from selaras.tenancy import features
from selaras.tenancy.assignments import Assignment, assignments, restore, switch
from selaras.tenancy.models import Agency, Rollout, RolloutEvent, RolloutMember
from selaras.tenancy.operators import note
from selaras.tenancy.rollout_queries import Member, RolloutView, rollout
from selaras.tenancy.service import settle_region

NEXT = {"prepare": "pilot", "pilot": "live"}
REGULATION, FEATURE = "regulation", "feature"

LastDay = Callable[[str], date]
"""Period code → its last day; it decides which regulation the period is closed under."""


@dataclass(frozen=True)
class Goal:
    """What is rolled out from which day on: a regulation (with an edition, if not the newest) or a feature."""

    kind: str
    subject: str
    effective: date
    edition: str | None = None


def start(
    session: Session,
    actor_name: str,
    goal: Goal,
    registry: Registry,
    *,
    reason: str,
    region_code: str | None = None,
    slugs: Collection[str] = (),
    known_features: Collection[str] = tuple(features.Feature),
) -> UUID:
    """Begin a rollout for the agencies of a region (35 holds 3515 and 3578), or for those named; all at `prepare`.

    Invalid for an unknown goal, a day outside the law's time, or no agency; Conflict if one is in such a rollout.
    """
    _check_reason(reason)
    _check_goal(goal, registry, known_features)
    if region_code is not None:
        settle_region(session, region_code)
    agencies = _agencies_of(session, region_code, slugs)
    _refuse_second(session, goal, agencies)
    rollout_id = session.scalars(
        insert(Rollout)
        .values(
            goal=goal.kind,
            subject=goal.subject,
            edition=goal.edition,
            region_code=region_code,
            effective=goal.effective,
            reason_text=reason.strip(),
        )
        .returning(Rollout.id)
    ).one()
    members = [{"rollout_id": rollout_id, "tenant_id": one.tenant_id, "stage": "prepare"} for one in agencies]
    session.execute(insert(RolloutMember), members)
    for one in agencies:
        _record(session, rollout_id, one.tenant_id, None, "prepare", actor_name, reason)
    note(session, actor_name, "rollout.started", str(rollout_id), _payload(goal, agencies, reason))
    return rollout_id


def advance(
    session: Session, actor_name: str, rollout_id: UUID, *, reason: str, last_day: LastDay, slugs: Collection[str] = ()
) -> tuple[Member, ...]:
    """Move the agencies (all that can move, or those named) one stage on; at `live` the switch is made by its date.

    All or nothing. Conflict names an agency that has closed a period on or after the day, or that cannot move.
    """
    _check_reason(reason)
    view = _locked(session, rollout_id)
    moving = _chosen(view, slugs, tuple(NEXT), "advance")
    for member in moving:
        stage = NEXT[member.stage]
        if stage == "live":
            _go_live(session, actor_name, view, member, reason, last_day)
        _move(session, view, member, stage, actor_name, reason)
    payload = {"agencies": [str(one.uuid) for one in moving], "reason": reason.strip()}
    note(session, actor_name, "rollout.advanced", str(rollout_id), payload)
    return _now(session, rollout_id, moving)


def roll_back(
    session: Session,
    actor_name: str,
    rollout_id: UUID,
    *,
    reason: str,
    last_day: LastDay,
    starts: date | None = None,
    slugs: Collection[str] = (),
) -> tuple[Member, ...]:
    """Take a rollout back from a day on (None: its own), for all agencies or those named; all or nothing.

    What was followed before is restored on the days that the rollout had taken. Nothing final is touched: Conflict
    names a period closed on or after the day and the earliest day that is possible.
    """
    _check_reason(reason)
    view = _locked(session, rollout_id)
    day = max(starts or view.effective, view.effective)
    moving = _chosen(view, slugs, ("prepare", "pilot", "live"), "be rolled back")
    for member in moving:
        if member.stage == "live":
            _take_back(session, view, member, day, reason, last_day)
        _move(session, view, member, "rolled_back", actor_name, reason)
    payload = {"agencies": [str(one.uuid) for one in moving], "from": day.isoformat(), "reason": reason.strip()}
    note(session, actor_name, "rollout.rolled_back", str(rollout_id), payload)
    return _now(session, rollout_id, moving)


def _go_live(
    session: Session, actor_name: str, view: RolloutView, member: Member, reason: str, last_day: LastDay
) -> None:
    if view.goal == FEATURE:
        features.switch_on(session, member.tenant_id, view.subject, view.effective, view.id)
        return
    _refuse_closed(session, member, view.effective, last_day)
    standing = assignments(session, member.tenant_id, lock=True)
    if _follows(standing, view):
        return
    _remember(session, view, member, standing)
    switch(
        session,
        actor_name,
        member.tenant_id,
        view.subject,
        view.effective,
        edition=view.edition,
        reason=reason,
        rollout_id=view.id,
    )


def _take_back(session: Session, view: RolloutView, member: Member, day: date, reason: str, last_day: LastDay) -> None:
    if view.goal == FEATURE:
        features.switch_off(session, member.tenant_id, view.id, day)
        return
    _refuse_closed(session, member, day, last_day)
    before = session.scalars(
        select(RolloutMember.before).where(
            RolloutMember.rollout_id == view.id, RolloutMember.tenant_id == member.tenant_id
        )
    ).one()
    restore(session, member.tenant_id, view.id, day, before or [], reason)


def _follows(standing: Sequence[Assignment], view: RolloutView) -> bool:
    return any(
        one.holds(view.effective) and (one.regulation, one.edition) == (view.subject, view.edition) for one in standing
    )


def _refuse_closed(session: Session, member: Member, day: date, last_day: LastDay) -> None:
    # The summaries belong to a higher layer; the console's role may read them, and only their codes are needed here.
    codes = session.scalars(
        text("SELECT period_code FROM selaras.close_summary WHERE tenant_id = :tenant"), {"tenant": member.tenant_id}
    )
    closed = sorted((last_day(code), code) for code in codes if last_day(code) >= day)
    if closed:
        raise Conflict(
            "rollout.closed",
            "{agency} has closed {period}, which a change from {day} on would touch; what is closed stays. The "
            "earliest possible day is {earliest}.",
            agency=member.name,
            period=closed[-1][1],
            day=day.isoformat(),
            earliest=(closed[-1][0] + timedelta(days=1)).isoformat(),
        )


def _remember(session: Session, view: RolloutView, member: Member, standing: Iterable[Assignment]) -> None:
    session.execute(
        update(RolloutMember)
        .where(RolloutMember.rollout_id == view.id, RolloutMember.tenant_id == member.tenant_id)
        .values(before=[one.as_json() for one in standing])
    )


def _locked(session: Session, rollout_id: UUID) -> RolloutView:
    """The rollout as it stands, with other operators kept out of it until the commit."""
    session.execute(select(Rollout.id).where(Rollout.id == rollout_id).with_for_update())
    return rollout(session, rollout_id)


def _chosen(view: RolloutView, slugs: Collection[str], stages: Sequence[str], verb: str) -> tuple[Member, ...]:
    by_slug = {one.slug: one for one in view.members}
    for slug in slugs:
        if slug not in by_slug:
            raise NotFound("rollout.no_member", "The agency {agency} is not in this rollout.", agency=slug)
        if by_slug[slug].stage not in stages:
            raise Conflict(
                "rollout.stage",
                "The agency {agency} is at the stage {stage} and cannot {verb}.",
                agency=slug,
                stage=by_slug[slug].stage,
                verb=verb,
            )
    wanted = set(slugs) or set(by_slug)
    chosen = tuple(one for one in view.members if one.slug in wanted and one.stage in stages)
    if not chosen:
        raise Conflict("rollout.nobody", "No agency of this rollout can {verb}: nothing was changed.", verb=verb)
    return chosen


def _move(session: Session, view: RolloutView, member: Member, stage: str, actor_name: str, reason: str) -> None:
    session.execute(
        update(RolloutMember)
        .where(RolloutMember.rollout_id == view.id, RolloutMember.tenant_id == member.tenant_id)
        .values(stage=stage)
    )
    _record(session, view.id, member.tenant_id, member.stage, stage, actor_name, reason)


def _record(
    session: Session, rollout_id: UUID, tenant_id: int, before: str | None, after: str, actor_name: str, reason: str
) -> None:
    session.execute(
        insert(RolloutEvent).values(
            rollout_id=rollout_id,
            tenant_id=tenant_id,
            from_stage=before,
            to_stage=after,
            actor=actor_name.strip(),
            reason_text=reason.strip(),
        )
    )


def _now(session: Session, rollout_id: UUID, moved: Iterable[Member]) -> tuple[Member, ...]:
    wanted = {one.tenant_id for one in moved}
    return tuple(one for one in rollout(session, rollout_id).members if one.tenant_id in wanted)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason_missing", "Write the reason: it is recorded with the change.")


def _check_goal(goal: Goal, registry: Registry, known_features: Collection[str]) -> None:
    if goal.kind == FEATURE:
        features.check_feature(goal.subject, known_features)
        return
    registry.appraisal(goal.subject, on=goal.effective, edition=goal.edition)


def _agencies_of(session: Session, region_code: str | None, slugs: Collection[str]) -> Sequence[Agency]:
    query = select(Agency).where(Agency.status.in_(("preparing", "active"))).order_by(Agency.slug).with_for_update()
    if region_code is not None:
        query = query.where(Agency.region_code.startswith(region_code, autoescape=True))
    if slugs:
        query = query.where(Agency.slug.in_(tuple(slugs)))
    found = session.scalars(query).all() if region_code or slugs else []
    missing = sorted(set(slugs) - {one.slug for one in found})
    if missing or not found:
        raise Invalid(
            "rollout.no_agency",
            "There is no working agency {agency} to roll this out to. “selaras tenant list” shows those there are.",
            agency=missing[0] if missing else f"in the region {region_code or '-'}",
        )
    return found


def _refuse_second(session: Session, goal: Goal, agencies: Iterable[Agency]) -> None:
    row = session.execute(
        select(Agency.slug, Rollout.id)
        .join(RolloutMember, RolloutMember.tenant_id == Agency.tenant_id)
        .join(Rollout, Rollout.id == RolloutMember.rollout_id)
        .where(
            Agency.tenant_id.in_([one.tenant_id for one in agencies]),
            RolloutMember.stage.in_(tuple(NEXT)),
            Rollout.goal == goal.kind,
        )
        .order_by(Agency.slug)
    ).first()
    if row is not None:
        raise Conflict(
            "rollout.second",
            "The agency {agency} is in the rollout {rollout} already, which has not ended. Advance it or roll it back "
            "first.",
            agency=row.slug,
            rollout=row.id,
        )


def _payload(goal: Goal, agencies: Iterable[Agency], reason: str) -> dict[str, Any]:
    return {
        "goal": goal.kind,
        "subject": goal.subject,
        "edition": goal.edition,
        "from": goal.effective.isoformat(),
        "agencies": [str(one.uuid) for one in agencies],
        "reason": reason.strip(),
    }
