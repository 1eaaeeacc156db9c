"""Agency packs: the pilots as installed, and every way in which a pack.toml is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from selaras.tenancy.letterheads import UNKNOWN_PLACE
from selaras.tenancy.pack_fields import PackError
from selaras.tenancy.packs import AgencyKind, Certainty, defaults, letterhead_of, load_packs, read_pack

SOUND = """
[agency]
name = "Pemerintah Kabupaten Contoh"
short_name = "Contoh"
kind = "regency"
head_title = "Bupati Contoh"
region_code = "3515"
hosts = ["contoh.localhost"]
time_zone = "Asia/Jakarta"

[[regulation]]
code = "pp46_2011"
from = 2014-01-01
until = 2020-12-31

[[regulation]]
code = "permenpan_6_2022"
from = 2022-01-01
"""
TABLE = """
[remuneration]
name = "TPP"
kind = "tpp"
effect = "next_quarter"
source = "Contoh"
certainty = "sample"
[remuneration.percent]
baik = 97.5
[remuneration.base]
7 = 2_000_000
"""


def write(folder: Path, text: str) -> Path:
    (folder / "pack.toml").write_text(text, "utf-8")
    return folder


def test_the_pilots_are_installed() -> None:
    packs = load_packs()
    kinds = {slug: pack.kind.value for slug, pack in packs.items()}
    pilots = {"kemenkeu": "ministry", "pupr": "ministry", "pu": "ministry", "pkp": "ministry"}
    pilots |= {"sumbar": "province", "diy": "province", "sidoarjo": "regency", "surabaya": "city", "jabar": "province"}
    assert pilots.items() <= kinds.items()
    assert packs["kemenkeu"].bkn_code == "3005"
    assert packs["sidoarjo"].bkn_code is None


def test_regulations_by_date_with_the_two_halves_of_2021() -> None:
    sidoarjo = load_packs()["sidoarjo"]
    assert sidoarjo.regulation_on(date(2013, 12, 31)) is None
    assert sidoarjo.regulation_on(date(2019, 12, 31)) == "pp46_2011"
    assert sidoarjo.regulation_on(date(2020, 12, 31)) == "pp46_2011"
    assert sidoarjo.regulation_on(date(2021, 6, 30)) == "pp46_2011"
    assert sidoarjo.regulation_on(date(2021, 7, 1)) == "pp30_2019"
    assert sidoarjo.regulation_on(date(2021, 12, 31)) == "pp30_2019"
    assert sidoarjo.regulation_on(date(2022, 1, 1)) == "permenpan_6_2022"
    assert sidoarjo.regulation_on(date(2026, 9, 30)) == "permenpan_6_2022"


def test_pupr_ends_where_its_successors_begin() -> None:
    packs = load_packs()
    succession = packs["pupr"].succession
    assert succession is not None
    assert succession.successors == ("pu", "pkp")
    assert succession.effective == packs["pupr"].ended_on == date(2024, 10, 21)
    assert packs["pupr"].regulation_on(date(2024, 10, 20)) == "permenpan_6_2022"
    assert packs["pupr"].regulation_on(date(2024, 10, 21)) is None
    assert packs["pu"].regulation_on(date(2024, 10, 20)) is None
    assert packs["pu"].regulation_on(date(2024, 10, 21)) == "permenpan_6_2022"


def test_surabaya_overrides_ranking_and_remuneration_and_its_sibling_keeps_the_defaults() -> None:
    surabaya, sidoarjo = load_packs()["surabaya"], load_packs()["sidoarjo"]
    ranking, tables = defaults()
    assert sidoarjo.ranking == ranking
    assert sidoarjo.remuneration == tables["tpp"]
    assert tuple(surabaya.ranking.attributes) == ("post_kind", "employment")
    assert tuple(sidoarjo.ranking.attributes) == ("post_kind",)
    assert surabaya.remuneration.percents["baik"] == 95
    assert sidoarjo.remuneration.percents["baik"] == 100
    assert surabaya.remuneration.bases[7] != sidoarjo.remuneration.bases[7]


def test_ministries_pay_tukin_and_regions_tpp_and_no_sample_passes_as_a_regulation() -> None:
    for pack in load_packs().values():
        regional = pack.kind in (AgencyKind.PROVINCE, AgencyKind.REGENCY, AgencyKind.CITY)
        assert pack.remuneration.kind == ("tpp" if regional else "tukin")
        assert pack.remuneration.certainty is Certainty.SAMPLE
        assert set(pack.remuneration.bases) == set(range(1, 18))


def test_a_sound_pack_is_read_and_its_hash_follows_every_file(tmp_path: Path) -> None:
    first = read_pack("contoh", write(tmp_path, SOUND + TABLE))
    assert first.remuneration.percents == {"baik": Decimal("97.5")}
    assert first.remuneration.bases == {7: 2_000_000}
    assert first.demo is None
    again = read_pack("contoh", write(tmp_path, SOUND + TABLE))
    assert again.hash == first.hash
    (tmp_path / "rules.py").write_text("x = 1\n", "utf-8")
    with_code = read_pack("contoh", tmp_path)
    (tmp_path / "rules.py").write_text("x = 2\n", "utf-8")
    assert len({first.hash, with_code.hash, read_pack("contoh", tmp_path).hash}) == 3


def test_the_head_of_printed_forms_comes_from_the_pack(tmp_path: Path) -> None:
    said = "[letterhead]\nlines = ['Jalan Contoh 1', 'contoh.example']\nplace = 'Contoh'\n"
    written = read_pack("contoh", write(tmp_path, SOUND + said + TABLE)).letterhead
    assert (written.place, written.under(["x"])) == ("Contoh", ["Jalan Contoh 1", "contoh.example"])
    silent = read_pack("contoh", write(tmp_path, SOUND + TABLE)).letterhead
    assert (silent.place, silent.under(["contoh.localhost", "b"])) == (UNKNOWN_PLACE, ["contoh.localhost"])
    assert letterhead_of("sidoarjo").place == "Sidoarjo"
    assert letterhead_of(None) == silent, "an agency without a pack"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('kind = "regency"', 'kind = "kabupaten"', "'kabupaten' is not known"),
        ('kind = "regency"', 'kind = "city"', "'3515' is not the code of a city"),
        ('kind = "regency"', 'kind = "ministry"', "only a province, regency or city has one"),
        ('region_code = "3515"', 'region_code = "6500"', "'6500' is not the code of a regency"),
        ('region_code = "3515"', "", "only a province, regency or city has one"),
        ('name = "Pemerintah Kabupaten Contoh"', "", "name: it is missing"),
        ('short_name = "Contoh"', 'shortname = "Contoh"', "short_name: it is missing"),
        ('head_title = "Bupati Contoh"', 'head_title = "Bupati"\ncolour = "red"', "colour: this key is unknown"),
        ("Asia/Jakarta", "Asia/Sidoarjo", "is not a time zone"),
        ('hosts = ["contoh.localhost"]', "hosts = []", "hosts: it is empty"),
        ("from = 2014-01-01", 'from = "2014-01-01"', "is not a date"),
        ("until = 2020-12-31", "until = 2012-12-31", "lies before"),
        ("until = 2020-12-31", "until = 2022-01-01", "both apply on 2022-01-01"),
        ("until = 2020-12-31", "", "both apply on 2022-01-01"),
        ("baik = 97.5", "baik = 151", "151 is not a percentage from 0 to 150"),
        ("baik = 97.5", "baik = -0.5", "is not a percentage"),
        ("baik = 97.5", "baik = true", "is not a percentage"),
        ("7 = 2_000_000", "18 = 2_000_000", "18: it is not a job class"),
        ("7 = 2_000_000", "7 = 2_000_000.5", "is not a whole number"),
        ('effect = "next_quarter"', 'effect = "sometime"', "write one of: next_month, next_quarter, next_year"),
        ('certainty = "sample"', 'certainty = "surely"', "'surely' is not known"),
        ('kind = "tpp"', 'kind = "tukin"', "a regional government pays tpp, a central agency tukin"),
        ('kind = "tpp"', 'kind = "tpp"\nshape = "weighted"', "The shape weighted is for tukin, not for tpp"),
        ('kind = "tpp"', 'kind = "tpp"\nshape = "circle"', "'circle' is not known"),
        ("[remuneration.base]", "[remuneration.options]\nweather = 3\n[remuneration.base]", "weather is unknown"),
        ("[agency]", "[[code]]\nregulation = 'a'\nmodule = 'b'\n[agency]", "from: it is missing"),
        ("[agency]", "[agency", "it is not TOML"),
        ("[[regulation]]", "[[regulations]]", "regulation: it is missing"),
        ("[remuneration]", "[letterhead]\nlines = ['a', 'b', 'c', 'd', 'e']\n[remuneration]", "more than 4 lines"),
        ("[remuneration]", "[letterhead]\nlogo = 'a.png'\n[remuneration]", "logo: this key is unknown"),
    ],
)
def test_a_wrong_pack_is_refused_in_words(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in SOUND + TABLE
    with pytest.raises(PackError) as refused:
        read_pack("contoh", write(tmp_path, (SOUND + TABLE).replace(old, new)))
    assert words in str(refused.value)
    assert str(refused.value).startswith("Pack contoh, pack.toml")
    assert "What to do:" in str(refused.value)


@pytest.mark.parametrize("group_by", ['["shoe_size"]', '["post_kind", "post_kind"]', "[]", '"post_kind"'])
def test_people_are_comparable_by_known_attributes_only(tmp_path: Path, group_by: str) -> None:
    with pytest.raises(PackError, match="group_by"):
        read_pack("contoh", write(tmp_path, f"{SOUND}\n[ranking]\ngroup_by = {group_by}\nminimum_size = 5\n"))


def test_a_folder_without_pack_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="the file is missing"):
        read_pack("contoh", tmp_path)


def test_a_pack_may_choose_what_regulations_leave_open(tmp_path: Path) -> None:
    chosen = '[choices.permenpan_6_2022]\ndistribution_exempt_up_to = 0\ndistribution_most = "majority"\n'
    pack = read_pack("contoh", write(tmp_path, SOUND + chosen))
    assert pack.choices == {"permenpan_6_2022": {"distribution_exempt_up_to": 0, "distribution_most": "majority"}}
    with pytest.raises(PackError, match="choices"):
        read_pack("contoh", write(tmp_path, SOUND.replace("[agency]", "choices = 3\n[agency]")))
