"""Commands of whoever runs surveys: plan, open, remind, order the close, withdraw. None of them reads an answer."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.identity.vault import Vault
from selaras.jobs.service import enqueue
from selaras.monitoring.survey.choosing import Draw, draw
from selaras.monitoring.survey.models import (
    SurveyBallot,
    SurveyCampaign,
    SurveyConflict,
    SurveyInvitation,
    SurveyOpening,
    SurveyResult,
    SurveySubject,
)
from selaras.monitoring.survey.sealing import new_keys, unlock
from selaras.monitoring.survey.terms import kept, terms_of
from selaras.organisation.reach import below
from selaras.regulation import Rules
from selaras.tenancy.queries import agency

JOB = "survey_close"
REASON_LENGTH = 10

# Everybody who was asked gets the same words, whether they have answered or not: nobody, the database's administrator
# among them, reads from a message who has not.
_TELL_RATERS = text(
    """
    INSERT INTO selaras.notice (tenant_id, person_id, code, subject_id, params, created_at)
    SELECT DISTINCT i.tenant_id, i.rater_id, :code, i.campaign_id, CAST('{}' AS jsonb), now()
    FROM selaras.survey_invitation i WHERE i.tenant_id = :tenant AND i.campaign_id = :campaign
    ON CONFLICT (tenant_id, person_id, code, subject_id)
    DO UPDATE SET created_at = excluded.created_at, read_at = NULL, settled_at = NULL
    """
)


@dataclass(frozen=True)
class Planned:
    """A campaign to be: of which period, whom it is about (a unit and those below; None: everybody), and its days."""

    period_id: UUID
    unit_id: UUID | None
    opens: date
    closes: date
    moderated: bool = False


@dataclass(frozen=True)
class Opened:
    """What opening made; `phrase` is shown once."""

    phrase: str
    subjects: int
    asked: int


def plan(session: Session, actor: Actor, rules: Rules, wanted: Planned, day: date) -> UUID:
    """Prepare a campaign; nobody is asked yet. `rules`: those of the period's last day."""
    actor.require_whole(Permission.MANAGE_SURVEY)
    terms_of(rules)
    if not day <= wanted.closes or wanted.opens > wanted.closes:
        raise Invalid(
            "survey_days", "A survey ends today or later, and not before it begins. Correct the days.", field="closes"
        )
    made = SurveyCampaign(
        period_id=wanted.period_id,
        unit_id=wanted.unit_id,
        opens=wanted.opens,
        closes=wanted.closes,
        moderated=wanted.moderated,
    )
    session.add(made)
    session.flush()
    record(session, actor, "survey.plan", f"survey:{made.id}", {"period": str(wanted.period_id)})
    return made.id


def exclude(session: Session, actor: Actor, campaign_id: UUID, one: UUID, other: UUID, reason: str) -> None:
    """Two people are not asked about each other (kin, a dispute); before the campaign is opened only."""
    actor.require_whole(Permission.MANAGE_SURVEY)
    _locked(session, campaign_id, "draft")
    if one == other or len(reason.strip()) < REASON_LENGTH:
        raise Invalid(
            "survey_conflict",
            "Name two people, and the reason in at least {length} characters.",
            length=REASON_LENGTH,
            field="reason",
        )
    first, second = sorted((one, other))
    values = {"campaign_id": campaign_id, "one_id": first, "other_id": second, "reason": reason.strip()}
    statement = insert(SurveyConflict).values(tenant_id=tenant_of(session), **values)
    session.execute(statement.on_conflict_do_nothing())
    payload = {"reason": salted(session, reason.strip())}
    record(session, actor, "survey.exclude", f"survey:{campaign_id}", payload)


def open_campaign(
    session: Session,
    actor: Actor,
    vault: Vault,
    campaign_id: UUID,
    rules: Rules,
    day: date,
    disputes: Collection[tuple[UUID, UUID]] = (),
) -> Opened:
    """Draw the raters, make the keys and ask; the phrase that opens the answers is in what is returned, and nowhere.

    `disputes`: pairs between whom an objection is running today (`followup.desk.parties`).
    """
    actor.require_whole(Permission.MANAGE_SURVEY)
    campaign = _locked(session, campaign_id, "draft")
    terms, keys = terms_of(rules), new_keys()
    campaign.terms, campaign.seed = kept(terms), secrets.token_hex(16)
    wanted = Draw(
        campaign.id,
        campaign.period_id,
        day,
        _covered(rules),
        below(session, [campaign.unit_id], day) if campaign.unit_id else None,
        [one.perspective() for one in terms.asked],
        terms.minimum,
        campaign.seed,
        disputes,
    )
    session.flush()
    subjects, asked = draw(session, wanted)
    if asked == 0:
        raise Conflict(
            "survey_nobody",
            "Nobody could be asked: no group of raters has {minimum} people, or all the subjects are in another survey "
            "of this period. Choose a larger unit.",
            minimum=terms.minimum,
        )
    uuid = str(agency(session, tenant_of(session)).uuid)
    campaign.public_key = keys.public
    campaign.private_key = vault.seal(keys.locked, uuid, "survey", str(campaign.id))
    campaign.token_key = vault.seal(keys.token, uuid, "survey places", str(campaign.id))
    campaign.state, campaign.asked = "open", asked
    session.flush()
    _tell(session, campaign_id, "survey_asked")
    payload = {
        "rule": terms.rule,
        "subjects": subjects,
        "asked": asked,
        "minimum": terms.minimum,
        "seed": salted(session, campaign.seed),
    }
    record(session, actor, "survey.open", f"survey:{campaign_id}", payload)
    return Opened(keys.phrase, subjects, asked)


def remind(session: Session, actor: Actor, campaign_id: UUID) -> None:
    """Remind everybody who was asked: those who have answered too, so that no message tells who has not."""
    actor.require_whole(Permission.MANAGE_SURVEY)
    _locked(session, campaign_id, "open")
    _tell(session, campaign_id, "survey_reminder")
    record(session, actor, "survey.remind", f"survey:{campaign_id}", {})


def order_close(session: Session, actor: Actor, vault: Vault, campaign_id: UUID, phrase: str, day: date) -> UUID:
    """Unlock the answers with the agency's phrase and have them counted by a job; refused before the last day is over.

    `Invalid` for another phrase; `Conflict` while answers may still come in.
    """
    actor.require_whole(Permission.MANAGE_SURVEY)
    campaign = _locked(session, campaign_id, "open")
    arrived = session.scalar(
        select(func.count()).select_from(SurveyBallot).where(SurveyBallot.campaign_id == campaign_id)
    )
    if day <= campaign.closes and arrived != campaign.asked:
        raise Conflict(
            "survey_running",
            "Answers may come in until {closes}; close the survey after that day, or once all have answered.",
            closes=campaign.closes,
        )
    uuid = str(agency(session, tenant_of(session)).uuid)
    locked = vault.open(campaign.private_key or b"", uuid, "survey", str(campaign_id))
    key = vault.seal(unlock(locked, phrase), uuid, "survey opening", str(campaign_id))
    session.execute(delete(SurveyOpening).where(SurveyOpening.campaign_id == campaign_id))
    session.execute(insert(SurveyOpening).values(tenant_id=tenant_of(session), campaign_id=campaign_id, key=key))
    campaign.state = "closing"
    session.flush()
    record(session, actor, "survey.close_ordered", f"survey:{campaign_id}", {})
    return enqueue(session, actor, JOB, {"campaign_id": str(campaign_id)})


def withdraw(session: Session, actor: Actor, campaign_id: UUID, reason: str) -> None:
    """End a campaign that is not closed without a result: ballots, invitations and keys go, nothing was ever opened."""
    actor.require_whole(Permission.MANAGE_SURVEY)
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid(
            "survey_reason", "Write the reason in at least {length} characters.", length=REASON_LENGTH, field="reason"
        )
    campaign = _locked(session, campaign_id, "draft", "open", "closing")
    _tell(session, campaign_id, "survey_withdrawn")
    for gone in (SurveyOpening, SurveyBallot, SurveyInvitation, SurveyResult, SurveySubject, SurveyConflict):
        session.execute(delete(gone).where(gone.campaign_id == campaign_id))
    campaign.state = "withdrawn"
    forget_keys(session, campaign_id)
    payload = {"reason": salted(session, reason.strip())}
    record(session, actor, "survey.withdraw", f"survey:{campaign_id}", payload)


def forget_keys(session: Session, campaign_id: UUID) -> None:
    """All keys of a campaign go: what was sealed with them opens no more."""
    session.flush()
    session.execute(delete(SurveyOpening).where(SurveyOpening.campaign_id == campaign_id))
    session.execute(
        update(SurveyCampaign)
        .where(SurveyCampaign.id == campaign_id)
        .values(public_key=None, private_key=None, token_key=None)
        .execution_options(synchronize_session="fetch")
    )


def _locked(session: Session, campaign_id: UUID, *states: str) -> SurveyCampaign:
    found = session.scalar(select(SurveyCampaign).where(SurveyCampaign.id == campaign_id).with_for_update())
    if found is None:
        raise NotFound("survey_unknown", "There is no such survey.")
    if found.state not in states:
        raise Conflict("survey_state", "This cannot be done any more: the survey is {state}.", state=found.state)
    return found


def _tell(session: Session, campaign_id: UUID, code: str) -> None:
    session.execute(_TELL_RATERS, {"tenant": tenant_of(session), "campaign": campaign_id, "code": code})


def _covered(rules: Rules) -> list[str]:
    """The employments that are appraised; a candidate (CPNS) is appraised as a PNS."""
    named = [name for name in ("pns", "pppk", "pppk_paruh_waktu") if rules.covers(name)]
    return [*named, "cpns"] if "pns" in named else named
