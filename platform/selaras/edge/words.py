"""Numbers, days, times and codes as a reader of this agency sees them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel import dates, numbers
from flask_babel import get_locale, gettext, lazy_gettext

from selaras.identity.permissions import Permission
from selaras.regulation import Label
from selaras.regulation.rounding import half_away

ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}

_PERMISSIONS = {
    Permission.SEE_AGENCY: lazy_gettext("see the agency's figures"),
    Permission.SEE_PEOPLE: lazy_gettext("see everybody at the agency"),
    Permission.SEE_RESULTS: lazy_gettext("see everybody's plans and results"),
    Permission.SEE_OWN: lazy_gettext("see one's own results"),
    Permission.PLAN_OWN: lazy_gettext("write one's own plan"),
    Permission.SEE_TEAM: lazy_gettext("see one's team"),
    Permission.RATE_TEAM: lazy_gettext("rate one's team"),
    Permission.SET_ORGANISATION_RATING: lazy_gettext("record the ratings of units"),
    Permission.AGREE_PLANS: lazy_gettext("agree to one's team's plans"),
    Permission.MANAGE_GOALS: lazy_gettext("write the agency's goals"),
    Permission.IMPORT: lazy_gettext("import data"),
    Permission.CLOSE_PERIOD: lazy_gettext("close a period"),
    Permission.OVERRIDE_DISTRIBUTION: lazy_gettext("override a distribution"),
    Permission.SEE_LEDGER: lazy_gettext("see the ledger"),
    Permission.SEE_REMUNERATION: lazy_gettext("see the effect on pay"),
    Permission.SEE_FOLLOWUP: lazy_gettext("see what follows results"),
    Permission.SEE_TALENT: lazy_gettext("see talent boxes"),
    Permission.PROPOSE_FOLLOWUP: lazy_gettext("have follow-up proposed"),
    Permission.ENDORSE_FOLLOWUP: lazy_gettext("endorse follow-up (PyB)"),
    Permission.DECIDE_FOLLOWUP: lazy_gettext("decide follow-up (PPK)"),
    Permission.ASSESS_MERIT: lazy_gettext("answer the merit self-assessment"),
    Permission.SHARE_INPUT: lazy_gettext("agree to team leaders' input across agencies"),
    Permission.CHOOSE_RULES: lazy_gettext("choose what a rulebook leaves open"),
    Permission.MANAGE_CLIENTS: lazy_gettext("manage machine clients and their tokens"),
    Permission.MANAGE_CHANNELS: lazy_gettext("say how messages travel"),
    Permission.MANAGE_LETTERHEAD: lazy_gettext("write the letterhead of documents"),
    Permission.MANAGE_NATIONAL: lazy_gettext("exchange results with the national system"),
    Permission.MANAGE_SIGN_IN: lazy_gettext("manage how the agency signs in"),
    Permission.MANAGE_ACCOUNTS: lazy_gettext("manage accounts"),
    Permission.GRANT_ROLES: lazy_gettext("grant roles"),
    Permission.AUDIT: lazy_gettext("audit, with a stated reason"),
    Permission.SEE_ACCESS: lazy_gettext("see who may do what"),
    Permission.APPROVE_SUPPORT: lazy_gettext("approve access of the operator's support"),
    Permission.PROVISION: lazy_gettext("provision accounts by SCIM"),
    Permission.HANDLE_TICKETS: lazy_gettext("answer problems that people report"),
    Permission.CHAIR_CALIBRATION: lazy_gettext("chair a calibration"),
    Permission.MANAGE_SURVEY: lazy_gettext("run 360° surveys, without seeing answers"),
    Permission.MANAGE_CALIBRATION: lazy_gettext("prepare calibration meetings"),
}

# Codes that stand in sentences; other codes are names and stand for themselves.
_CODES = {
    "open": lazy_gettext("open"),
    "closing": lazy_gettext("being closed"),
    "closed": lazy_gettext("closed"),
    "running": lazy_gettext("under way"),
    "blocked": lazy_gettext("waiting for a decision"),
    "set": lazy_gettext("set"),
    "drafted": lazy_gettext("a draft"),
    "draft": lazy_gettext("a draft"),
    "submitted": lazy_gettext("submitted"),
    "agreed": lazy_gettext("agreed"),
    "delivered": lazy_gettext("delivered"),
    "accepted": lazy_gettext("accepted"),
    "objected": lazy_gettext("objected to"),
    "final": lazy_gettext("final"),
    "withdrawn": lazy_gettext("withdrawn"),
    "month": lazy_gettext("month"),
    "quarter": lazy_gettext("quarter"),
    "half_year": lazy_gettext("half-year"),
    "year": lazy_gettext("year"),
    "calendar": lazy_gettext("calendar days"),
    "working": lazy_gettext("working days"),
}


def language() -> str:
    """`id` or `en`."""
    locale = get_locale()
    return locale.language if locale else "id"


def language_or_own(wanted: str) -> Literal["id", "en"]:
    """The language that was asked for if there is one, else the reader's."""
    return "en" if (wanted or language()) == "en" else "id"


def words(label: Mapping[str, str] | Label | None) -> str:
    """A regulation's label in the reader's language."""
    return str(label.get(language()) or label.get("id", "")) if label else ""


def permission_word(code: str) -> str:
    """What a permission lets somebody do."""
    return str(_PERMISSIONS.get(Permission(code), code)) if code in list(Permission) else code


def code_word(code: str) -> str:
    """A state or a kind of period as it stands in a sentence."""
    return str(_CODES.get(code, code))


def in_words(name: str, value: object) -> object:
    """A refusal's parameter as it stands in its sentence: labels, permissions, states, kinds and days in words."""
    if name == "permission":
        return ", ".join(permission_word(one) for one in str(value).split(", "))
    if name in ("state", "kind", "known_kinds"):
        return ", ".join(code_word(one) for one in str(value).split(", "))
    if isinstance(value, Mapping):
        return words(value)
    return day_in_words(value) if isinstance(value, date) else value


def day_in_words(value: date) -> str:
    """7 Juli 2026."""
    return dates.format_date(value, "d MMMM yyyy", locale=language())


def weekday_in_words(value: date) -> str:
    """Selasa, 7 Juli 2026."""
    return dates.format_date(value, "EEEE, d MMMM yyyy", locale=language())


def month_in_words(value: date) -> str:
    """Juli 2026."""
    return dates.format_date(value, "MMMM yyyy", locale=language())


def months_in_words(first: date, last: date) -> str:
    """April–Juni 2026; over a year's end both years are named."""
    if (first.year, first.month) == (last.year, last.month):
        return month_in_words(first)
    start = "MMMM" if first.year == last.year else "MMMM yyyy"
    return f"{dates.format_date(first, start, locale=language())}–{month_in_words(last)}"


def moment_in_words(value: datetime, zone: str) -> str:
    """7 Juli 2026 pukul 14.05 WIB, in the agency's zone."""
    local = value.astimezone(ZoneInfo(zone))
    clock = dates.format_time(local, "HH.mm" if language() == "id" else "HH:mm", locale=language())
    template = gettext("%(day)s at %(time)s %(zone)s")
    return str(template) % {"day": day_in_words(local.date()), "time": clock, "zone": zone_word(zone, local)}


def second_in_words(value: datetime, zone: str) -> str:
    """7 Juli 2026 pukul 14.05.09 WIB, in the agency's zone."""
    local = value.astimezone(ZoneInfo(zone))
    clock = dates.format_time(local, "HH.mm.ss" if language() == "id" else "HH:mm:ss", locale=language())
    template = gettext("%(day)s at %(time)s %(zone)s")
    return str(template) % {"day": day_in_words(local.date()), "time": clock, "zone": zone_word(zone, local)}


def zone_word(zone: str, local: datetime) -> str:
    """WIB, WITA or WIT; another zone by its own abbreviation."""
    return ZONES.get(zone) or local.tzname() or zone


def number(value: float | Decimal | None, digits: int | None = None) -> str:
    """1.234,56; whole numbers without decimals unless `digits` says how many."""
    if value is None:
        return "–"
    pattern = "#,##0.##" if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(half_away(value, 2 if digits is None else digits), pattern, locale=language())


def rupiah(value: Decimal | int) -> str:
    """Rp1.234.567, and −Rp1.234 below zero."""
    return f"{'−' if value < 0 else ''}Rp{number(-value if value < 0 else value, 0)}"


def percent(value: Decimal | float) -> str:
    """100% and 92,5%: a percentage that is already in hundredths."""
    return f"{number(value)}%"


def share(part: int, whole: int) -> str:
    """What percentage `part` is of `whole`, to one digit at most."""
    return f"{number(round(100 * part / whole, 1))}%" if whole else "–"


def period_in_words(code: str) -> str:
    """Triwulan II 2026 for 2026-TW2; Semester, month and year likewise."""
    year, _, part = code.partition("-")
    if part.startswith("TW"):
        quarter = ("I", "II", "III", "IV")[int(part[2:]) - 1]
        return str(gettext("Quarter %(quarter)s of %(year)s", quarter=quarter, year=year))
    if part.startswith("S"):
        return str(gettext("Half-year %(half)s of %(year)s", half=("I", "II")[int(part[1:]) - 1], year=year))
    if part:
        return month_in_words(date(int(year), int(part), 1))
    return str(gettext("Year %(year)s", year=year))
