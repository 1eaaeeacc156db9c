"""A raised target taken into the form of a plan: at the result that it belongs to, or as a result of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from selaras.followup.raising import RaisedTarget, same_words
from selaras.planning.forms import AskedForm
from selaras.web.plan_form import Item, Measure, Written, changed, typed


def raised(written: Written, action: str, proposals: Sequence[RaisedTarget], asked: AskedForm) -> Written:
    """After the button `raise:<item>:<aspect>`; as it was where nothing like that is proposed."""
    wanted = action.partition(":")[2]
    line = next((one for one in proposals if f"{one.item_id}:{one.aspect}" == wanted), None)
    if line is None:
        return written
    at = next((n for n, one in enumerate(written.items) if same_words(one.title, line.title)), None)
    if at is None:
        written, at = _room(written, line, asked)
    if at is None:
        return written
    item = _with(written.items[at], line)
    return replace(written, items=(*written.items[:at], item, *written.items[at + 1 :]))


def _room(written: Written, line: RaisedTarget, asked: AskedForm) -> tuple[Written, int | None]:
    """A result in which nothing is written yet, of the same section where the form has it; None: the plan is full."""
    sections = [one.code for one in asked.form.sections]
    section = line.section if line.section in sections else sections[0]
    empty = [n for n, one in enumerate(written.items) if one.blank and one.section == section]
    if empty:
        return written, empty[0]
    more = changed(written, f"add:{section}", asked)
    return more, len(more.items) - 1 if len(more.items) > len(written.items) else None


def _with(item: Item, line: RaisedTarget) -> Item:
    """The result with the proposed target at its aspect: of the same indicator, else one without, else one more."""
    target, held = typed(line.proposed), item.measures
    same = [n for n, one in enumerate(held) if one.aspect == line.aspect]
    same.sort(key=lambda n: not same_words(held[n].indicator, line.indicator))
    title = item.title or line.title
    new = Measure(line.aspect, line.indicator or "", target, line.measure or "")
    if not same:
        return replace(item, title=title, measures=(*held, new))
    at = same[0]
    new = new if held[at].blank else replace(held[at], target=target)
    return replace(item, title=title, measures=(*held[:at], new, *held[at + 1 :]))
