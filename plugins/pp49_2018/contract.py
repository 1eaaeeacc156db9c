"""PP 49/2018: the result decides about the contract; who misses the agreed target may lose it."""

from __future__ import annotations

from polars import Expr

from selaras.regulation import Columns, Values, lookup, person_step

LAW = "PP 49/2018 (perpanjangan dan pemutusan perjanjian kerja)"


@person_step(
    article=LAW,
    label={"id": "Rekomendasi perjanjian kerja", "en": "Recommendation for the contract"},
    kind="code",
    certainty="assumed",
)
def contract_recommendation(person: Columns, p: Values) -> Expr:
    """`contract_renewal` or `contract_end`: a recommendation; the appointing official decides."""
    return lookup(p.recommendation, person.outcome)


PERSON_STEPS = (contract_recommendation,)
