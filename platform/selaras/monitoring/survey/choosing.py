"""Who is asked about whom: worked out from who reports to whom, and drawn by lot. Nobody proposes anybody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.bulk import set_based
from selaras.db.session import tenant_of
from selaras.regulation import Perspective

# Whoever is a subject of another campaign of the period already is left out: two campaigns could be subtracted.
_SUBJECTS = text(
    """
    INSERT INTO selaras.survey_subject (tenant_id, period_id, person_id, campaign_id)
    SELECT a.tenant_id, :period, a.person_id, :campaign
    FROM selaras.appointment a
    JOIN selaras.person p ON p.tenant_id = a.tenant_id AND p.id = a.person_id AND p.left_on IS NULL
    WHERE a.tenant_id = :tenant AND a.kind = 'definitive' AND a.during @> CAST(:day AS date)
      AND a.employment = ANY(:employments) AND (:everybody OR a.unit_id = ANY(:units))
    ON CONFLICT DO NOTHING
    """
)

# Only pairs of which one is a subject: the rest of the agency's objections are nobody's business here.
_DISPUTES = text(
    """
    INSERT INTO selaras.survey_conflict (tenant_id, campaign_id, one_id, other_id, reason, origin)
    SELECT :tenant, :campaign, pair.one, pair.other, '', 'objection'
    FROM unnest(CAST(:ones AS uuid[]), CAST(:others AS uuid[])) AS pair (one, other)
    WHERE EXISTS (SELECT FROM selaras.survey_subject s WHERE s.tenant_id = :tenant AND s.campaign_id = :campaign
                  AND s.person_id IN (pair.one, pair.other))
    ON CONFLICT DO NOTHING
    """
)

# The order of the draw is a hash of seed, subject and rater: whoever has the seed can draw again and compare.
_INVITATIONS = text(
    """
    WITH subject AS (
        SELECT person_id FROM selaras.survey_subject WHERE tenant_id = :tenant AND campaign_id = :campaign
    ), line AS (
        SELECT l.person_id, l.superior_id FROM selaras.reporting_line l
        JOIN selaras.person p ON p.tenant_id = l.tenant_id AND p.id = l.person_id AND p.left_on IS NULL
        WHERE l.tenant_id = :tenant AND l.during @> CAST(:day AS date)
    ), pair AS (
        SELECT s.person_id AS subject_id, own.superior_id AS rater_id, 'superior' AS perspective
        FROM subject s JOIN line own ON own.person_id = s.person_id
        JOIN selaras.person p ON p.tenant_id = :tenant AND p.id = own.superior_id AND p.left_on IS NULL
        UNION ALL
        SELECT s.person_id, peer.person_id, 'peers'
        FROM subject s JOIN line own ON own.person_id = s.person_id
        JOIN line peer ON peer.superior_id = own.superior_id AND peer.person_id <> s.person_id
        UNION ALL
        SELECT s.person_id, below.person_id, 'subordinates'
        FROM subject s JOIN line below ON below.superior_id = s.person_id
    ), drawn AS (
        SELECT pair.*, row_number() OVER (
            PARTITION BY subject_id, perspective
            ORDER BY sha256(convert_to(:seed || '/' || subject_id || '/' || rater_id, 'UTF8'))
        ) AS turn
        FROM pair
        WHERE perspective = ANY(:perspectives) AND NOT EXISTS (
            SELECT FROM selaras.survey_conflict c
            WHERE c.tenant_id = :tenant AND c.campaign_id = :campaign
              AND (c.one_id, c.other_id) IN ((subject_id, rater_id), (rater_id, subject_id))
              AND (c.origin = 'named' OR pair.perspective = ANY(:closed))
        )
    ), kept AS (
        SELECT drawn.*, count(*) OVER (PARTITION BY subject_id, drawn.perspective) AS asked
        FROM drawn
        JOIN unnest(CAST(:perspectives AS text[]), CAST(:most AS integer[]), CAST(:least AS integer[]))
          AS rule(perspective, most, least) ON rule.perspective = drawn.perspective AND drawn.turn <= rule.most
    )
    INSERT INTO selaras.survey_invitation (tenant_id, campaign_id, rater_id, subject_id, perspective)
    SELECT :tenant, :campaign, rater_id, subject_id, kept.perspective
    FROM kept JOIN unnest(CAST(:perspectives AS text[]), CAST(:least AS integer[])) AS rule(perspective, least)
      ON rule.perspective = kept.perspective AND kept.asked >= rule.least
    ORDER BY rater_id, subject_id
    """
)

_RESULTS = text(
    """
    INSERT INTO selaras.survey_result (tenant_id, campaign_id, person_id, perspective, asked, state, disputed)
    SELECT :tenant, :campaign, s.person_id, p.code, count(i.rater_id),
           CASE WHEN count(i.rater_id) = 0 THEN 'too_few_asked' ELSE 'asked' END, count(c.id) > 0
    FROM selaras.survey_subject s
    CROSS JOIN unnest(CAST(:perspectives AS text[])) AS p(code)
    LEFT JOIN selaras.survey_invitation i
      ON i.tenant_id = :tenant AND i.campaign_id = :campaign AND i.subject_id = s.person_id AND i.perspective = p.code
    LEFT JOIN selaras.survey_conflict c ON c.tenant_id = :tenant AND c.campaign_id = :campaign
     AND c.one_id = least(i.rater_id, i.subject_id) AND c.other_id = greatest(i.rater_id, i.subject_id)
    WHERE s.tenant_id = :tenant AND s.campaign_id = :campaign
    GROUP BY s.person_id, p.code
    """
)


@dataclass(frozen=True)
class Draw:
    """What a draw is made from. `units`: those of the subjects; None for the whole agency. `minimum` of closed ones.

    `disputes`: pairs, in the order of their ids, between whom an objection is running.
    """

    campaign_id: UUID
    period_id: UUID
    day: date
    employments: Sequence[str]
    units: Collection[UUID] | None
    perspectives: Sequence[Perspective]
    minimum: int
    seed: str
    disputes: Collection[tuple[UUID, UUID]] = ()


def draw(session: Session, asked: Draw) -> tuple[int, int]:
    """Write subjects, invitations and what is not asked, in four statements → how many subjects and invitations.

    A closed perspective in which fewer than `minimum` could be asked is not asked at all. Parties to a running
    objection are not drawn for closed perspectives; the superior is asked, and what they answer is marked.
    """
    values: dict[str, Any] = {
        "tenant": tenant_of(session),
        "campaign": asked.campaign_id,
        "period": asked.period_id,
        "day": asked.day,
        "employments": list(asked.employments),
        "everybody": asked.units is None,
        "units": list(asked.units or ()),
        "perspectives": [one.code for one in asked.perspectives],
        "most": [one.most for one in asked.perspectives],
        "least": [asked.minimum if one.closed else 1 for one in asked.perspectives],
        "closed": [one.code for one in asked.perspectives if one.closed],
        "seed": asked.seed,
        "ones": [one for one, _ in asked.disputes],
        "others": [other for _, other in asked.disputes],
    }
    with set_based(session):
        subjects = session.connection().execute(_SUBJECTS, values).rowcount
        session.execute(_DISPUTES, values)
        invitations = session.connection().execute(_INVITATIONS, values).rowcount
        session.execute(_RESULTS, values)
    return subjects, invitations
