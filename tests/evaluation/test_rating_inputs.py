"""What an appraiser sends as a rating is refused in words, whatever it is; nothing of it may end the process."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from selaras.errors import Invalid
from selaras.evaluation.service import refuse_bad_inputs
from selaras.regulation import load_registry

RULES = load_registry().rules("permenpan_6_2022", on=date(2026, 9, 30))
PERSON = UUID(int=1)


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


def code_of(inputs: dict[str, object]) -> str:
    with pytest.raises(Invalid) as caught:
        refuse_bad_inputs(PERSON, inputs, RULES)
    str(caught.value).encode()  # a text that can be sent
    return caught.value.code


@pytest.mark.parametrize(
    "value",
    [nested(1), nested(900), {"a": 1}, [1, "a", None], 10**40, float("nan"), float("inf"), "a\0", "\ud800"],
    ids=["list", "deep", "mapping", "mixed", "large", "nan", "infinite", "nul", "surrogate"],
)
def test_a_value_that_no_column_holds_is_refused(value: object) -> None:
    assert code_of({"rating_hasil_kerja": value, "rating_perilaku": "sesuai"}) == "rating_shape"


def test_an_unknown_column_is_named_so_that_it_can_be_shown() -> None:
    assert code_of({"\ud800" * 500: "sesuai"}) == "rating_column"


def test_a_value_of_the_wrong_kind_is_refused_by_the_regulation() -> None:
    assert code_of({"rating_hasil_kerja": 1, "rating_perilaku": "sesuai"}) == "rating_value"


def test_a_rating_as_declared_is_taken() -> None:
    refuse_bad_inputs(PERSON, {"rating_hasil_kerja": "sesuai", "rating_perilaku": "di_atas"}, RULES)
