"""The items of a plan among the facts: which of them a rule takes, and the section for a rule that reads it."""

from __future__ import annotations

from selaras.planning.rules import section_for
from selaras.regulation import Rules

# An additional item that names no section stands in the form's first section of that kind; another one in none.
_SECTION = "coalesce(item.section, CASE item.kind WHEN 'additional' THEN %(additional)s::text END)"
_SECTIONED = f"item.detail || jsonb_strip_nulls(jsonb_build_object('section', {_SECTION}))"
_SCORED = f"AND coalesce({_SECTION} <> ALL(%(apart)s::text[]), true)"


def sectioned(query: str, rules: Rules) -> tuple[str, dict[str, object]]:
    """A query of items and its own parameters.

    `{scored}` leaves out the items of sections whose items the rule does not score one by one; `item.detail` holds the
    section too, where the rule has that column.
    """
    apart = [section.code for section in rules.form.sections if not section.scored]
    reads = any(column.name == "section" for column in rules.item_columns)
    query = query.format(scored=_SCORED if apart else "")
    if not apart and not reads:
        return query, {}
    additional = section_for(rules.form, None, "additional")
    own: dict[str, object] = {"additional": additional.code if additional else None}
    return query.replace("item.detail", _SECTIONED, 1) if reads else query, {
        **own,
        **({"apart": apart} if apart else {}),
    }
