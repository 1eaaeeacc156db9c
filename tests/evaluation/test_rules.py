"""Period codes and the state that an outcome is in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from selaras.errors import Invalid
from selaras.evaluation.rules import OutcomeState, outcome_state, period_span

NOW = datetime(2026, 10, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "kind", "starts", "ends"),
    [
        ("2026", "year", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-S2", "half_year", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-TW1", "quarter", date(2026, 1, 1), date(2026, 3, 31)),
        ("2028-02", "month", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_code_names_its_days(code: str, kind: str, starts: date, ends: date) -> None:
    span = period_span(code)
    assert (span.kind, span.starts, span.ends) == (kind, starts, ends)


@pytest.mark.parametrize("code", ["", "2026-TW5", "2026-13", "26-TW1", "2026-TW", "2026-S3", "2026-TW1x"])
def test_another_code_is_refused_with_the_forms_allowed(code: str) -> None:
    with pytest.raises(Invalid, match="2026-TW3"):
        period_span(code)


@pytest.mark.parametrize(
    ("batch", "delivered", "events", "over", "expected"),
    [
        ("drafted", None, [], False, OutcomeState.DRAFTED),
        ("withdrawn", None, [], False, OutcomeState.DRAFTED),
        ("set", None, [], False, OutcomeState.SET),
        ("set", NOW, [], False, OutcomeState.DELIVERED),
        ("set", NOW, [], True, OutcomeState.FINAL),
        ("set", NOW, ["accepted"], False, OutcomeState.ACCEPTED),
        ("set", NOW, ["accepted"], True, OutcomeState.FINAL),
        ("set", NOW, ["objected"], False, OutcomeState.OBJECTED),
        ("set", NOW, ["objected"], True, OutcomeState.OBJECTED),
        ("set", NOW, ["objected", "final"], True, OutcomeState.FINAL),
    ],
)
def test_silence_makes_final_and_an_objection_keeps_open(
    batch: str, delivered: datetime | None, events: list[str], over: bool, expected: OutcomeState
) -> None:
    assert outcome_state(batch, delivered, frozenset(events), over) is expected
