"""Which head-counts can keep a distribution at all: solved for each size, with an example or the reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from selaras.errors import Invalid, Misconfigured
from selaras.regulation.limits import bounds
from selaras.regulation.types import DistributionRule, Label, Limit

Codes = frozenset[str]
CEILINGS = ("share_at_most", "none_allowed")


@dataclass(frozen=True)
class Headcount:
    """Whether `size` people can be divided so that every limit holds: `example` (outcome → people), or `reason`."""

    size: int
    example: dict[str, int] | None
    reason: Label | None

    @property
    def possible(self) -> bool:
        return self.example is not None


@dataclass(frozen=True)
class _Range:
    """How many people may stand in a set of outcomes: from `low` to `high`."""

    low: int
    high: int


class _NoSolution(Exception):
    def __init__(self, reason: Label) -> None:
        super().__init__(reason["en"])
        self.reason = reason


def headcounts(
    rule: DistributionRule, labels: dict[str, Label], sizes: Iterable[int], rating: str | None = None
) -> list[Headcount]:
    """One answer per size, in the order given, by the limits themselves: what small groups get is left out.

    `labels`: outcome code → label, all outcomes in order. `rating` is the organisation's, for a rule that needs it;
    Invalid names the ratings where it is missing or unknown.
    """
    limits = limits_of(rule, rating)
    listed = list(sizes)
    fixed = [limit for limit in limits if limit.kind != "most" or rule.most == "majority"]
    largest = [limit for limit in limits if limit.kind == "most" and rule.most == "largest"]
    rows = bounds(rule, fixed, listed)
    return [
        _headcount(size, list(zip(fixed, row, strict=True)), largest, labels)
        for size, row in zip(listed, rows, strict=True)
    ]


def limits_of(rule: DistributionRule, rating: str | None) -> tuple[Limit, ...]:
    """The limits that hold under a rating, or everywhere. Raises Invalid for a rating that the rule does not know."""
    if not rule.needs_rating:
        return rule.everywhere
    if rating is None or rating not in rule.limits:
        raise Invalid(
            "regulation.headcount_rating",
            "The limits depend on the organisation's rating; name one of {known}.",
            known=", ".join(rule.limits),
        )
    return rule.limits[rating]


def _headcount(
    size: int, bounded: Sequence[tuple[Limit, int]], largest: Sequence[Limit], labels: dict[str, Label]
) -> Headcount:
    reason: Label | None = None
    for most in range(size, -1, -1) if largest else (size,):
        try:
            return Headcount(size, _solved(size, bounded, largest, most, labels), None)
        except _NoSolution as none:
            reason = none.reason if reason is None or most > 0 else reason
    return Headcount(size, None, reason)


def _solved(
    size: int, bounded: Sequence[tuple[Limit, int]], largest: Sequence[Limit], most: int, labels: dict[str, Label]
) -> dict[str, int]:
    """A division of `size` people in which the largest label has `most` of them; raises _NoSolution."""
    ranges: dict[Codes, _Range] = {frozenset({code}): _Range(0, size) for code in labels}
    whole = frozenset(labels)
    ranges[whole] = _Range(size, size)
    for limit, bound in bounded:
        low, high = (0, bound) if limit.kind in CEILINGS else (bound, size)
        if not _narrow(ranges, frozenset(limit.outcomes), low, high):
            raise _NoSolution(_contradiction(limit, bounded, ranges, size, labels))
    for limit in largest:
        narrowed = [_narrow(ranges, frozenset(limit.outcomes), most, most)]
        narrowed += [_narrow(ranges, frozenset({code}), 0, most) for code in whole - frozenset(limit.outcomes)]
        if not all(narrowed):
            raise _NoSolution(_contradiction(limit, bounded, ranges, size, labels))
    parts = _nested(ranges)
    for codes in sorted(ranges, key=len):
        _gather(ranges, codes, parts[codes], labels)
    return _divided(ranges, parts, whole, size)


def _narrow(ranges: dict[Codes, _Range], codes: Codes, low: int, high: int) -> bool:
    """Whether anything is left between the limits on these outcomes."""
    now = ranges.get(codes)
    found = _Range(max(now.low, low), min(now.high, high)) if now else _Range(low, high)
    ranges[codes] = found
    return found.low <= found.high


def _contradiction(
    limit: Limit,
    bounded: Sequence[tuple[Limit, int]],
    ranges: dict[Codes, _Range],
    size: int,
    labels: dict[str, Label],
) -> Label:
    codes = frozenset(limit.outcomes)
    limits = [limit.label] if limit.kind == "most" else []
    limits += [one.label for one, _ in bounded if set(one.outcomes) == codes and one.label not in limits]
    named = Label(id="; ".join(one["id"] for one in limits), en="; ".join(one["en"] for one in limits))
    found = ranges[codes]
    return _said(_CONTRADICTION, codes, labels, low=found.low, high=found.high, size=size, limits=named)


def _nested(ranges: dict[Codes, _Range]) -> dict[Codes, list[Codes]]:
    """The largest sets within each set. Sets that cross are no case of the law and are refused."""
    for one in ranges:
        for other in ranges:
            if one & other and not (one <= other or other <= one):
                raise Misconfigured(
                    "regulation.crossing_limits",
                    "The limits on {one} and on {other} cross; which head-counts they allow cannot be told.",
                    one=", ".join(sorted(one)),
                    other=", ".join(sorted(other)),
                )
    return {
        codes: [one for one in ranges if one < codes and not any(one < other < codes for other in ranges)]
        for codes in ranges
    }


def _gather(ranges: dict[Codes, _Range], codes: Codes, parts: list[Codes], labels: dict[str, Label]) -> None:
    if not parts:
        return
    own = ranges[codes]
    low, high = sum(ranges[part].low for part in parts), sum(ranges[part].high for part in parts)
    if high < own.low:
        raise _NoSolution(_said(_TOO_FEW, codes, labels, low=own.low, high=high, parts=_parts(ranges, parts, labels)))
    if low > own.high:
        raise _NoSolution(_said(_TOO_MANY, codes, labels, low=low, high=own.high, parts=_parts(ranges, parts, labels)))
    ranges[codes] = _Range(max(low, own.low), min(high, own.high))


def _divided(ranges: dict[Codes, _Range], parts: dict[Codes, list[Codes]], codes: Codes, people: int) -> dict[str, int]:
    """`people` handed down from a set to its parts: each its least, then the rest as far as there is room."""
    if not parts[codes]:
        return {next(iter(codes)): people}
    given = {part: ranges[part].low for part in parts[codes]}
    rest = people - sum(given.values())
    for part in parts[codes]:
        more = min(rest, ranges[part].high - given[part])
        given[part] += more
        rest -= more
    found: dict[str, int] = {}
    for part, number in given.items():
        found |= _divided(ranges, parts, part, number)
    return found


_CONTRADICTION: Label = {
    "id": "{words}: sekurangnya {low} tetapi paling banyak {high} dari {size} orang ({limits})",
    "en": "{words}: at least {low} but at most {high} of {size} people ({limits})",
}
_TOO_FEW: Label = {
    "id": "paling banyak {high} dari {low} orang mendapat tempat: {parts}",
    "en": "at most {high} of {low} people find a place: {parts}",
}
_TOO_MANY: Label = {
    "id": "sekurangnya {low} orang diperlukan, hanya ada {high}: {parts}",
    "en": "at least {low} people are needed, there are {high}: {parts}",
}


def _said(template: Label, codes: Codes, labels: dict[str, Label], **numbers: int | Label) -> Label:
    words = _words(codes, labels)
    own: dict[str, dict[str, object]] = {"id": {"words": words["id"]}, "en": {"words": words["en"]}}
    for name, value in numbers.items():
        own["id"][name] = value if isinstance(value, int) else value["id"]
        own["en"][name] = value if isinstance(value, int) else value["en"]
    return Label(id=template["id"].format(**own["id"]), en=template["en"].format(**own["en"]))


def _parts(ranges: dict[Codes, _Range], parts: list[Codes], labels: dict[str, Label]) -> Label:
    order = list(labels)
    named = sorted(parts, key=lambda part: min(order.index(code) for code in part))
    listed = [(_words(part, labels), ranges[part]) for part in named]
    return Label(
        id=", ".join(f"{words['id']} {one.low}-{one.high}" for words, one in listed),
        en=", ".join(f"{words['en']} {one.low}-{one.high}" for words, one in listed),
    )


def _words(codes: Codes, labels: dict[str, Label]) -> Label:
    listed = [label for code, label in labels.items() if code in codes]
    return Label(id=" / ".join(one["id"] for one in listed), en=" / ".join(one["en"] for one in listed))
