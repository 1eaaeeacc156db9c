"""What a finding means, in plain words of both languages; page, API and minutes say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from selaras.fairness.appraisers import Finding, Pattern
from selaras.regulation import Label

_PATTERNS: Mapping[Pattern, Label] = {
    Pattern.SEVERITY: {
        "id": "{people} pegawai dinilai rata-rata {gap} tingkat predikat lebih rendah daripada pegawai sebanding yang "
        "dinilai orang lain. Dengan memperhitungkan kecilnya tim, yang tersisa {kept} tingkat.",
        "en": "{people} people are rated {gap} steps of the outcome lower on average than comparable people of others."
        " Allowing for the size of the team, {kept} steps remain.",
    },
    Pattern.LENIENCY: {
        "id": "{people} pegawai dinilai rata-rata {gap} tingkat predikat lebih tinggi daripada pegawai sebanding yang "
        "dinilai orang lain. Dengan memperhitungkan kecilnya tim, yang tersisa {kept} tingkat.",
        "en": "{people} people are rated {gap} steps of the outcome higher on average than comparable people of others."
        " Allowing for the size of the team, {kept} steps remain.",
    },
    Pattern.SPREAD: {
        "id": "Selisih antarpegawai dalam tim berisi {people} orang ini {own} tingkat; pada umumnya {usual} tingkat.",
        "en": "Within this team of {people} the outcomes differ by {own} steps; usually it is {usual} steps.",
    },
    Pattern.MIDDLE: {
        "id": "{own}% dari {people} pegawai mendapat predikat tengah; pada pegawai sebanding {usual}%.",
        "en": "{own}% of {people} people got the middle outcome; of comparable people {usual}%.",
    },
    Pattern.HALO: {
        "id": "Pada {own}% dari {people} pegawai semua unsur penilaian diberi tingkat sama; pada pegawai sebanding "
        "{usual}%.",
        "en": "For {own}% of {people} people every part of the rating stands at the same level; for comparable people "
        "{usual}%.",
    },
}
_SHARES = (Pattern.MIDDLE, Pattern.HALO)

TRAIT_WORDS: Mapping[str, Label] = {
    "sex:F": {"id": "Perempuan", "en": "Women"},
    "sex:M": {"id": "Laki-laki", "en": "Men"},
    "age:under_35": {"id": "Pegawai di bawah 35 tahun", "en": "People under 35"},
    "age:35_44": {"id": "Pegawai berusia 35 sampai 44 tahun", "en": "People aged 35 to 44"},
    "age:45_54": {"id": "Pegawai berusia 45 sampai 54 tahun", "en": "People aged 45 to 54"},
    "age:55_over": {"id": "Pegawai berusia 55 tahun ke atas", "en": "People aged 55 and over"},
    "employment:pns": {"id": "PNS", "en": "PNS"},
    "employment:cpns": {"id": "CPNS", "en": "CPNS"},
    "employment:pppk": {"id": "PPPK", "en": "PPPK"},
    "employment:pppk_paruh_waktu": {"id": "PPPK paruh waktu", "en": "Part-time PPPK"},
    "part_time:yes": {"id": "Pegawai paruh waktu", "en": "People who work part-time"},
    "newcomer:yes": {"id": "Pegawai yang baru masuk", "en": "Newcomers"},
    "leaver:yes": {"id": "Pegawai yang segera keluar", "en": "People about to leave"},
}
_LOCATION: Label = {"id": "Pegawai di {name}", "en": "People at {name}"}
_GAP: Label = {
    "id": "{who} ({people} orang) lebih rendah predikatnya daripada {others} pegawai sebanding: dari semua pasangan "
    "{more} persen lebih sering di bawah daripada di atas.{below} Peluang kebetulan {chance}.",
    "en": "{who} ({people} people) come off lower than {others} comparable people: over all pairs they stand below "
    "{more} percent more often than above.{below} Chance alone would do so in {chance}.",
}
_BELOW: Label = {
    "id": " Di bawah predikat yang paling umum: {own} orang ({own_share}%) banding {rest} orang ({rest_share}%).",
    "en": " Below the most frequent outcome: {own} people ({own_share}%) against {rest} ({rest_share}%).",
}
_TURNS: Label = {
    "id": "{name}: selama {years} periode predikat tertinggi hanya {again} kali bertahan pada orang yang sama; bila "
    "diundi pun kira-kira {expected} kali. Apakah predikat dibagi bergiliran?",
    "en": "{name}: over {years} periods the best outcome stayed with the same person only {again} times; drawn by lot "
    "it would about {expected} times. Is it handed round in turns?",
}
_TWICE: Label = {
    "id": "{count} orang yang diturunkan rapat ini juga diturunkan rapat sebelumnya. Apakah buktinya dilihat lagi?",
    "en": "{count} of those whom this meeting lowers were lowered by an earlier meeting too. Was the evidence looked "
    "at again?",
}


def in_words(one: Finding) -> Label:
    """What one pattern of an appraiser means."""
    share = one.pattern in _SHARES
    template = _PATTERNS[one.pattern]
    return _said(
        template,
        people=one.people,
        gap=abs(one.own - one.usual),
        kept=abs(one.shrunk),
        own=round(one.own * 100) if share else one.own,
        usual=round(one.usual * 100) if share else one.usual,
    )


def warning_in_words(kind: str, figures: Mapping[str, Any], unit_names: Mapping[str, str]) -> Label:
    """What a warning to the chair of a meeting means; small counts are left out."""
    if kind == "turns":
        name = unit_names.get(figures["unit_id"], "")
        plain = {"name": name, "years": figures["years"], "again": figures["again"]}
        return _said(_TURNS, expected=float(figures["expected"]), **plain)
    if kind == "lowered_twice":
        return _said(_TWICE, count=len(figures["people"]))
    below: Label = {"id": "", "en": ""}
    if figures["below"] is not None and figures["others_below"] is not None:
        below = _said(
            _BELOW,
            own=figures["below"],
            own_share=round(100 * figures["below"] / figures["people"]),
            rest=figures["others_below"],
            rest_share=round(100 * figures["others_below"] / figures["others"]),
        )
    who, chance = _who(figures["trait"], figures["value"], unit_names), _chance(figures["chance"])
    plain = {
        "people": figures["people"],
        "others": figures["others"],
        "more": round(-100 * figures["delta"]),
    }
    return {
        "id": _GAP["id"].format(who=who["id"], below=below["id"], chance=chance["id"], **plain),
        "en": _GAP["en"].format(who=who["en"], below=below["en"], chance=chance["en"], **plain),
    }


def _who(trait: str, value: str, unit_names: Mapping[str, str]) -> Label:
    known = TRAIT_WORDS.get(f"{trait}:{value}")
    if known is not None:
        return known
    name = unit_names.get(value, value)
    return {"id": _LOCATION["id"].format(name=name), "en": _LOCATION["en"].format(name=name)}


def _chance(chance: float) -> Label:
    if chance < 0.001:
        return {"id": "kurang dari 1 dalam 1.000", "en": "fewer than 1 in 1,000 cases"}
    return {"id": f"{round(chance * 1000)} dalam 1.000", "en": f"{round(chance * 1000)} in 1,000 cases"}


def _said(template: Label, **values: Any) -> Label:
    shown = {name: f"{value:.1f}" if isinstance(value, float) else value for name, value in values.items()}
    comma = {
        name: f"{value:.1f}".replace(".", ",") if isinstance(value, float) else value for name, value in values.items()
    }
    return {"id": template["id"].format(**comma), "en": template["en"].format(**shown)}
