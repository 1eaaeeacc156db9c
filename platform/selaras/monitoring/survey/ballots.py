"""Commands of raters: what they are asked, and casting one sealed ballot. Nothing else is written when they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.errors import Conflict, Fault, Invalid, NotFound
from selaras.identity.actor import Actor
from selaras.identity.vault import Vault
from selaras.monitoring.survey.models import SurveyBallot, SurveyCampaign, SurveyInvitation
from selaras.monitoring.survey.sealing import Ballot, place, seal
from selaras.monitoring.survey.telling import telling
from selaras.monitoring.survey.terms import Terms, read
from selaras.organisation.queries import lines_of, names_of
from selaras.tenancy.queries import agency

LONGEST_COMMENT = 800


@dataclass(frozen=True)
class Question:
    """Somebody about whom the rater is asked; `answered` is worked out for the rater alone and stored nowhere."""

    campaign_id: UUID
    subject_id: UUID
    subject_name: str
    perspective: str
    closes: date
    answered: bool


@dataclass(frozen=True)
class Paper:
    """The form about one person: the questionnaire, from which perspective it is answered, and until when."""

    question: Question
    terms: Terms
    moderated: bool

    @property
    def closed(self) -> bool:
        """Whether single answers of this perspective are nobody's to know."""
        return next((one.closed for one in self.terms.perspectives if one.code == self.question.perspective), True)


@dataclass(frozen=True)
class Written:
    """What a rater wrote: behaviour → level (some may be left out), a comment, and that its telling words are meant."""

    answers: Mapping[str, int]
    comment: str = ""
    confirmed: bool = False


class Telling(Invalid):
    """The comment has words by which its writer may be known; sent again with them confirmed, it is taken."""


def questions(session: Session, actor: Actor, vault: Vault, day: date) -> tuple[Question, ...]:
    """Everybody about whom the actor is asked on `day`, those not yet answered first; three statements, and no more."""
    if actor.person_id is None:
        return ()
    rows = session.execute(
        select(SurveyInvitation, SurveyCampaign)
        .join(SurveyCampaign, SurveyCampaign.id == SurveyInvitation.campaign_id)
        .where(SurveyInvitation.rater_id == actor.person_id, *_running(day))
    ).all()
    names = names_of(session, [one.subject_id for one, _ in rows]) if rows else {}
    places = {_place(session, vault, campaign, one): one for one, campaign in rows}
    there = set(session.scalars(select(SurveyBallot.id).where(SurveyBallot.id.in_(places)))) if rows else set()
    found = [
        Question(c.id, one.subject_id, names[one.subject_id], one.perspective, c.closes, at in there)
        for (at, one), (_, c) in zip(places.items(), rows, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.answered, one.closes, one.subject_name)))


def paper(session: Session, actor: Actor, vault: Vault, campaign_id: UUID, subject_id: UUID, day: date) -> Paper:
    """The form about one person, or `NotFound` for whoever is not asked about them today."""
    campaign, invitation = _asked(session, actor, campaign_id, subject_id, day)
    at = _place(session, vault, campaign, invitation)
    query = select(SurveyBallot.id).where(SurveyBallot.campaign_id == campaign_id, SurveyBallot.id == at)
    there = session.scalar(query)
    name = names_of(session, [subject_id])[subject_id]
    question = Question(campaign_id, subject_id, name, invitation.perspective, campaign.closes, there is not None)
    return Paper(question, read(campaign.terms), campaign.moderated)


def cast(
    session: Session, actor: Actor, vault: Vault, campaign_id: UUID, subject_id: UUID, written: Written, day: date
) -> None:
    """Seal the answers and put them into the box; casting again replaces them.

    Writes one row, and that no other table knows of: no time, no ledger entry, no notice, no job.
    """
    campaign, invitation = _asked(session, actor, campaign_id, subject_id, day, lock=True)
    terms, said = read(campaign.terms), written.comment.strip()
    _refuse_wrong(terms, written.answers, said)
    closed = next((one.closed for one in terms.perspectives if one.code == invitation.perspective), True)
    if said and closed and not written.confirmed:
        _warn(session, actor, said, day)
    ballot = Ballot(subject_id, invitation.perspective, dict(written.answers), said)
    sealed = seal(campaign.public_key or b"", campaign_id, ballot)
    at = _place(session, vault, campaign, invitation)
    statement = insert(SurveyBallot).values(tenant_id=tenant_of(session), campaign_id=campaign_id, id=at, sealed=sealed)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "campaign_id", "id"], set_={"sealed": statement.excluded.sealed}
        )
    )


def _asked(
    session: Session, actor: Actor, campaign_id: UUID, subject_id: UUID, day: date, *, lock: bool = False
) -> tuple[SurveyCampaign, SurveyInvitation]:
    """The campaign, held until the ballot lies in the box: a close counts all that were cast or refuses the rest."""
    query = select(SurveyCampaign).where(SurveyCampaign.id == campaign_id)
    campaign = session.scalar(query.with_for_update(read=True) if lock else query)
    invitation = session.scalar(
        select(SurveyInvitation).where(
            SurveyInvitation.campaign_id == campaign_id,
            SurveyInvitation.rater_id == actor.person_id,
            SurveyInvitation.subject_id == subject_id,
        )
    )
    if campaign is None or invitation is None or actor.person_id is None:
        raise NotFound("survey_not_asked", "You are not asked about this person here.")
    if campaign.state != "open" or not campaign.opens <= day <= campaign.closes:
        raise Conflict(
            "survey_not_running",
            "This survey takes answers from {opens} to {closes}, and while it is open. Nothing was changed.",
            opens=campaign.opens,
            closes=campaign.closes,
        )
    return campaign, invitation


def _running(day: date) -> tuple[ColumnElement[bool], ...]:
    return (SurveyCampaign.state == "open", SurveyCampaign.opens <= day, SurveyCampaign.closes >= day)


def _place(session: Session, vault: Vault, campaign: SurveyCampaign, invitation: SurveyInvitation) -> UUID:
    known: dict[UUID, bytes] = session.info.setdefault("selaras.survey_places", {})
    if campaign.id not in known:
        uuid = str(agency(session, tenant_of(session)).uuid)
        known[campaign.id] = vault.open(campaign.token_key or b"", uuid, "survey places", str(campaign.id))
    return place(known[campaign.id], invitation.rater_id, invitation.subject_id)


def _refuse_wrong(terms: Terms, answers: Mapping[str, int], comment: str) -> None:
    """At least one answer, each to a behaviour that is asked and of the scale; a comment of bounded length."""
    known, levels = {one.code for one in terms.values}, {one.value for one in terms.answers}
    faults = [
        Fault("survey_answer", "This is no answer to this question.", field=str(code)[:60])
        for code, value in answers.items()
        if code not in known or value not in levels
    ]
    if not answers:
        faults.append(Fault("survey_empty", "Answer at least one question, or leave the form.", field="answers"))
    if len(comment) > LONGEST_COMMENT or "\0" in comment:
        faults.append(
            Fault("survey_comment", "Write at most {most} characters.", field="comment", most=LONGEST_COMMENT)
        )
    if faults:
        raise Invalid(
            "survey_answers", "The answers cannot be taken; what is wrong is said beside them.", faults=faults
        )


def _warn(session: Session, actor: Actor, comment: str, day: date) -> None:
    person = actor.person_id
    line = next(iter(lines_of(session, [person], day)), None) if person else None
    found = telling(comment, line.name if line else actor.name, line.unit_name if line else None)
    if found:
        raise Telling(
            "survey_telling",
            "By these words you may be known: {words}. Change the comment, or send it as it is and confirm that you "
            "want to.",
            words=", ".join(found),
            field="comment",
        )
