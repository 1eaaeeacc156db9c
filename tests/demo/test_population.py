"""Generated agencies: sound numbers, one tree, a superior inside the agency, a pyramid like the published one."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from time import process_time

import pytest

from selaras.demo.population import generate
from selaras.demo.population_agency import Population
from selaras.demo.population_ratings import OUTCOMES
from selaras.errors import Invalid
from selaras.organisation.identifiers import NumberKind, age_on, check_number
from selaras.tenancy.packs import load_packs

SEED = 2026
SLUGS = ("diy", "kemenkeu", "pkp", "pu", "pupr", "sidoarjo", "sumbar", "surabaya")
MATRIX = {
    ("di_atas", "di_atas"): "sangat_baik",
    ("di_atas", "sesuai"): "baik",
    ("sesuai", "sesuai"): "baik",
    ("sesuai", "di_atas"): "baik",
    ("di_bawah", "sesuai"): "butuh_perbaikan",
    ("di_bawah", "di_atas"): "butuh_perbaikan",
    ("di_atas", "di_bawah"): "kurang",
    ("sesuai", "di_bawah"): "kurang",
    ("di_bawah", "di_bawah"): "sangat_kurang",
}


@cache
def agency(slug: str, people: int = 300) -> Population:
    return generate(load_packs()[slug], people, SEED)


def fits(rating: str, counts: dict[str, int]) -> bool:
    """SE MenPANRB 3/2023, read here a second time; "most" in its stricter reading, more than half."""
    sb, b, bp, k, sk = (counts.get(one, 0) for one in OUTCOMES)
    n = sb + b + bp + k + sk
    return {
        "istimewa": sb * 2 > n and sb * 10 <= n * 7,
        "baik": b * 2 > n and b * 10 <= n * 7 and bp + k >= 1,
        "butuh_perbaikan": bp * 10 >= n * 6 and sb * 10 <= n,
        "kurang": k * 10 >= n * 6 and bp * 10 >= n and sb * 10 <= n,
        "sangat_kurang": sk * 10 >= n * 6 and (k + bp) * 10 >= n and sb == 0,
    }[rating]


@pytest.mark.parametrize("slug", SLUGS)
def test_numbers_are_valid_and_agree_with_the_person(slug: str) -> None:
    population = agency(slug)
    for one in population.people:
        kind = NumberKind.NI_PPPK if one.employment.startswith("pppk") else NumberKind.NIP
        assert check_number(one.number, date(2026, 6, 30), birth=one.birth, sex=one.sex, kind=kind) == ()
        assert one.entered <= one.posted <= population.as_of
        assert one.entered <= one.ranked <= population.as_of
        assert one.birth.year + 18 <= one.entered.year


@pytest.mark.parametrize("slug", SLUGS)
def test_nobody_is_past_retirement(slug: str) -> None:
    population = agency(slug)
    teaching = {unit.id for unit in population.units if unit.field == "school"}
    for one in population.people:
        longer = one.post.kind == "jpt" or one.unit_id in teaching
        assert age_on(one.birth, date(2026, 9, 30)) < (60 if longer else 58)


def test_a_number_is_shared_only_by_those_who_moved_from_pupr() -> None:
    owners: dict[str, set[str]] = {}
    for slug in SLUGS:
        population = agency(slug, 2000)
        assert len({one.number for one in population.people}) == len(population.people)
        assert len({one.id for one in population.people}) == len(population.people)
        for one in population.people:
            owners.setdefault(one.number, set()).add(slug)
    shared = [slugs for slugs in owners.values() if len(slugs) > 1]
    assert shared
    assert all(slugs in ({"pupr", "pu"}, {"pupr", "pkp"}) for slugs in shared)


@pytest.mark.parametrize("slug", SLUGS)
def test_one_root_no_cycles_and_a_head_for_every_unit_below_it(slug: str) -> None:
    population = agency(slug)
    seen: set[str] = set()
    for unit in population.units:
        assert unit.parent_id is None or unit.parent_id in seen
        seen.add(unit.id)
        assert unit.branch_id in seen
    assert len(seen) == len(population.units)
    assert [unit.parent_id for unit in population.units].count(None) == 1
    headed = Counter(one.unit_id for one in population.people if one.is_head)
    assert set(headed) == seen - {population.units[0].id}
    assert set(headed.values()) == {1}
    assert len({unit.name for unit in population.units}) == len(population.units)


@pytest.mark.parametrize("slug", SLUGS)
def test_everyone_reaches_the_top_through_appraisers_of_the_same_agency(slug: str) -> None:
    population = agency(slug)
    by_number = {one.number: one for one in population.people}
    level = {unit.id: unit.level for unit in population.units}
    assert set(population.superiors) == set(by_number)
    for number in by_number:
        path = [number]
        while (above := population.superiors[path[-1]]) is not None:
            assert above in by_number
            assert above not in path
            path.append(above)
        top = by_number[path[-1]]
        assert top.is_head
        assert level[top.unit_id] == 1


@pytest.mark.parametrize("slug", ["diy", "kemenkeu", "pu", "sidoarjo", "surabaya"])
@pytest.mark.parametrize("size", [300, 5000])
def test_the_pyramid_is_like_the_published_one(slug: str, size: int) -> None:
    people = agency(slug, size).people
    whole = len(people)
    kinds = Counter(one.post.kind for one in people)
    contracts = Counter(one.employment for one in people)
    assert abs((contracts["pns"] + contracts["cpns"]) / whole - 0.644) < 0.03
    assert abs(kinds["jf"] / whole - 0.636) < 0.03
    assert abs(kinds["pelaksana"] / whole - 0.307) < 0.03
    assert abs((kinds["jpt"] + kinds["administrator"] + kinds["pengawas"]) / whole - 0.057) < 0.02
    assert 0.02 < contracts["pppk_part_time"] / whole < 0.12


@pytest.mark.parametrize("slug", ["diy", "kemenkeu", "sidoarjo"])
def test_an_agency_has_exactly_the_people_asked_for(slug: str) -> None:
    assert [len(agency(slug, size).people) for size in (60, 300, 777)] == [60, 300, 777]


def test_five_thousand_people_take_seconds() -> None:
    started = process_time()
    assert len(generate(load_packs()["surabaya"], 5000, SEED + 1).people) == 5000
    assert process_time() - started < 5


@pytest.mark.parametrize("slug", SLUGS)
def test_some_are_appraised_by_a_team_leader_of_their_unit(slug: str) -> None:
    population = agency(slug)
    by_number = {one.number: one for one in population.people}
    assert population.overrides
    for one in population.overrides:
        assert population.superiors[one.number] == one.superior
        assert by_number[one.superior].unit_id == by_number[one.number].unit_id
        assert not by_number[one.superior].is_head


def test_schools_and_clinics_have_functional_heads_who_appraise() -> None:
    population = agency("sidoarjo")
    units = {unit.id: unit for unit in population.units}
    appraisers = set(population.superiors.values())
    served = {"school": 0, "health": 0, "hospital": 0, "district": 0}
    for one in population.people:
        field = units[one.unit_id].field
        if one.is_head and field in served:
            served[field] += 1
            assert one.number in appraisers
            assert one.post.kind == ("jf" if field != "district" else one.post.kind)
    assert min(served.values()) >= 1


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug != "pupr"])
@pytest.mark.parametrize("size", [300, 5000])
def test_distributions_fit_the_units_rating_except_where_they_are_meant_to_breach(slug: str, size: int) -> None:
    population = agency(slug, size)
    unit_of = {one.number: one.unit_id for one in population.people}
    counts: dict[str, Counter[str]] = {}
    for rating in population.ratings:
        counts.setdefault(unit_of[rating.number], Counter())[MATRIX[rating.result, rating.behaviour]] += 1
    given = {one.unit_id: one.rating for one in population.organisation_ratings}
    assert set(given) == set(counts)
    assert len(population.ratings) == len(population.people)
    broken = {unit for unit in counts if not fits(given[unit], counts[unit])}
    assert broken == {one.unit_id for one in population.breaches}
    assert 1 <= len(broken) < len(counts) / 2
    for one in population.breaches:
        assert dict(one.counts) == dict(counts[one.unit_id])


def test_a_units_rating_is_set_one_level_above_and_becomes_its_heads_result() -> None:
    population = agency("kemenkeu")
    results = {one.number: one.result for one in population.ratings}
    heads = {one.unit_id: one for one in population.people if one.is_head}
    for one in population.organisation_ratings:
        head = heads[one.unit_id]
        assert one.set_by == population.superiors[head.number]
        assert results[head.number] == {"istimewa": "di_atas", "baik": "sesuai"}.get(one.rating, "di_bawah")


def test_a_successor_takes_the_persons_of_its_units_and_recruits_more() -> None:
    before, pu, pkp = agency("pupr"), agency("pu"), agency("pkp")
    known = {one.id: one for one in before.people}
    moved_pu = [one for one in pu.people if one.id in known]
    moved_pkp = [one for one in pkp.people if one.id in known]
    assert len(moved_pu) + len(moved_pkp) == len(before.people)
    assert not {one.id for one in moved_pu} & {one.id for one in moved_pkp}
    for one in (*moved_pu, *moved_pkp):
        assert one.number == known[one.id].number
        assert one.birth == known[one.id].birth
        assert one.posted == date(2024, 10, 21)
    recruits = [one for one in pu.people if one.id not in known]
    assert len(recruits) == round(len(moved_pu) * 0.25)
    assert all(one.entered > date(2024, 10, 21) for one in recruits)
    assert {unit.id for unit in pu.units}.isdisjoint(unit.id for unit in before.units)


def test_an_agency_that_ended_has_people_and_no_running_quarter() -> None:
    before = agency("pupr")
    assert before.period is None
    assert before.ratings == before.organisation_ratings == before.breaches == ()
    assert max(one.posted for one in before.people) <= date(2024, 10, 20)


def test_the_same_seed_gives_the_same_agency_and_another_seed_another() -> None:
    pack = load_packs()["surabaya"]
    assert generate(pack, 300, 1) == generate(pack, 300, 1)
    numbers = [{one.number for one in generate(pack, 300, seed).people} for seed in (1, 2)]
    assert len(numbers[0] & numbers[1]) < 30


def test_too_few_people_are_refused_in_words() -> None:
    with pytest.raises(Invalid, match="59 people are too few to form an agency: ask for 60 or more"):
        generate(load_packs()["diy"], 59, SEED)
