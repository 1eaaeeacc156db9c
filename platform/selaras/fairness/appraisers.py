"""How each appraiser rates beside others who rate comparable people: severity, spread, the middle, halo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl
import scipy

from selaras.fairness.chances import Numbers, all_alike, at_least, discoveries, drawn
from selaras.fairness.thresholds import DEFAULT, Thresholds


class Pattern(StrEnum):
    """What is looked at of an appraiser."""

    SEVERITY = "severity"
    LENIENCY = "leniency"
    SPREAD = "spread"
    MIDDLE = "middle"
    HALO = "halo"


@dataclass(frozen=True)
class Finding:
    """One pattern of one appraiser. `people`: how many were rated; `others`: comparable people whom others rated.

    `own` and `usual` are means of steps (severity, leniency), spreads (standard deviations) or shares. `shrunk` is what
    is left of the difference once the size of the team is allowed for. `chance` is the rate of false findings among
    those that are shown. `shown`: large and sure enough to be worth a question.
    """

    appraiser_id: str
    pattern: Pattern
    people: int
    others: int
    own: float
    usual: float
    shrunk: float
    chance: float
    shown: bool


@dataclass(frozen=True)
class _Team:
    """An appraiser's people: their levels, the mean of comparable others, and how many others there are."""

    appraiser_id: str
    levels: tuple[int, ...]
    expected: float
    variance: float
    others: int
    parts: tuple[tuple[str, int], ...]


def findings(ratings: pl.DataFrame, middle: int, thresholds: Thresholds = DEFAULT) -> tuple[Finding, ...]:
    """Every pattern of every appraiser with a team that can be judged, the clearest first.

    `ratings`: `person`, `appraiser_id`, `group_key`, `level` (a higher one is better), and `alike` (all dimensions of
    the rating at the same level; null where the regulation has fewer than two). `middle` is the level that the law
    calls as expected. Who is comparable: people of the same ranking group whom somebody else rates.
    """
    rated = ratings.filter(pl.col("appraiser_id").is_not_null()).sort("person")
    teams = _teams(rated, thresholds)
    found = [*_severity(teams, thresholds), *_spread(rated, teams, thresholds)]
    found += _share(rated.with_columns(mark=pl.col("level") == middle), teams, Pattern.MIDDLE, thresholds)
    if rated.get_column("alike").is_not_null().any():
        marked = rated.with_columns(mark=pl.col("alike").fill_null(value=False))
        found += _share(marked, teams, Pattern.HALO, thresholds)
    return tuple(sorted(found, key=lambda one: (not one.shown, one.chance, -abs(one.shrunk), one.appraiser_id)))


def _teams(rated: pl.DataFrame, thresholds: Thresholds) -> list[_Team]:
    level = pl.col("level").cast(pl.Float64)
    group = rated.group_by("group_key").agg(n=pl.len(), total=level.sum(), squares=(level**2).sum())
    own = rated.group_by("appraiser_id", "group_key").agg(
        m=pl.len(), own=level.sum(), own_squares=(level**2).sum(), levels=pl.col("level")
    )
    parts = own.join(group, on="group_key").with_columns(others=pl.col("n") - pl.col("m"))
    found = []
    for (appraiser,), rows in parts.sort("appraiser_id", "group_key").group_by("appraiser_id", maintain_order=True):
        known = rows.filter(pl.col("others") >= thresholds.fewest_comparable)
        people = int(known.get_column("m").sum() or 0)
        if people < thresholds.smallest_team:
            continue
        found.append(_team(str(appraiser), known, people))
    return found


def _team(appraiser: str, known: pl.DataFrame, people: int) -> _Team:
    """Expected from the others alone: who rates a third of a group would else be compared with themselves."""
    mean = (pl.col("total") - pl.col("own")) / pl.col("others")
    spread = (pl.col("squares") - pl.col("own_squares")) / pl.col("others") - mean**2
    # The mean of m people drawn from the others, and that of the others themselves, both vary.
    counted = known.select(
        expected=(mean * pl.col("m")).sum() / people,
        variance=(spread.clip(0) * pl.col("m") * (1 + pl.col("m") / pl.col("others"))).sum() / people**2,
    ).row(0)
    levels = tuple(int(level) for listed in known.get_column("levels") for level in listed)
    parts = tuple(zip(known.get_column("group_key"), known.get_column("m"), strict=True))
    return _Team(appraiser, levels, counted[0], counted[1], int(known.get_column("others").sum()), parts)


def _severity(teams: Sequence[_Team], thresholds: Thresholds) -> list[Finding]:
    """The mean beside comparable others, drawn towards nobody differing as far as the team is small.

    Normal with a normal between appraisers, whose variance is taken from all of them by moments (DerSimonian and Laird
    1986); the shrunk difference is the mean of what is then believed of the appraiser (empirical Bayes).
    """
    judged = [team for team in teams if team.variance > 0]
    if not judged:
        return []
    gaps = np.array([float(np.mean(team.levels)) - team.expected for team in judged])
    noise = np.array([team.variance for team in judged])
    shrunk = _shrunk(gaps, noise)
    chances = discoveries(
        [float(2 * scipy.stats.norm.sf(abs(gap) / np.sqrt(v))) for gap, v in zip(gaps, noise, strict=True)]
    )
    return [
        Finding(
            team.appraiser_id,
            Pattern.SEVERITY if gap < 0 else Pattern.LENIENCY,
            len(team.levels),
            team.others,
            float(np.mean(team.levels)),
            team.expected,
            float(kept),
            chance,
            bool(chance <= thresholds.error_rate and abs(kept) >= thresholds.steps),
        )
        for team, gap, kept, chance in zip(judged, gaps, shrunk, chances, strict=True)
    ]


def _shrunk(gaps: Numbers, noise: Numbers) -> Numbers:
    """The differences drawn towards 0, nobody's by more than the noise of the own mean.

    A single severe appraiser among many alike would else be taken for chance (limited translation, Efron and Morris
    1972).
    """
    between = _between(gaps, noise)
    kept = gaps * between / (between + noise)
    limited = np.sign(gaps) * np.maximum(np.abs(gaps) - np.sqrt(noise), 0)
    return np.where(np.abs(limited) > np.abs(kept), limited, kept)


def _between(gaps: Numbers, noise: Numbers) -> float:
    weights = 1 / noise
    if len(gaps) < 2:
        return float(max(0.0, gaps[0] ** 2 - noise[0]))
    middle = (weights * gaps).sum() / weights.sum()
    excess = (weights * (gaps - middle) ** 2).sum() - (len(gaps) - 1)
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    return float(max(0.0, excess / scale)) if scale > 0 else 0.0


def _spread(rated: pl.DataFrame, teams: Sequence[_Team], thresholds: Thresholds) -> list[Finding]:
    """Teams in which everybody got the same: how likely that is, drawn from the whole group without replacement.

    Of a team with any difference nothing is said; its spread is shown beside the usual one all the same.
    """
    top = int(rated.get_column("level").max() or 0)  # type: ignore[arg-type]  # of whole numbers
    pools = {
        str(group): [rows.filter(pl.col("level") == level).height for level in range(top + 1)]
        for (group,), rows in rated.group_by("group_key")
    }
    # In the order of their levels: the last digit of a sum must not hang on who is counted first.
    usual = float(np.std(rated.get_column("level").sort().to_numpy())) if rated.height else 0.0
    chances = [
        all_alike([(pools[group], taken) for group, taken in team.parts]) if len(set(team.levels)) == 1 else 1.0
        for team in teams
    ]
    # Shrinkage: the usual variance counts as much as four people more.
    kept = [
        float(np.sqrt((4 * usual**2 + len(t.levels) * np.var(t.levels)) / (4 + len(t.levels)))) - usual for t in teams
    ]
    return [
        Finding(
            team.appraiser_id,
            Pattern.SPREAD,
            len(team.levels),
            team.others,
            float(np.std(team.levels)),
            usual,
            narrower,
            chance,
            bool(chance <= thresholds.error_rate and narrower < 0),
        )
        for team, narrower, chance in zip(teams, kept, discoveries(chances), strict=True)
    ]


def _share(marked: pl.DataFrame, teams: Sequence[_Team], pattern: Pattern, thresholds: Thresholds) -> list[Finding]:
    """How many of a team are marked, beside their groups: exact by draws without replacement, shares shrunk.

    The share of a team is drawn to the usual one by a beta distribution between appraisers, fitted by moments.
    """
    totals = {
        row[0]: (row[1], row[2]) for row in marked.group_by("group_key").agg(pl.len(), pl.col("mark").sum()).rows()
    }
    own = {
        (row[0], row[1]): row[2]
        for row in marked.group_by("appraiser_id", "group_key").agg(pl.col("mark").sum()).rows()
    }
    seen, usual, chances = [], [], []
    for team in teams:
        count = sum(int(own[team.appraiser_id, group]) for group, _ in team.parts)
        seen.append(count)
        people = len(team.levels)
        # Expected from the others alone, as with severity.
        rates = [
            (totals[group][1] - own[team.appraiser_id, group]) / (totals[group][0] - taken) * taken
            for group, taken in team.parts
        ]
        usual.append(sum(rates) / people)
        chances.append(at_least(drawn((*totals[group], taken) for group, taken in team.parts), count))
    sizes = np.array([len(team.levels) for team in teams], dtype=float)
    kept = _shrunk_shares(np.array(seen, dtype=float), sizes, np.array(usual))
    return [
        Finding(
            team.appraiser_id,
            pattern,
            len(team.levels),
            team.others,
            count / len(team.levels),
            rate,
            float(gap),
            chance,
            bool(chance <= thresholds.error_rate and gap >= thresholds.share_gap),
        )
        for team, count, rate, gap, chance in zip(teams, seen, usual, kept, discoveries(chances), strict=True)
    ]


def _shrunk_shares(seen: Numbers, sizes: Numbers, usual: Numbers) -> Numbers:
    """Each share less the usual one, after shrinkage; the weight of the usual one is a number of people."""
    if not len(seen):
        return seen
    gaps = seen / sizes - usual
    noise = usual * (1 - usual) / sizes
    return _shrunk(gaps, np.maximum(noise, 1e-9))
