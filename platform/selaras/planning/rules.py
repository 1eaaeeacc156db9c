"""Whether a plan fits the form that the regulation declares: every fault with its field, without any row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from selaras.errors import Fault
from selaras.planning.details import detail_faults
from selaras.planning.drafts import Holder, ItemDraft, MeasureDraft, PlanDraft
from selaras.regulation import Behaviour, BehaviourFramework, PlanForm, PlanModel, PlanVariant, Section

ORIGINS = ("own_unit", "other_unit", "other_agency")


def variants_of(form: PlanForm, holder: Holder) -> tuple[PlanVariant, ...]:
    """The form's variants among which the holder may choose."""
    return tuple(one for one in form.variants if holder.post_kind in one.posts or (one.heads and holder.is_head))


def variant_for(form: PlanForm, holder: Holder, stated: str | None = None) -> PlanVariant | None:
    """The form's variant: the stated one where the holder may have it, else that of the post; None where none fits."""
    own = next((one for one in form.variants if holder.post_kind in one.posts), None)
    named = next((one for one in form.variants if one.code == stated), None)
    return named if named and (named == own or (named.heads and holder.is_head)) else (None if stated else own)


def section_for(form: PlanForm, code: str | None, kind: str = "main") -> Section | None:
    """The section of the form with the code; without a code, the first one of the kind."""
    if code is not None:
        return next((one for one in form.sections if one.code == code), None)
    return next((one for one in form.sections if one.kind == kind), None)


def faults(
    draft: PlanDraft, form: PlanForm, behaviours: BehaviourFramework | None, holder: Holder
) -> tuple[Fault, ...]:
    """All that keeps the draft from being kept (`final` False) or from being submitted (`final` True)."""
    return tuple(_Judge(draft, form, behaviours, holder).all())


class _Judge:
    def __init__(self, draft: PlanDraft, form: PlanForm, behaviours: BehaviourFramework | None, holder: Holder) -> None:
        self._draft, self._form, self._holder = draft, form, holder
        self._behaviours: Sequence[Behaviour] = behaviours.behaviours if behaviours and behaviours.expectation else ()
        self._variant = variant_for(form, holder, draft.variant)
        self._model: PlanModel | None = next((one for one in form.models if one.code == draft.model), None)

    def all(self) -> Iterator[Fault]:
        yield from self._whole()
        yield from _twice("items.{n}.code", [item.code for item in self._draft.items])
        for n, item in enumerate(self._draft.items):
            yield from self._item(f"items.{n}", item)
        yield from detail_faults(self._draft.items, self._form.columns)
        yield from self._texts()

    def _whole(self) -> Iterator[Fault]:
        form, draft = self._form, self._draft
        if draft.model is not None or form.models:
            yield from _known("model", draft.model, [one.code for one in form.models])
        if draft.variant is not None and self._variant is None:
            yield Fault(
                "plan_variant",
                "Holders of this post do not fill in the form “{value}”; choose among: {known}.",
                field="variant",
                value=draft.variant,
                known=_listed(one.code for one in form.variants if self._holder.post_kind in one.posts or one.heads),
            )
        if form.sections and not any(self._is_main(item) for item in draft.items):
            yield Fault("plan_empty", "The plan needs at least one main result.", field="items", final=True)

    def _item(self, at: str, item: ItemDraft) -> Iterator[Fault]:
        yield from _filled(f"{at}.code", item.code)
        yield from _filled(f"{at}.title", item.title, final=True)
        if item.section is not None or self._form.sections:
            yield from _known(f"{at}.section", item.section, [one.code for one in self._form.sections], final=False)
        if item.origin is not None:
            yield from _known(f"{at}.origin", item.origin, ORIGINS)
        yield from self._perspective(at, item)
        yield from self._superior(at, item)
        yield from self._measures(at, item)
        yield from self._strategy(at, item)

    def _perspective(self, at: str, item: ItemDraft) -> Iterator[Fault]:
        wanted = self._variant is not None and self._variant.perspective
        if not wanted and item.perspective is not None:
            yield _not_in_form(f"{at}.perspective")
        elif wanted and (item.perspective is not None or self._is_main(item)):
            yield from _known(f"{at}.perspective", item.perspective, [one.code for one in self._form.perspectives])

    def _superior(self, at: str, item: ItemDraft) -> Iterator[Fault]:
        field, rule = f"{at}.parent_item_id", self._variant.superior_result if self._variant else "optional"
        if item.parent_item_id is not None and not self._holder.has_superior:
            yield Fault("plan_no_superior", "Nobody stands above this post whose result could be served.", field=field)
        elif item.parent_item_id is not None and rule == "none":
            yield _not_in_form(field)
        elif item.parent_item_id is None and rule == "required" and self._serves(item):
            yield Fault(
                "plan_superior_result", "Name the superior's result that this one serves.", field=field, final=True
            )

    def _serves(self, item: ItemDraft) -> bool:
        """A task from outside the unit serves somebody else's result, and so may an additional one."""
        return self._holder.has_superior and self._is_main(item) and item.origin in (None, "own_unit")

    def _measures(self, at: str, item: ItemDraft) -> Iterator[Fault]:
        yield from _twice(at + ".measures.{n}.aspect", [one.aspect for one in item.measures])
        if self._model is not None and not self._model.measured:
            yield from (_not_in_form(f"{at}.measures.{n}") for n, _ in enumerate(item.measures))
            if not item.expectation:
                yield _final_empty(f"{at}.expectation")
            return
        for n, measure in enumerate(item.measures):
            yield from self._measure(f"{at}.measures.{n}", measure)
        present = {measure.aspect for measure in item.measures}
        for aspect in self._form.aspects:
            if aspect.required and aspect.code not in present and self._is_main(item):
                yield Fault(
                    "plan_aspect", "The aspect “{aspect}” is missing.", field=at, final=True, aspect=aspect.label["id"]
                )
        if sum(1 for measure in item.measures if measure.indicator) < self._form.least_indicators:
            least = self._form.least_indicators
            yield Fault(
                "plan_indicators",
                "Each result needs at least {least} indicator with its target.",
                field=at + ".measures",
                final=True,
                least=least,
            )

    def _measure(self, at: str, measure: MeasureDraft) -> Iterator[Fault]:
        yield from _known(f"{at}.aspect", measure.aspect, [one.code for one in self._form.aspects])
        if measure.manual is not None and not (self._variant and self._variant.manual):
            yield _not_in_form(f"{at}.manual")
        if measure.target is None:
            yield _final_empty(f"{at}.target")

    def _strategy(self, at: str, item: ItemDraft) -> Iterator[Fault]:
        allowed = self._variant is not None and self._variant.strategy
        for n, line in enumerate(item.strategy):
            place = f"{at}.strategy.{n}"
            if not allowed:
                yield _not_in_form(place)
                continue
            yield from _known(f"{place}.stage", line.stage, [one.code for one in self._form.stages])
            yield from _filled(f"{place}.content", line.content)

    def _texts(self) -> Iterator[Fault]:
        mine = self._variant.code if self._variant else None
        annexes = [one.code for one in self._form.annexes if not one.variants or mine in one.variants]
        for n, annex in enumerate(self._draft.annexes):
            yield from _known(f"annexes.{n}.kind", annex.kind, annexes)
            yield from _filled(f"annexes.{n}.content", annex.content)
        codes = [one.code for one in self._behaviours]
        yield from _twice("expectations.{n}.behaviour", [one.behaviour for one in self._draft.expectations])
        for n, expected in enumerate(self._draft.expectations):
            yield from _known(f"expectations.{n}.behaviour", expected.behaviour, codes)
            yield from _filled(f"expectations.{n}.content", expected.content)

    def _is_main(self, item: ItemDraft) -> bool:
        section = section_for(self._form, item.section)
        return section is not None and section.kind == "main"


def _known(field: str, value: str | None, known: Sequence[str], *, final: bool = True) -> Iterator[Fault]:
    """A value that is missing matters at the end (or, not `final`, at once); one that is unknown matters at once."""
    if value is None:
        yield Fault("plan_choose", "Choose one of: {known}.", field=field, final=final, known=_listed(known))
    elif not known:
        yield _not_in_form(field)
    elif value not in known:
        yield Fault(
            "plan_word",
            "The form does not know “{value}”; use one of: {known}.",
            field=field,
            value=value[:60],
            known=_listed(known),
        )


def _twice(field: str, codes: Sequence[str]) -> Iterator[Fault]:
    """`field` holds `{n}` for the place; the first of equal codes is right."""
    for n, code in enumerate(codes):
        if code in codes[:n]:
            yield Fault("plan_twice", "“{value}” already stands above.", field=field.format(n=n), value=code[:60])


def _filled(field: str, value: str, *, final: bool = False) -> Iterator[Fault]:
    if not value.strip():
        yield Fault("plan_blank", "Write something here.", field=field, final=final)


def _final_empty(field: str) -> Fault:
    return Fault("plan_missing", "Fill this in before the plan is submitted.", field=field, final=True)


def _not_in_form(field: str) -> Fault:
    return Fault("plan_not_asked", "The form of this plan does not ask for this; leave it out.", field=field)


def _listed(codes: Sequence[str] | Iterator[str]) -> str:
    return ", ".join(codes) or "-"
