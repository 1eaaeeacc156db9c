"""Common given names and places from which people are put together; no combination is taken from a real person."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from random import Random


@cache
def words() -> dict[str, list[str]]:
    """The lists of `names.toml`: male, female, male_second, female_second, places."""
    lists: dict[str, list[str]] = tomllib.loads(files("selaras.demo").joinpath("names.toml").read_text("utf-8"))
    return lists


def full_name(rng: Random, sex: str) -> str:
    """A name of one to three words for sex M or F."""
    side = "male" if sex == "M" else "female"
    given, second = words()[side], words()[f"{side}_second"]
    form, first, last = rng.random(), rng.choice(given), rng.choice(second)
    if form < 0.03:
        return last
    middle = rng.choice(given) if form > 0.75 else first
    return f"{first} {last}" if middle == first else f"{first} {middle} {last}"


def place(rng: Random) -> str:
    """A town to be born in."""
    return rng.choice(words()["places"])
