"""What a page remembers of the plan that it shows, so that nobody overwrites or agrees to what they have not read."""

from __future__ import annotations

import hashlib

from selaras.planning.drafts import ItemDraft, PlanDraft
from selaras.planning.queries import PlanView, draft_of
from selaras.regulation import PlanForm

NONE = "none"
"""The version of a plan that is not there."""


def version(view: PlanView | None, form: PlanForm) -> str:
    """It changes with every field of the plan, and with its state."""
    return _hashed(view.state, version_of_draft(draft_of(view, form))) if view else NONE


def version_of_draft(draft: PlanDraft) -> str:
    """The same for drafts that say the same, in whichever order items and aspects were written."""
    items = sorted(_said(one) for one in draft.items)
    annexes = sorted(draft.annexes, key=lambda one: one.kind)
    expectations = sorted(draft.expectations, key=lambda one: one.behaviour)
    return _hashed(draft.model, draft.variant, items, annexes, expectations)


def _said(item: ItemDraft) -> list[str]:
    named = (item.code, item.title, item.section, item.perspective, item.origin, item.expectation)
    referred = (item.parent_item_id, item.goal_id, item.assignment_id)
    measures = [
        (
            one.aspect,
            one.indicator,
            None if one.target is None else f"{one.target.normalize():f}",
            one.measure,
            one.manual,
        )
        for one in sorted(item.measures, key=lambda one: one.aspect)
    ]
    strategy = [(one.stage, one.content) for one in sorted(item.strategy, key=lambda one: one.stage)]
    besides = [sorted((name, str(value)) for name, value in item.detail.items())] if item.detail else []
    return [repr(one) for one in (named, tuple(map(str, referred)), measures, strategy, *besides)]


def _hashed(*said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]
