"""What is sent: `skp22/save` for a year, `kinerjaperiodik/save` for a month or quarter, with their own field names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from selaras.exchange.national.border import Kind, Result
from siasn.codes import codes, own_codes

ANNUAL, PERIODIC = "skp22", "kinerjaperiodik"


@dataclass(frozen=True)
class Translated:
    """A result in codes; what has none is None."""

    result: int | None
    behaviour: int | None
    outcome: int | None
    rank: str | None
    coefficient: str | None


def translated(found: Result, settings: Mapping[str, str]) -> Translated:
    """Every code that is needed, of the national tables and the agency's own."""
    tables = codes()
    words = tables.regulations[found.regulation]
    ranks = {**tables.ranks, **own_codes(settings.get("ranks", ""))}
    level = (found.level or "").removeprefix("ahli_")
    known = tables.coefficients.get(level, {}).get(found.outcome)
    own = own_codes(settings.get("coefficients", ""))
    return Translated(
        words.result_codes.get(found.ratings.get(words.result, "")),
        words.behaviour_codes.get(found.ratings.get(words.behaviour, "")),
        words.outcomes.get(found.outcome),
        ranks.get(found.appraiser.rank or "") if found.appraiser else None,
        own.get(f"{level} {found.outcome}", known),
    )


def payload(found: Result, settings: Mapping[str, str]) -> dict[str, object]:
    """The body without an `id`; only of a result without faults."""
    said = translated(found, settings)
    appraiser = found.appraiser
    assert appraiser is not None, "a result without an appraiser has a fault"
    common: dict[str, object] = {
        "hasilKinerjaNilai": said.result,
        "perilakuKerjaNilai": said.behaviour,
        "kuadranKinerjaNilai": said.outcome,
        "statusPenilai": "ASN" if appraiser.number else "NON ASN",
        "penilaiNipNrp": appraiser.number or "",
        "penilaiNama": appraiser.name,
        "penilaiGolongan": said.rank or "",
        "penilaiUnorNama": appraiser.unit,
    }
    if found.kind is Kind.ANNUAL:
        return {
            "tahun": found.starts.year,
            "pnsDinilaiOrang": found.source_id,
            "penilaiJabatan": appraiser.post,
            **common,
        }
    months = (found.ends.year - found.starts.year) * 12 + found.ends.month - found.starts.month + 1
    return {
        "tahun": found.starts.year,
        "tahunMulaiPenilaian": found.starts.year,
        "tahunSelesaiPenilaian": found.ends.year,
        "bulanMulaiPenilaian": str(found.starts.month),
        "bulanSelesaiPenilaian": str(found.ends.month),
        "periodikId": codes().periods["month" if months == 1 else "quarter"],
        "koefisienId": said.coefficient,
        "pnsDinilaiId": found.source_id,
        "penilaiJabatanNama": appraiser.post,
        **common,
    }


def path_of(kind: Kind) -> str:
    """The part of the address that both save and read of a kind begin with."""
    return ANNUAL if kind is Kind.ANNUAL else PERIODIC
