"""PP 30/2019 Ps 48-52: the ranking in a unit, whatever the organisation's own rating."""

from __future__ import annotations

from selaras.regulation import DistributionRule, Label, Limit, Source, Values

_WORDS: dict[str, Label] = {
    "above": {"id": "Di atas ekspektasi", "en": "Above expectation"},
    "as_expected": {"id": "Sesuai ekspektasi", "en": "As expected"},
    "below": {"id": "Di bawah ekspektasi", "en": "Below expectation"},
}


def rule(p: Values) -> DistributionRule:
    """The limits of Ps 48-52 with the agency's choices for small units."""
    source = p.source("ranking_limits")
    limits = [_limit(name, float(percent), p, source) for name, percent in p.ranking_limits.items()]
    for name, percent in (("above_at_least", p.above_at_least), ("below_at_least", p.below_at_least)):
        if percent is not None:
            limits.append(_limit(name, float(percent), p, p.source(name)))
    return DistributionRule(
        limits={},
        everywhere=tuple(limits),
        exempt_up_to=p.small_unit_minimum - 1 if p.small_units == "exempt" else 0,
        pool_below=p.small_unit_minimum if p.small_units == "pool" else 0,
        remainder_shares=_shares(p) if p.small_units == "largest_remainder" else (),
        rounding=p.share_rounding,
        most="largest",
        source=source,
    )


def _shares(p: Values) -> tuple[tuple[tuple[str, ...], float], ...]:
    """20, 60 and 20: the limits that make a whole, by which a head-count without a solution is divided."""
    limits = p.ranking_limits
    percents = {
        "above": limits["above_at_most"],
        "as_expected": limits["as_expected_at_least"],
        "below": limits["below_at_most"],
    }
    return tuple((tuple(p.status_outcomes[status]), float(percent)) for status, percent in percents.items())


def _limit(name: str, percent: float, p: Values, source: Source) -> Limit:
    """`above_at_most` 20 is: at most 20 % are above expectation; its breach is called `above>20%`."""
    status, _, side = name.partition("_at_")
    most = side == "most"
    words = _WORDS[status]
    return Limit(
        code=f"{status}{'>' if most else '<'}{percent:g}%",
        kind="share_at_most" if most else "share_at_least",
        outcomes=tuple(p.status_outcomes[status]),
        label={
            "id": f"{words['id']} paling {'banyak' if most else 'sedikit'} {percent:g} %",
            "en": f"{words['en']} at {'most' if most else 'least'} {percent:g} %",
        },
        source=source,
        percent=percent,
    )
