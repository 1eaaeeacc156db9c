"""A unit's rating in a period: who sets it, what three offices recommend, the rating itself (SE MenPANRB 3/2023)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.evaluation.changes import following_leaders
from selaras.evaluation.models import OrganisationRating, OrganisationRecommendation
from selaras.evaluation.queries import PeriodView
from selaras.evaluation.service import open_for_rating
from selaras.files.queries import stored_file
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.queries import UnitLine, leaders, units
from selaras.organisation.reach import reach
from selaras.regulation import Rules

OFFICES = ("planning", "hr", "internal_audit")
LONGEST_REASON = 4000
PURPOSE = "recommendation"


@dataclass(frozen=True)
class Setter:
    """The leader one level above a unit; nobody (None) above the top. `at_top`: that level is the agency's own head."""

    person_id: UUID | None
    name: str | None
    at_top: bool


@dataclass(frozen=True)
class RecommendationView:
    """What one office recommends; `rating` is None where it only gives its reasons."""

    office: str
    rating: str | None
    reason: str
    file_id: UUID | None
    at: datetime


@dataclass(frozen=True)
class UnitRatingView:
    """A unit with its rating (None: not given yet), who sets it, and what was recommended."""

    unit: UnitLine
    setter: Setter
    rating: str | None
    set_at: datetime | None
    recommendations: tuple[RecommendationView, ...]


@dataclass(frozen=True)
class Recommendation:
    """What an office recommends: one of OFFICES, a rating or None, the reason, the id of its kept paper or None."""

    office: str
    rating: str | None
    reason: str
    file_id: UUID | None = None


def setters(session: Session, day: date) -> dict[UUID, Setter]:
    """Unit → who rates it on `day`: the leader of the nearest unit above that is not vacant."""
    tree = {unit.unit_id: unit for unit in units(session, day)}
    leading = leaders(session, day)
    return {unit.unit_id: _setter(tree, leading, unit) for unit in tree.values()}


def _setter(tree: dict[UUID, UnitLine], leading: dict[UUID, UUID], unit: UnitLine) -> Setter:
    above = tree.get(unit.parent_id) if unit.parent_id else None
    at_top = above is not None and above.parent_id is None
    while above is not None and above.unit_id not in leading:
        above = tree.get(above.parent_id) if above.parent_id else None
    return Setter(leading[above.unit_id], above.head_name, at_top) if above else Setter(None, None, at_top)


def led_rating(session: Session, period: PeriodView, person_id: UUID) -> str | None:
    """The rating of the unit that the person heads on the period's last day, if that unit holds one."""
    statement = text(
        "SELECT led.rating FROM selaras.appointment a JOIN selaras.position post"
        " ON post.tenant_id = :tenant AND post.id = a.position_id AND post.is_head"
        " JOIN selaras.organisation_rating led"
        " ON led.tenant_id = :tenant AND led.period_id = :period AND led.unit_id = a.unit_id"
        " WHERE a.tenant_id = :tenant AND a.person_id = :person AND a.kind = 'definitive'"
        " AND a.during @> CAST(:day AS date)"
    )
    parameters = {"tenant": tenant_of(session), "period": period.id, "person": person_id, "day": period.ends}
    found: str | None = session.scalar(statement, parameters)
    return found


def heads_a_unit(session: Session, person_id: UUID, day: date) -> bool:
    """Whether the person leads some unit on `day`, and so may have units below to rate."""
    statement = text(
        "SELECT EXISTS (SELECT FROM selaras.appointment a JOIN selaras.position post"
        " ON post.tenant_id = :tenant AND post.id = a.position_id AND post.is_head"
        " WHERE a.tenant_id = :tenant AND a.person_id = :person AND a.during @> CAST(:day AS date))"
    )
    parameters = {"tenant": tenant_of(session), "person": person_id, "day": day}
    return bool(session.scalar(statement, parameters))


def unit_ratings(session: Session, period: PeriodView, *, setter: UUID | None = None) -> list[UnitRatingView]:
    """Every unit of the tree on the period's last day (with `setter`: those that this person rates), parents first."""
    who = setters(session, period.ends)
    given = {
        row.unit_id: row
        for row in session.execute(
            select(OrganisationRating.unit_id, OrganisationRating.rating, OrganisationRating.set_at).where(
                OrganisationRating.period_id == period.id
            )
        )
    }
    advised: dict[UUID, list[RecommendationView]] = {}
    for one in session.scalars(
        select(OrganisationRecommendation).where(OrganisationRecommendation.period_id == period.id)
    ):
        view = RecommendationView(one.office, one.rating, one.reason, one.file_id, one.at)
        advised.setdefault(one.unit_id, []).append(view)
    return [
        UnitRatingView(
            unit,
            who[unit.unit_id],
            given[unit.unit_id].rating if unit.unit_id in given else None,
            given[unit.unit_id].set_at if unit.unit_id in given else None,
            tuple(sorted(advised.get(unit.unit_id, ()), key=lambda view: OFFICES.index(view.office))),
        )
        for unit in units(session, period.ends)
        if setter is None or who[unit.unit_id].person_id == setter
    ]


def rateable_units(session: Session, actor: Actor, period: PeriodView) -> list[UnitRatingView]:
    """The units whose rating the actor gives: the manager's all or subtree, else those right below one's own."""
    permission = Permission.SET_ORGANISATION_RATING
    if permission not in actor.permissions:
        return unit_ratings(session, period, setter=actor.person_id) if actor.person_id else []
    units_ = reach(session, actor, permission, period.ends)
    own = actor.person_id
    every = unit_ratings(session, period)
    if units_ is None:
        return every
    return [one for one in every if one.unit.unit_id in units_ or (own is not None and one.setter.person_id == own)]


def set_unit_rating(session: Session, actor: Actor, code: str, unit_id: UUID, rating: str, rules: Rules) -> None:
    """The leader one level above rates a unit, in person or by the hand of the performance manager.

    `Refused` for anybody else, `Conflict` once the period is being closed, `Invalid` for a rating that is none.
    """
    period = open_for_rating(session, code)
    setter = _may(session, actor, period, unit_id)
    _refuse_unknown([rating], rules)
    values = {
        "tenant_id": tenant_of(session),
        "period_id": period.id,
        "unit_id": unit_id,
        "rating": rating,
        "set_by": setter.person_id,
        "set_at": now(),
    }
    statement = insert(OrganisationRating).values(values)
    changed = {name: statement.excluded[name] for name in ("rating", "set_by", "set_at")}
    keyed = statement.on_conflict_do_update(index_elements=["tenant_id", "period_id", "unit_id"], set_=changed)
    with following_leaders(session, actor, (period.id, code), rules):
        session.execute(keyed)
    record(session, actor, "organisation_rating.set", f"unit:{unit_id}", {"period": code, "rating": rating})


def remove_unit_rating(session: Session, actor: Actor, code: str, unit_id: UUID, rules: Rules) -> None:
    """Take a rating back, so that the one of the unit above holds again; a head's own rating counts again."""
    period = open_for_rating(session, code)
    _may(session, actor, period, unit_id)
    with following_leaders(session, actor, (period.id, code), rules):
        session.execute(
            delete(OrganisationRating).where(
                OrganisationRating.period_id == period.id, OrganisationRating.unit_id == unit_id
            )
        )
    record(session, actor, "organisation_rating.remove", f"unit:{unit_id}", {"period": code})


def recommend(session: Session, actor: Actor, code: str, unit_id: UUID, given: Recommendation, rules: Rules) -> None:
    """Attach an office's recommendation to a unit; a second one of the same office replaces the first."""
    period = open_for_rating(session, code)
    _may(session, actor, period, unit_id)
    if given.office not in OFFICES:
        raise Invalid(
            "recommendation_office",
            "“{office}” gives no recommendation; use one of: {known}.",
            office=given.office,
            known=", ".join(OFFICES),
        )
    if not 0 < len(given.reason.strip()) <= LONGEST_REASON:
        raise Invalid(
            "recommendation_reason",
            "Write what is recommended and why, in at most {longest} characters.",
            longest=LONGEST_REASON,
        )
    _refuse_unknown([given.rating] if given.rating else [], rules)
    if given.file_id:
        stored_file(session, given.file_id)  # NotFound for another agency's
    values = {
        "tenant_id": tenant_of(session),
        "period_id": period.id,
        "unit_id": unit_id,
        "office": given.office,
        "rating": given.rating or None,
        "reason": given.reason.strip(),
        "file_id": given.file_id,
        "account_id": actor.account_id,
        "at": now(),
    }
    statement = insert(OrganisationRecommendation).values(values)
    kept = {name: statement.excluded[name] for name in ("rating", "reason", "file_id", "account_id", "at")}
    key = ["tenant_id", "period_id", "unit_id", "office"]
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=kept))
    payload = {"period": code, "office": given.office, "rating": given.rating or None}
    reason = salted(session, given.reason.strip())
    record(session, actor, "organisation_rating.recommend", f"unit:{unit_id}", {**payload, "reason": reason})


def check_may(session: Session, actor: Actor, code: str, unit_id: UUID) -> None:
    """Return if the actor may rate the unit in an open period, else refuse as the commands do."""
    _may(session, actor, open_for_rating(session, code), unit_id)


def _may(session: Session, actor: Actor, period: PeriodView, unit_id: UUID) -> Setter:
    setter = setters(session, period.ends).get(unit_id)
    if setter is None:
        raise NotFound("unit_unknown", "There is no such unit here.")
    units_ = reach(session, actor, Permission.SET_ORGANISATION_RATING, period.ends)
    if Permission.SET_ORGANISATION_RATING in actor.permissions and (units_ is None or unit_id in units_):
        return setter
    if actor.person_id is None or actor.person_id != setter.person_id:
        raise Refused(
            "not_the_leader_above", "A unit is rated by the leader one level above it, or by the performance manager."
        )
    return setter


def _refuse_unknown(ratings: Iterable[str], rules: Rules) -> None:
    known = [level.code for level in rules.organisation_levels]
    if not known:
        raise Conflict("organisation_unrated", "{regulation} does not rate organisations.", regulation=rules.code)
    for rating in ratings:
        if rating not in known:
            raise Invalid(
                "organisation_rating",
                "“{rating}” is no organisation rating; use one of: {known}.",
                rating=rating[:60],
                known=", ".join(known),
            )
