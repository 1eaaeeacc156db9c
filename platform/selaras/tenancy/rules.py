"""Pure decisions about agencies: host names, slugs, and days on which no regulation is followed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.dialects.postgresql import Range

from selaras.errors import Invalid
from selaras.tenancy.packs import REGIONAL, AgencyKind
from selaras.tenancy.regions import kind_of, region

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,38}[a-z0-9]")
_PORT = re.compile(r":\d+$")
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")


@dataclass(frozen=True)
class Gap:
    """Days without a regulation, first and last included."""

    first: date
    last: date


def host_name_or_none(text: str) -> str | None:
    """A host as it is stored: lower case, without port and trailing dot; None for what is no host name."""
    name = _PORT.sub("", text.strip().lower()).rstrip(".")
    try:
        name = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return None
    return name if _HOST.fullmatch(name) else None


def host_name(text: str) -> str:
    """A host as it is stored; Invalid for what is no host name."""
    name = host_name_or_none(text)
    if name is None:
        raise Invalid(
            "agency.host",
            "{host!r} is not a host name. Write it without scheme and path, for instance kinerja.sidoarjokab.go.id.",
            host=text,
        )
    return name


def check_slug(slug: str) -> str:
    """A slug that can stand in addresses and folder names, or Invalid."""
    if not _SLUG.fullmatch(slug):
        raise Invalid(
            "agency.slug",
            "{slug!r} cannot be an agency's short address: use 2 to 40 small letters, digits and hyphens, beginning "
            "with a letter and not ending in a hyphen.",
            slug=slug,
        )
    return slug


def check_zone(zone: str) -> str:
    """An IANA time zone, or Invalid."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            "agency.time_zone",
            "{zone!r} is not a time zone. Write Asia/Jakarta (WIB), Asia/Makassar (WITA) or Asia/Jayapura (WIT).",
            zone=zone,
        ) from None
    return zone


def check_kind(kind: str, region_code: str | None) -> AgencyKind:
    """An agency's kind that fits its region code (regional ones have one, national ones none), or Invalid."""
    if kind not in list(AgencyKind):
        raise Invalid(
            "agency.kind",
            "{kind!r} is not a kind of agency; known are: {known}.",
            kind=kind,
            known=", ".join(AgencyKind),
        )
    found = AgencyKind(kind)
    if (found in REGIONAL) != (region_code is not None):
        raise Invalid(
            "agency.region_missing",
            "An agency of the kind {kind} {needs} a region code: provinces, regencies and cities have one, others not.",
            kind=found.value,
            needs="needs" if found in REGIONAL else "does not take",
        )
    if region_code is not None and kind_of(region(region_code).code) != found.value:
        raise Invalid(
            "agency.region_kind",
            "The region {region} is not a {kind}. Correct the kind or the region code.",
            region=region_code,
            kind=found.value,
        )
    return found


def gaps(followed: Iterable[Range[date]], first: date, last: date) -> tuple[Gap, ...]:
    """The days from `first` to `last` (both included) that none of the ranges covers, in order."""
    found: list[Gap] = []
    free = first
    for during in sorted(followed, key=lambda one: one.lower or date.min):
        lower, upper = during.lower or date.min, during.upper or date.max
        if lower > free:
            found.append(Gap(free, min(lower - timedelta(days=1), last)))
        free = max(free, upper)
        if free > last:
            break
    if free <= last:
        found.append(Gap(free, last))
    return tuple(gap for gap in found if gap.first <= gap.last)
