"""The words of a rule, stored once per content hash, so that what was decided under it stays explainable."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.regulation import Rules
from selaras.tenancy.models import RuleText


def keep_rule_text(session: Session, rules: Rules) -> int:
    """The number of the rule as it stands now; its words are stored once per content hash."""
    found = session.scalar(select(RuleText.id).where(RuleText.hash == rules.hash))
    if found is not None:
        return found
    values = {
        "hash": rules.hash,
        "regulation": rules.code,
        "edition": rules.edition,
        "description": rules.describe(),
    }
    session.execute(insert(RuleText).values(values).on_conflict_do_nothing(index_elements=["hash"]))
    return session.execute(select(RuleText.id).where(RuleText.hash == rules.hash)).scalar_one()
