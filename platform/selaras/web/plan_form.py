"""A plan as it stands in its form: fields as they were written, what buttons add or take away, the draft they make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from selaras.edge.fields import decimal_of_field, uuid_of_field
from selaras.errors import Fault, Invalid
from selaras.planning.drafts import AnnexDraft, ExpectationDraft, ItemDraft, MeasureDraft, PlanDraft, StrategyDraft
from selaras.planning.forms import AskedForm
from selaras.web.plan_details import detail_in, detail_of

MOST_ITEMS = 60
LONGEST = 4_000
_LARGEST = Decimal(10) ** 15
_ITEM = re.compile(r"items\.(\d{1,4})\.(\w+)")
_MEASURE = re.compile(r"items\.(\d{1,4})\.measures\.(\d{1,2})\.(\w+)")
_NAMED = re.compile(r"(?:items\.(\d{1,4})\.)?(strategy|annex|expectation|detail)\.(\w+)")


@dataclass(frozen=True)
class Measure:
    """The fields of one aspect."""

    aspect: str = ""
    indicator: str = ""
    target: str = ""
    measure: str = ""
    manual: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was written in it yet."""
        return not (self.indicator or self.target or self.measure or self.manual)


@dataclass(frozen=True)
class Item:
    """The fields of one result; `strategy`: stage → its lines, `detail`: column of the form → as it was typed."""

    code: str = ""
    title: str = ""
    section: str = ""
    perspective: str = ""
    origin: str = ""
    expectation: str = ""
    parent_item_id: str = ""
    goal_id: str = ""
    assignment_id: str = ""
    measures: tuple[Measure, ...] = ()
    strategy: Mapping[str, str] = field(default_factory=dict)
    detail: Mapping[str, str] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        """Whether nothing was written in it yet."""
        said = (self.title, self.expectation, self.parent_item_id, self.goal_id, self.assignment_id)
        lines = (*self.detail.values(), *self.strategy.values())
        return not any((*said, *lines)) and all(one.blank for one in self.measures)


@dataclass(frozen=True)
class Written:
    """Everything in the form. `annexes`: kind → its lines; `expectations`: behaviour → text."""

    model: str = ""
    variant: str = ""
    items: tuple[Item, ...] = ()
    annexes: Mapping[str, str] = field(default_factory=dict)
    expectations: Mapping[str, str] = field(default_factory=dict)


def written_of(draft: PlanDraft, asked: AskedForm) -> Written:
    """A stored draft as its form shows it, aspects in the form's order."""
    order = {one.code: place for place, one in enumerate(asked.form.aspects)}
    return Written(
        model=draft.model or "",
        variant=draft.variant or "",
        items=tuple(_item_of(one, order) for one in draft.items),
        annexes=_lines((one.kind, one.content) for one in draft.annexes),
        expectations={one.behaviour: one.content for one in draft.expectations},
    )


def written_in(form: Mapping[str, str]) -> Written:
    """What a browser sent, as it was typed; names that are no field of a plan are passed over.

    `Invalid` for more results than a plan can have.
    """
    numbers = sorted({int(found[1]) for name in form if (found := _ITEM.match(name))})
    if len(numbers) > MOST_ITEMS:
        raise Invalid("plan_many", "A plan can have at most {most} results.", most=MOST_ITEMS, field="items")
    text = {name: _clean(value) for name, value in form.items()}
    return Written(
        model=text.get("model", ""),
        variant=text.get("variant", ""),
        items=tuple(_item_in(text, n) for n in numbers),
        annexes=_named(text, "annex"),
        expectations=_named(text, "expectation"),
    )


def started(asked: AskedForm) -> Written:
    """A form in which nothing is written yet: one result of the first section."""
    models, sections = asked.form.models, asked.form.sections
    empty = Written(
        model=models[0].code if len(models) == 1 else "", variant=asked.variant.code if asked.variant else ""
    )
    return _added(empty, sections[0].code, asked) if sections else empty


def changed(written: Written, action: str, asked: AskedForm, reserved: frozenset[str] = frozenset()) -> Written:
    """After a button: `add:<section>`, `drop:<n>`, `aspect:<n>:<code>`, `drop-aspect:<n>:<m>`; any other: as it was.

    `reserved`: codes that no new result gets.
    """
    what, _, rest = action.partition(":")
    if what == "add" and rest in {one.code for one in asked.form.sections} and len(written.items) < MOST_ITEMS:
        return _added(written, rest, asked, reserved)
    at, _, which = rest.partition(":")
    if not at.isdecimal() or int(at) >= len(written.items):
        return written
    if what == "drop":
        return replace(written, items=written.items[: int(at)] + written.items[int(at) + 1 :])
    item = written.items[int(at)]
    if what == "aspect" and which in {one.code for one in asked.form.aspects}:
        item = replace(item, measures=(*item.measures, Measure(aspect=which)))
    elif what == "drop-aspect" and which.isdecimal():
        item = replace(item, measures=tuple(one for m, one in enumerate(item.measures) if m != int(which)))
    return replace(written, items=(*written.items[: int(at)], item, *written.items[int(at) + 1 :]))


def draft_in(written: Written, asked: AskedForm) -> tuple[PlanDraft, tuple[Fault, ...]]:
    """The draft that the fields make, and every field that cannot be read."""
    found: list[Fault] = []
    words_only = any(one.code == written.model and not one.measured for one in asked.form.models)
    draft = PlanDraft(
        model=written.model or None,
        variant=written.variant or None,
        items=tuple(
            replace(_draft(f"items.{n}", item, found, words_only), detail=detail_in(item.detail, asked.form.columns))
            for n, item in enumerate(written.items)
        ),
        annexes=tuple(AnnexDraft(kind, line) for kind, text in written.annexes.items() for line in _split(text)),
        expectations=tuple(ExpectationDraft(code, text) for code, text in written.expectations.items() if text),
    )
    return draft, (*found, *_too_long(written))


def placed(faults: Iterable[Fault], draft: PlanDraft) -> dict[str, list[Fault]]:
    """Faults by the field of the form in which they are shown."""
    found: dict[str, list[Fault]] = {}
    for one in faults:
        found.setdefault(_place(one.field, draft), []).append(one)
    return found


def _place(name: str, draft: PlanDraft) -> str:
    head, *rest = name.split(".")
    if head == "annexes" and rest:
        return f"annex.{draft.annexes[int(rest[0])].kind}"
    if head == "expectations" and rest:
        return f"expectation.{draft.expectations[int(rest[0])].behaviour}"
    if head == "items" and rest[1:2] == ["strategy"]:
        return f"items.{rest[0]}.strategy.{draft.items[int(rest[0])].strategy[int(rest[2])].stage}"
    return name


def _item_of(draft: ItemDraft, order: Mapping[str, int]) -> Item:
    names = ("code", "title", "section", "perspective", "origin", "expectation")
    ids = ("parent_item_id", "goal_id", "assignment_id")
    return Item(
        **{name: getattr(draft, name) or "" for name in names},
        **{name: str(getattr(draft, name) or "") for name in ids},
        measures=tuple(
            Measure(one.aspect, one.indicator or "", typed(one.target), one.measure or "", one.manual or "")
            for one in sorted(draft.measures, key=lambda one: order.get(one.aspect, len(order)))
        ),
        strategy=_lines((one.stage, one.content) for one in draft.strategy),
        detail=detail_of(draft.detail),
    )


def _item_in(text: Mapping[str, str], n: int) -> Item:
    fields: dict[str, Any] = {name: text.get(f"items.{n}.{name}", "") for name in _ITEM_FIELDS}
    kept: dict[int, dict[str, str]] = {}
    for name, value in text.items():
        found = _MEASURE.fullmatch(name)
        if found and int(found[1]) == n and found[3] in _MEASURE_FIELDS:
            kept.setdefault(int(found[2]), {})[found[3]] = value
    measures = tuple(Measure(**kept[m]) for m in sorted(kept))
    strategy, detail = (_named(text, name, str(n)) for name in ("strategy", "detail"))
    return Item(**fields, measures=measures, strategy=strategy, detail=detail)


def _added(written: Written, section: str, asked: AskedForm, reserved: frozenset[str] = frozenset()) -> Written:
    taken, n = {one.code for one in written.items} | reserved, len(written.items) + 1
    while f"{n:02d}" in taken:
        n += 1
    item = Item(code=f"{n:02d}", section=section, measures=tuple(_first(written.model, asked)))
    return replace(written, items=(*written.items, item))


def _first(model: str, asked: AskedForm) -> Iterator[Measure]:
    """The aspects that a new result begins with: those that the form requires, or as many as it wants indicators."""
    form = asked.form
    if any(one.code == model and not one.measured for one in form.models):
        return
    required = [one for one in form.aspects if one.required] or list(form.aspects[: max(form.least_indicators, 0)])
    yield from (Measure(aspect=one.code) for one in required)


def _draft(at: str, item: Item, found: list[Fault], words_only: bool) -> ItemDraft:
    nothing = words_only and all(one.blank for one in item.measures)
    measures = [] if nothing else [(f"{at}.measures.{m}", one) for m, one in enumerate(item.measures)]
    return ItemDraft(
        code=item.code,
        title=item.title,
        section=item.section or None,
        perspective=item.perspective or None,
        origin=item.origin or None,
        expectation=item.expectation or None,
        parent_item_id=_id(item.parent_item_id, f"{at}.parent_item_id", found),
        goal_id=_id(item.goal_id, f"{at}.goal_id", found),
        assignment_id=_id(item.assignment_id, f"{at}.assignment_id", found),
        measures=tuple(
            MeasureDraft(
                one.aspect,
                one.indicator or None,
                _target(one.target, f"{place}.target", found),
                one.measure or None,
                one.manual or None,
            )
            for place, one in measures
        ),
        strategy=tuple(StrategyDraft(stage, line) for stage, text in item.strategy.items() for line in _split(text)),
    )


def _id(text: str, name: str, found: list[Fault]) -> UUID | None:
    try:
        return uuid_of_field(text, name)
    except Invalid as error:
        found.append(Fault(error.code, error.message, **error.params))  # type: ignore[arg-type]  # params are words
        return None


def _target(text: str, name: str, found: list[Fault]) -> Decimal | None:
    try:
        value = decimal_of_field(text[:40], name)
    except Invalid as error:
        found.append(Fault(error.code, error.message, **error.params))  # type: ignore[arg-type]  # params are words
        return None
    if value is not None and (abs(value) >= _LARGEST or len(text) > 40):
        found.append(Fault("plan_number", "This number is too large for a target.", field=name))
        return None
    return value


def _too_long(written: Written) -> Iterator[Fault]:
    texts = {f"annex.{kind}": text for kind, text in written.annexes.items()}
    texts |= {f"expectation.{code}": text for code, text in written.expectations.items()}
    for n, item in enumerate(written.items):
        texts |= {f"items.{n}.{name}": getattr(item, name) for name in ("code", "title", "expectation")}
        texts |= {f"items.{n}.strategy.{stage}": text for stage, text in item.strategy.items()}
        texts |= {f"items.{n}.detail.{column}": text for column, text in item.detail.items()}
        for m, one in enumerate(item.measures):
            texts |= {f"items.{n}.measures.{m}.{name}": getattr(one, name) for name in _MEASURE_FIELDS}
    for name, text in texts.items():
        if len(text) > LONGEST:
            yield Fault("plan_long", "Write at most {most} characters.", field=name, most=LONGEST)


def _named(text: Mapping[str, str], what: str, n: str | None = None) -> dict[str, str]:
    found = ((_NAMED.fullmatch(name), value) for name, value in text.items())
    return {one[3]: value for one, value in found if one and one[2] == what and one[1] == n and value}


def _lines(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for code, content in pairs:
        found.setdefault(code, []).append(content)
    return {code: "\n".join(lines) for code, lines in found.items()}


def _split(text: str) -> Sequence[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _clean(value: str) -> str:
    return value.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def typed(value: Decimal | None) -> str:
    """A number as somebody would type it."""
    return "" if value is None else f"{value.normalize():f}".replace(".", ",")


_ITEM_FIELDS = (
    "code",
    "title",
    "section",
    "perspective",
    "origin",
    "expectation",
    "parent_item_id",
    "goal_id",
    "assignment_id",
)
_MEASURE_FIELDS = ("aspect", "indicator", "target", "measure", "manual")
