"""From when on something is worth a question: every number that the tests of fairness are read by, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """What has to be passed before something is shown as a finding; kept beside every stored finding.

    `error_rate`: of all findings shown, so many are expected to be chance (Benjamini and Hochberg 1995).
    `steps`: an appraiser's own severity or leniency, after shrinkage, in steps of the outcome.
    `share_gap`: the same for shares (middle outcome, equal ratings of several dimensions), as a part of one.
    `smallest_team`, `fewest_comparable`: below them an appraiser is not judged at all.
    `delta`: how much more often one of a group lies below somebody else than above (Cliff's delta; 0.147 is where
    Romano and others, 2006, let “small” begin).
    `smallest_cell`: a group, or the rest of its comparable people, below it is neither tested nor counted in a display.
    `resamples`, `seed`: of the permutation tests, so that the same facts give the same figures.
    """

    error_rate: float = 0.05
    steps: float = 0.25
    share_gap: float = 0.2
    smallest_team: int = 3
    fewest_comparable: int = 10
    delta: float = 0.147
    smallest_cell: int = 5
    newcomer_months: int = 12
    leaver_months: int = 6
    fewest_years: int = 3
    resamples: int = 1999
    seed: int = 20190430


DEFAULT = Thresholds()
