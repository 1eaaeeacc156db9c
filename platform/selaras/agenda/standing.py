"""How far somebody is in a period: one definition, for a team that is read and an agency that is counted."""

from __future__ import annotations

from typing import Final

# Continues a statement that begins with `staff (person_id, …)`; takes :tenant, :period, :year, :starts and :ends.
# `rated` and what follows is about the period; the plan is the last one of the period's year.
FLAGS: Final = """
    , held AS (
        SELECT DISTINCT ON (plan.person_id) plan.person_id, plan.id, plan.state, plan.submitted_at,
               plan.state = 'draft' AND plan.note IS NOT NULL AS returned
        FROM selaras.plan plan {of_plan}
        WHERE plan.tenant_id = :tenant AND plan.year = :year
        ORDER BY plan.person_id, plan.starts DESC NULLS LAST, plan.segment DESC
    ), logged AS (
        SELECT DISTINCT held.person_id
        FROM held
        JOIN selaras.plan_item item ON item.tenant_id = :tenant AND item.plan_id = held.id
        JOIN selaras.progress done ON done.tenant_id = :tenant AND done.item_id = item.id
         AND done.on_day BETWEEN CAST(:starts AS date) AND CAST(:ends AS date)
    ), judged AS (
        SELECT DISTINCT given.person_id FROM selaras.rating given {of_rating}
        WHERE given.tenant_id = :tenant AND given.period_id = :period
    ), result AS (
        SELECT DISTINCT ON (o.person_id) o.person_id, o.segment, o.revision, b.delivered_at
        FROM selaras.outcome o
        JOIN selaras.outcome_batch b ON b.tenant_id = :tenant AND b.id = o.batch_id AND b.state = 'set' {of_result}
        WHERE o.tenant_id = :tenant AND o.period_id = :period
        ORDER BY o.person_id, o.segment DESC, o.revision DESC
    ), answered AS (
        SELECT e.person_id, bool_or(e.state = 'accepted') AS accepted,
               bool_or(e.state = 'objected') AND NOT bool_or(e.state = 'final') AS objected
        FROM selaras.outcome_event e
        JOIN result USING (person_id)
        WHERE e.tenant_id = :tenant AND e.period_id = :period
          AND e.segment = result.segment AND e.revision = result.revision
        GROUP BY e.person_id
    ), standing AS (
        SELECT staff.*, held.state AS plan_state, coalesce(held.returned, false) AS returned, held.submitted_at,
               logged.person_id IS NOT NULL AS logged, judged.person_id IS NOT NULL AS rated,
               result.person_id IS NOT NULL AS delivered, result.delivered_at,
               coalesce(answered.accepted, false) AS accepted, coalesce(answered.objected, false) AS objected
        FROM staff
        LEFT JOIN held USING (person_id) LEFT JOIN logged USING (person_id) LEFT JOIN judged USING (person_id)
        LEFT JOIN result USING (person_id) LEFT JOIN answered USING (person_id)
    )
"""
EVERYBODY: Final = FLAGS.format(of_plan="", of_rating="", of_result="")
"""For a whole agency: each part is read once, without asking for single people."""
SOME: Final = FLAGS.format(
    of_plan="JOIN staff ON staff.person_id = plan.person_id",
    of_rating="JOIN staff ON staff.person_id = given.person_id",
    of_result="JOIN staff ON staff.person_id = o.person_id",
)
"""For a team: only what belongs to these people."""
