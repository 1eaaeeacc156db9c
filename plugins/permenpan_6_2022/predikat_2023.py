"""The predikat since SE MenPANRB 3/2023: whoever heads a rated unit is rated by that unit's achievement.

Edition `2022` (`predikat.py`) knows the quadrant alone. The circular added one step before it: the result of a head of
a unit is what the leader one level above found the unit to have achieved.
"""

from __future__ import annotations

from polars import Expr, when

from selaras.regulation import Columns, Values, lookup, person_step


@person_step(
    article="SE MenPANRB 3/2023 (pimpinan unit kerja)",
    label={"id": "Rating hasil kerja yang berlaku", "en": "Rating of results that counts"},
    kind="code",
    certainty="circular",
    instead_of="rating_hasil_kerja",
)
def hasil_kerja(person: Columns, p: Values) -> Expr:
    led = person.led_unit_rating
    return when(led.is_not_null()).then(lookup(p.head_rating, led)).otherwise(person.rating_hasil_kerja)


@person_step(
    article="PermenPANRB 6/2022, lampiran (kuadran kinerja)",
    label={"id": "Predikat kinerja", "en": "Performance predikat"},
    kind="code",
    certainty="application",
)
def predikat(person: Columns, p: Values) -> Expr:
    return lookup(p.quadrant, person.hasil_kerja, person.rating_perilaku)


PERSON_STEPS = (hasil_kerja, predikat)
