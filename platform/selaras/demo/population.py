"""Generating a whole agency for the demo from its pack, a size and a seed."""

from __future__ import annotations

from selaras.demo.population_agency import Population, fresh_agency
from selaras.demo.population_succession import successor_agency
from selaras.errors import Invalid
from selaras.tenancy.packs import Pack, load_packs

FEWEST = 60
"""Below this a unit tree with heads, members and a distribution to check does not come together."""


def generate(pack: Pack, people: int, seed: int) -> Population:
    """An agency of `people` (60 to 100,000); the same arguments always give the same agency.

    A successor's people are those of its predecessor (generated with the same arguments) whose units it took
    over, and recruits since; there `people` is the size of the predecessor.
    """
    if people < FEWEST:
        message = "{people} people are too few to form an agency: ask for {fewest} or more."
        raise Invalid("demo.too_few", message, people=people, fewest=FEWEST)
    if pack.predecessor is None:
        return fresh_agency(pack, people, seed)
    before = load_packs()[pack.predecessor]
    return successor_agency(pack, fresh_agency(before, people, seed), seed)
