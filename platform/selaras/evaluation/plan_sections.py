"""The section of a plan's item among the facts, for a rule that reads it."""

from __future__ import annotations

from selaras.planning.rules import section_for
from selaras.regulation import Rules

# An additional item that names no section stands in the form's first section of that kind.
_SECTIONED = """item.detail || jsonb_strip_nulls(jsonb_build_object('section', coalesce(
        item.section, CASE item.kind WHEN 'additional' THEN %(additional)s::text END)))"""


def sectioned(query: str, rules: Rules) -> tuple[str, dict[str, str | None]]:
    """A query of items and its own parameters: `item.detail` holds the section too, where the rule has that column."""
    if all(column.name != "section" for column in rules.item_columns):
        return query, {}
    additional = section_for(rules.form, None, "additional")
    return query.replace("item.detail", _SECTIONED, 1), {"additional": additional.code if additional else None}
