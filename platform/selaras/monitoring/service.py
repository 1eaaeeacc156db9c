"""Commands: take over progress with evidence, and feedback; set-based, never committing."""

from __future__ import annotations

import polars as pl
from psycopg import sql
from sqlalchemy.orm import Session

from selaras.db.bulk import connection_of, staged
from selaras.db.merge import Merged, upsert
from selaras.db.session import tenant_of

_LATEST = """
    UPDATE selaras.item_measure m SET actual = latest.actual
    FROM (
        SELECT DISTINCT ON (p.item_id, p.aspect) p.item_id, p.aspect, p.actual
        FROM selaras.progress p JOIN {stage} s ON s.item_id = p.item_id AND s.aspect = p.aspect
        WHERE p.tenant_id = %(tenant)s ORDER BY p.item_id, p.aspect, p.on_day DESC
    ) latest
    WHERE m.tenant_id = %(tenant)s AND m.item_id = latest.item_id AND m.aspect = latest.aspect
      AND m.actual IS DISTINCT FROM latest.actual
"""

_NEW_FEEDBACK = """
    INSERT INTO selaras.feedback (tenant_id, {names})
    SELECT %(tenant)s, {names} FROM {stage} s
    WHERE NOT EXISTS (
        SELECT 1 FROM selaras.feedback f
        WHERE f.tenant_id = %(tenant)s AND f.person_id = s.person_id AND f.giver_id = s.giver_id
          AND f.relation = s.relation AND f.on_day = s.on_day AND f.content = s.content
          AND f.item_id IS NOT DISTINCT FROM s.item_id AND f.behaviour IS NOT DISTINCT FROM s.behaviour
    )
"""

_FEEDBACK = ("person_id", "giver_id", "relation", "item_id", "behaviour", "on_day", "content")


def take_progress(session: Session, progress: pl.DataFrame) -> dict[str, Merged]:
    """Progress by item, aspect and day; what the latest day reached becomes the measure's `actual`.

    `progress`: `item_id`, `aspect`, `on_day`, `actual` (decimal text), `note`, `evidence`; unique by the first three.
    """
    written = upsert(
        session, "progress", progress, key=["item_id", "aspect", "on_day"], values=["actual", "note", "evidence"]
    )
    touched = progress.select("item_id", "aspect").unique()
    with staged(session, "progress", touched) as stage, connection_of(session).cursor() as cursor:
        cursor.execute(sql.SQL(_LATEST).format(stage=stage), {"tenant": tenant_of(session)})
        reached = cursor.rowcount
    return {"progress": written, "measures": Merged(0, reached)}


def take_feedback(session: Session, feedback: pl.DataFrame) -> Merged:
    """Feedback that is not here yet (columns as in `_FEEDBACK`); the same words of one day are one feedback."""
    rows = feedback.select(_FEEDBACK)
    with staged(session, "feedback", rows) as stage, connection_of(session).cursor() as cursor:
        names = sql.SQL(", ").join(sql.Identifier(name) for name in _FEEDBACK)
        cursor.execute(sql.SQL(_NEW_FEEDBACK).format(names=names, stage=stage), {"tenant": tenant_of(session)})
        return Merged(cursor.rowcount)
