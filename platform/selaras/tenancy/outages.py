"""Outages: what is refused, by which rule a day is lost; and those that an operator records at the console."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.errors import Invalid
from selaras.regulation import Registry, Rules
from selaras.tenancy.legal_clock import MINUTES_OF_A_DAY
from selaras.tenancy.models import PlatformOutage
from selaras.tenancy.operators import note
from selaras.tenancy.queries import AgencyView

SHOWN = 100
LONGEST = timedelta(days=31)
OLDEST = timedelta(days=400)
REASON_LENGTH = 20
LONGEST_REASON = 4_000
STEP = "day_counts"
EVERYBODY = "everybody"


@dataclass(frozen=True)
class RecordedOutage:
    """An outage as the console lists it; `tenant_id` is None where it was everybody's."""

    id: UUID
    tenant_id: int | None
    starts: datetime
    ends: datetime
    reason: str
    operator: str
    at: datetime


@dataclass(frozen=True)
class Announced:
    """An outage to be recorded, and from how many minutes a day does not count, by which rule."""

    starts: datetime
    ends: datetime
    reason: str
    least_minutes: int
    basis: Mapping[str, object]


def check_outage(starts: datetime, ends: datetime, reason: str) -> None:
    """`Invalid` for times that cannot be, for an outage that is not over, or without a reason."""
    if not REASON_LENGTH <= len(reason.strip()) <= LONGEST_REASON:
        raise Invalid(
            "outage.reason",
            "Write in {least} to {most} characters what was out of reach.",
            least=REASON_LENGTH,
            most=LONGEST_REASON,
            field="reason",
        )
    if not starts < ends <= now():
        raise Invalid(
            "outage.times", "An outage is recorded once it is over: from an earlier to a later moment.", field="ends"
        )
    if ends - starts > LONGEST or now() - starts > OLDEST:
        raise Invalid(
            "outage.long",
            "An outage lasts at most {days} days and began at most {oldest} days ago; record longer ones in parts.",
            days=LONGEST.days,
            oldest=OLDEST.days,
            field="starts",
        )


def newest_with(registry: Registry, step: str, day: date) -> Rules | None:
    """The rules on `day` that have a person step, without any agency's choices; the last that came into force."""
    found = []
    for code in registry.codes():
        identity = registry.identity(code)
        if identity.subject != "appraisal" and day in identity.in_force:
            rules = registry.rules(code, on=day)
            if any(one.name == step for one in rules.person_steps):
                found.append(rules)
    return max(found, key=lambda one: one.in_force.start, default=None)


def outage_rule(rules: Rules | None) -> tuple[int, dict[str, object]]:
    """From how many minutes of outage on a day does not count, and where that stands; the whole day without a rule."""
    return (rules.values.outage_minutes if rules else MINUTES_OF_A_DAY), basis(rules, "outage_minutes")


def basis(rules: Rules | None, name: str) -> dict[str, object]:
    """Where a parameter stands, as it is kept beside what followed from it."""
    if rules is None:
        return {"article": "-", "certainty": "assumed"}
    source = rules.values.source(name)
    return {"article": source.article, "certainty": source.certainty, "rule": rules.hash}


def announce(session: Session, operator: str, name: str, whose: AgencyView | None, told: Announced) -> UUID:
    """Record an outage; `operator` is their reference in the journal, `name` what agencies read."""
    row = PlatformOutage(
        tenant_id=whose.tenant_id if whose else None,
        starts=told.starts,
        ends=told.ends,
        reason_text=told.reason.strip(),
        least_minutes=told.least_minutes,
        basis=dict(told.basis),
        operator_name=name,
        at=now(),
    )
    session.add(row)
    session.flush()
    subject = str(whose.uuid) if whose else EVERYBODY
    payload = {"from": told.starts.isoformat(), "to": told.ends.isoformat(), "minutes": told.least_minutes}
    note(session, operator, "outage.recorded", subject, payload)
    return row.id


def announced(session: Session) -> tuple[RecordedOutage, ...]:
    """The newest outages of the instance."""
    rows = session.scalars(select(PlatformOutage).order_by(PlatformOutage.starts.desc()).limit(SHOWN))
    return tuple(
        RecordedOutage(one.id, one.tenant_id, one.starts, one.ends, one.reason_text, one.operator_name, one.at)
        for one in rows
    )
