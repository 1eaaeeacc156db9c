"""A plan against its form: each fault at its field, now or at submission; and which form a post has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from selaras.planning.drafts import (
    AnnexDraft,
    ExpectationDraft,
    Holder,
    ItemDraft,
    MeasureDraft,
    PlanDraft,
    StrategyDraft,
)
from selaras.planning.rules import faults, variant_for
from selaras.regulation import PlanForm, Rules, load_registry

LEADER = Holder("jpt", True, True)
TOP = Holder("jpt", True, False)
HEAD = Holder("administrator", True, True)
STAFF = Holder("jf", False, True)
RESULT = UUID(int=7)
MEASURE = MeasureDraft("quantity", "Jumlah dokumen", Decimal(10), "dokumen")
ITEM = ItemDraft("RHK-1", "Dokumen tersusun", "utama", parent_item_id=RESULT, measures=(MEASURE,))
PLAN = PlanDraft(model="kuantitatif", items=(ITEM,))
LED = replace(ITEM, perspective="proses_bisnis", parent_item_id=None)


def rules(code: str = "permenpan_6_2022", on: date = date(2026, 12, 31), **choices: object) -> Rules:
    return load_registry().rules(code, on=on, overrides=choices)


def told(draft: PlanDraft, holder: Holder = STAFF, chosen: Rules | None = None) -> list[tuple[str, str, bool]]:
    law = chosen or rules()
    return [(one.field, one.code, one.final) for one in faults(draft, law.form, law.behaviours, holder)]


def with_item(**changed: object) -> PlanDraft:
    return replace(PLAN, items=(replace(ITEM, **changed),))  # type: ignore[arg-type]  # given by name, or wrong on purpose


@pytest.mark.parametrize("holder", [STAFF, HEAD, Holder("pelaksana", False, True)])
def test_a_whole_plan_has_no_fault(holder: Holder) -> None:
    assert told(PLAN, holder) == []


@pytest.mark.parametrize("holder", [LEADER, TOP])
def test_a_leader_s_plan_has_perspectives_strategies_and_manuals(holder: Holder) -> None:
    measure = replace(MEASURE, manual="Jumlah dokumen yang disahkan")
    item = replace(LED, measures=(measure,), strategy=(StrategyDraft("pendorong", "Reviu bulanan"),))
    assert told(replace(PLAN, items=(item,)), holder) == []
    assert ("items.0.perspective", "plan_choose", True) in told(
        replace(PLAN, items=(replace(LED, perspective=None),)), holder
    )


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"section": None}, ("items.0.section", "plan_choose", False)),
        ({"title": " "}, ("items.0.title", "plan_blank", True)),
        ({"origin": "luar"}, ("items.0.origin", "plan_word", False)),
        ({"perspective": "proses_bisnis"}, ("items.0.perspective", "plan_not_asked", False)),
        ({"parent_item_id": None}, ("items.0.parent_item_id", "plan_superior_result", True)),
        ({"measures": ()}, ("items.0.measures", "plan_indicators", True)),
        ({"measures": (replace(MEASURE, indicator=None),)}, ("items.0.measures", "plan_indicators", True)),
        ({"measures": (replace(MEASURE, target=None),)}, ("items.0.measures.0.target", "plan_missing", True)),
        ({"measures": (replace(MEASURE, aspect="speed"),)}, ("items.0.measures.0.aspect", "plan_word", False)),
        ({"measures": (replace(MEASURE, manual="x"),)}, ("items.0.measures.0.manual", "plan_not_asked", False)),
        ({"measures": (MEASURE, MEASURE)}, ("items.0.measures.1.aspect", "plan_twice", False)),
        ({"strategy": (StrategyDraft("hasil", "x"),)}, ("items.0.strategy.0", "plan_not_asked", False)),
    ],
)
def test_each_fault_names_its_field(changed: dict[str, object], fault: tuple[str, str, bool]) -> None:
    assert told(with_item(**changed)) == [fault]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"model": None}, ("model", "plan_choose", True)),
        ({"model": "angka"}, ("model", "plan_word", False)),
        ({"variant": "jpt"}, ("variant", "plan_variant", False)),
        ({"items": ()}, ("items", "plan_empty", True)),
        ({"items": (ITEM, ITEM)}, ("items.1.code", "plan_twice", False)),
        ({"annexes": (AnnexDraft("lain", "x"),)}, ("annexes.0.kind", "plan_word", False)),
        ({"annexes": (AnnexDraft("konsekuensi", ""),)}, ("annexes.0.content", "plan_blank", False)),
        ({"expectations": (ExpectationDraft("integritas", "x"),)}, ("expectations.0.behaviour", "plan_word", False)),
        (
            {"expectations": (ExpectationDraft("loyal", "x"), ExpectationDraft("loyal", "y"))},
            ("expectations.1.behaviour", "plan_twice", False),
        ),
    ],
)
def test_the_plan_as_a_whole(changed: dict[str, object], fault: tuple[str, str, bool]) -> None:
    assert told(replace(PLAN, **changed)) == [fault]  # type: ignore[arg-type]  # given by name, or wrong on purpose


def test_an_additional_result_and_a_task_from_outside_serve_no_superior_s_result() -> None:
    extra = replace(ITEM, code="RHK-2", section="tambahan", parent_item_id=None)
    outside = replace(ITEM, code="RHK-3", origin="other_unit", parent_item_id=None)
    assert told(replace(PLAN, items=(ITEM, extra, outside))) == []
    assert told(replace(PLAN, items=(extra,))) == [("items", "plan_empty", True)]


def test_the_label_of_special_assignments_is_for_tasks_from_outside() -> None:
    special = rules().form.special
    assert special is not None
    assert special.origins == ("other_unit", "other_agency")
    assert special.label["id"] == "Penugasan khusus"


def test_the_qualitative_model_describes_results_without_aspects() -> None:
    draft = replace(with_item(measures=(), expectation="Naskah yang dapat dipakai pimpinan"), model="kualitatif")
    assert told(draft) == []
    bare = replace(with_item(measures=()), model="kualitatif")
    assert told(bare) == [("items.0.expectation", "plan_missing", True)]
    assert told(replace(PLAN, model="kualitatif")) == [
        ("items.0.measures.0", "plan_not_asked", False),
        ("items.0.expectation", "plan_missing", True),
    ]


def test_nobody_above_means_no_superior_s_result() -> None:
    served = replace(LED, parent_item_id=RESULT)
    draft = replace(PLAN, items=(served,))
    assert told(draft, LEADER) == []
    assert told(draft, TOP) == [("items.0.parent_item_id", "plan_no_superior", False)]
    strict = rules(leader_superior_result="none")
    assert told(draft, LEADER, strict) == [("items.0.parent_item_id", "plan_not_asked", False)]
    lenient = rules(staff_superior_result="optional")
    assert told(with_item(parent_item_id=None), STAFF, lenient) == []


@pytest.mark.parametrize(
    ("holder", "stated", "found"),
    [
        (LEADER, None, "jpt"),
        (LEADER, "jpt", "jpt"),
        (LEADER, "ja_jf", None),
        (HEAD, None, "ja_jf"),
        (HEAD, "jpt", "jpt"),
        (STAFF, "jpt", None),
        (STAFF, None, "ja_jf"),
        (Holder(None, False, False), None, None),
    ],
)
def test_which_form_a_post_has(holder: Holder, stated: str | None, found: str | None) -> None:
    variant = variant_for(rules().form, holder, stated)
    assert (variant.code if variant else None) == found


def test_an_older_form_asks_for_its_own_things() -> None:
    old = rules("pp46_2011", date(2019, 12, 31))
    measures = tuple(MeasureDraft(aspect, None, Decimal(10), "x") for aspect in ("quantity", "quality", "time"))
    item = ItemDraft("1", "Menyusun laporan", "tugas_jabatan", measures=measures)
    assert told(PlanDraft(items=(item,)), STAFF, old) == []
    assert told(PlanDraft(items=(replace(item, measures=measures[:2]),)), STAFF, old) == [
        ("items.0", "plan_aspect", True)
    ]
    loyal = PlanDraft(items=(item,), expectations=(ExpectationDraft("integritas", "x"),))
    assert told(loyal, STAFF, old) == [("expectations.0.behaviour", "plan_not_asked", False)]
    assert told(PlanDraft(model="kuantitatif", items=(item,)), STAFF, old) == [("model", "plan_not_asked", False)]


def test_an_unknown_section_holds_no_main_result() -> None:
    assert told(with_item(section="lain")) == [
        ("items", "plan_empty", True),
        ("items.0.section", "plan_word", False),
    ]


def test_where_there_is_no_form_nothing_can_be_planned() -> None:
    empty = PlanForm((), (), (), (), ())
    assert faults(PlanDraft(), empty, None, STAFF) == ()
    found = {(one.field, one.code) for one in faults(PLAN, empty, None, STAFF)}
    assert {("model", "plan_not_asked"), ("items.0.section", "plan_not_asked")} <= found
