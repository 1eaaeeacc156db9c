"""`selaras regulation headcounts`: which head-counts can keep the distribution that a regulation demands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from selaras.errors import Invalid

if TYPE_CHECKING:
    from selaras.regulation import Rules
    from selaras.regulation.headcounts import Headcount


def ratings_asked(rules: Rules, rating: str | None) -> list[str | None]:
    """The one rating that was named, else every rating that the limits know; [None] where they need none."""
    rule = rules.distribution
    if rule is None or not rule.needs_rating:
        if rating is not None and rule is not None:
            raise Invalid(
                "regulation.headcount_no_rating",
                "The limits of {regulation} hold whatever the organisation's rating; leave out --rating.",
                regulation=rules.code,
            )
        return [None]
    return [rating] if rating is not None else list(rule.limits)


def overview(rules: Rules, rating: str | None, up_to: int) -> Iterator[str]:
    """One line per rating: the sizes up to `up_to` that have no solution."""
    none = [str(one.size) for one in rules.headcounts(range(1, up_to + 1), rating) if not one.possible]
    said = f"no solution for {', '.join(none)}" if none else "each has a solution"
    yield f"{rules.code}{f', {rating}' if rating else ''}, head-counts 1 to {up_to}: {said}"


def explained(rules: Rules, rating: str | None, size: int, lang: str) -> Iterator[str]:
    """One size: a division that keeps every limit, or the reason why there is none."""
    (found,) = rules.headcounts([size], rating)
    yield f"{rules.code}{f', {rating}' if rating else ''}; head-count {size}: {_why(rules, found, lang)}"


def _why(rules: Rules, found: Headcount, lang: str) -> str:
    if found.example is None:
        assert found.reason is not None
        return f"no solution: {found.reason['id' if lang == 'id' else 'en']}"
    labels = {level.code: level.label["id" if lang == "id" else "en"] for level in rules.outcomes}
    return ", ".join(f"{labels[code]} {people}" for code, people in found.example.items())
