"""KMK 127/2026: what an individual indicator (IKI) reached, its K3 weight, and what it adds to the score of results."""

from __future__ import annotations

from polars import Expr, Float64, lit, max_horizontal, mean_horizontal, min_horizontal, when

from selaras.regulation import Columns, Values, item_step, round_law
from selaras.regulation.kit import number_from

KMK = "KMK 127/2026"
TABLE_35 = f"{KMK} Tabel 35"


@item_step(
    article=f"{KMK} (capaian IKI)",
    certainty="application",
    label={"id": "Capaian IKI", "en": "Indicator achieved"},
    unit="%",
)
def capaian(item: Columns, p: Values) -> Expr:
    """More is better, less is better, or as close to the target as can be; without a word on it, more is better."""
    reached = item.quantity_actual / item.quantity_target * 100
    (low, low_value), (high, high_value) = p.skala_stabilize
    close = 100 - (reached - 100).abs()
    steady = low_value + (close - low) * (high_value - low_value) / (high - low)
    way = item.polarisasi.fill_null("maximize")
    value = when(way == lit("maximize")).then(reached).when(way == lit("minimize")).then(200 - reached)
    return _limited(value.when(way == lit("stabilize")).then(steady), p)


@item_step(
    article=f"{KMK} (konsolidasi kualitas dan kendali, K3)",
    certainty="application",
    label={"id": "Bobot K3", "en": "K3 weight"},
)
def k3(item: Columns, p: Values) -> Expr:
    """Mean of the weights of the indicator's quality and of its target; where neither is known, a neutral one."""
    quality = number_from(p.bobot_kualitas_iki, item.kualitas_iki)
    return mean_horizontal(quality, item.bobot_target).fill_null(p.k3_tanpa_data)


@item_step(
    article=TABLE_35,
    certainty="application",
    label={"id": "Bobot tertimbang IKI", "en": "Weight among the indicators"},
)
def bobot_iki(item: Columns, p: Values) -> Expr:
    """K3 × days, as a share of all of the person's; an indicator without achievement is left out."""
    own = when(item.capaian.is_not_null()).then(item.k3 * item.hari.fill_null(1))
    share = own / own.sum().over("person")
    return share if p.pembulatan_bobot is None else round_law(share, p.pembulatan_bobot, article=TABLE_35)


@item_step(
    article=TABLE_35,
    certainty="application",
    label={"id": "Bobot tertimbang IKI, dicetak", "en": "Weight among the indicators, as printed"},
    unit="%",
)
def bobot_persen(item: Columns) -> Expr:
    return round_law(item.bobot_iki * 100, 2, article=TABLE_35)


@item_step(
    article=f"{KMK} (nilai IKI)",
    certainty="application",
    label={"id": "Nilai IKI", "en": "Value of the indicator"},
    unit="poin",
)
def nilai_iki(item: Columns, p: Values) -> Expr:
    """K3 enters here a second time, after the weight."""
    value = item.capaian * item.k3
    return when(value.is_not_null()).then(min_horizontal(value, lit(p.batas_nilai["tertinggi"], Float64())))


@item_step(
    article=f"{KMK} (nilai hasil kerja)",
    certainty="application",
    label={"id": "Sumbangan ke NHK", "en": "Added to the score of results"},
    unit="poin",
)
def sumbangan_nhk(item: Columns) -> Expr:
    return item.bobot_iki * item.nilai_iki


def _limited(value: Expr, p: Values) -> Expr:
    lowest, highest = (lit(p.batas_nilai[name], Float64()) for name in ("terendah", "tertinggi"))
    return when(value.is_not_null()).then(max_horizontal(lowest, min_horizontal(value, highest)))


ITEM_STEPS = (capaian, k3, bobot_iki, bobot_persen, nilai_iki, sumbangan_nhk)
