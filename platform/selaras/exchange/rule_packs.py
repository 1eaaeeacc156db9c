"""An agency's rules out into a pack and in from one: seeding, export, drift, loading. What goes in comes out equal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import tomli_w
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid
from selaras.evaluation.models import Period
from selaras.exchange.own_rules import KINDS, OWN_RULES, held, rows_of
from selaras.followup.own_rules import table_of
from selaras.followup.pay import drafting
from selaras.followup.pay.content import content_of
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import Permission
from selaras.regulation import Registry
from selaras.tenancy.own_rules import OwnRules, Taking
from selaras.tenancy.pack_fields import PackError
from selaras.tenancy.pack_rules import REMUNERATION
from selaras.tenancy.packs import Pack, load_packs, read_text
from selaras.tenancy.queries import AgencyView, agency, regulations
from selaras.tenancy.rule_rows import Difference, RuleRow, clipped, differences, overlapping, written

REASON_LENGTH = 20
LONGEST = 200_000
REGULATION = "regulation"
_ATTRIBUTES = ("name", "short_name", "kind", "region_code", "bkn_code", "time_zone", "hosts", "ended_on")


@dataclass(frozen=True)
class Drift:
    """How far an agency has moved from a pack: what is said of it otherwise, and its rules, day by day.

    `before`: the pack's; `after`: the agency's.
    """

    pack: str
    attributes: tuple[tuple[str, object, object], ...]
    rules: tuple[Difference, ...]


@dataclass(frozen=True)
class Loading:
    """What loading a pack changes: `before` the agency's rules, `after` the pack's.

    `left`: what it holds besides (`code`, `regulations`), and `pay_draft` where a table of pay goes in as a draft for a
    second person. `version` is that of the agency's rules as they stand; sent back, nothing newer is overwritten.
    """

    pack: str
    start: date | None
    changes: tuple[Difference, ...]
    left: tuple[str, ...]
    version: str


def seed(session: Session, registry: Registry, pack: Pack) -> int:
    """Take over what the pack says as the agency's own, where it has none yet; afterwards the database rules.

    Returns how many rules were written. PackError or Invalid name what this agency cannot have.
    """
    taking = _taking(session, registry, f"pack:{pack.slug}", f"Diambil dari paket instansi {pack.slug}.")
    there = {(one.of, one.apart) for one in held(session)}
    rows = [one for one in rows_of(pack, defaults=True) if (one.of, one.apart) not in there]
    _check(taking, rows)
    for kind in OWN_RULES:
        kind.add(taking, [one for one in rows if one.of == kind.code])
    if rows:
        payload = {"pack": pack.slug, "hash": pack.hash, "rules": len(rows)}
        record(session, system(tenant_of(session)), "rules.seed", "rules:pack", payload)
    return len(rows)


def exported(session: Session) -> str:
    """The agency's rules as a `pack.toml`; the same rules give the same text."""
    whose = agency(session, tenant_of(session))
    spans = [_span(one) for one in _followed(session, whose)]
    rows = [_row(one) for one in held(session)]
    fact = {
        "about": "rule",
        "says": "Aturan yang dicatat instansi ini sendiri.",
        "source": f"Ekspor dari Selaras, {whose.name}",
        "certainty": "application",
    }
    return tomli_w.dumps({"whole": True, "agency": _agency(whose), REGULATION: spans, "fact": [fact], "rule": rows})


def version(session: Session) -> str:
    """By which it is seen whether the agency's rules are still the same."""
    return hashlib.sha256(exported(session).encode()).hexdigest()[:32]


def drift(session: Session, pack: Pack) -> Drift:
    """Where the agency's rules and the pack say different things."""
    whose = agency(session, tenant_of(session))
    pairs = [(name, _plain(getattr(pack, name)), _plain(getattr(whose, name))) for name in _ATTRIBUTES]
    apart = tuple(one for one in pairs if one[1] != one[2])
    spans = (
        RuleRow(REGULATION, one.starts, one.ends and one.ends + timedelta(days=1), _code(one.code, one.edition))
        for one in pack.regulations
    )
    before = (*spans, *rows_of(pack, defaults=True))
    return Drift(pack.slug, apart, differences(before, (*_followed(session, whose), *held(session))))


def preview(session: Session, actor: Actor, registry: Registry, text: str, start: date | None) -> Loading:
    """What loading a pack from `start` on would change (None: on all days), after everything was checked."""
    actor.require_whole(Permission.CHOOSE_RULES)
    found, _ = _prepared(session, _reader(session, registry, text, actor=actor), text, start)
    return found


def load(
    session: Session,
    actor: Actor,
    registry: Registry,
    text: str,
    start: date | None,
    *,
    reason: str,
    seen: str | None = None,
) -> Loading:
    """From `start` on the agency's rules are the pack's; a pack that is not `whole` changes only the kinds it names.

    Invalid for a pack that cannot be read or that this agency cannot have; Conflict where a day would change that a
    period closed (or being closed) lies on, or where the rules are not those of `seen` any more.
    """
    actor.require_whole(Permission.CHOOSE_RULES)
    if len(reason.strip()) < REASON_LENGTH:
        raise Invalid("rules.reason", "Write the reason in at least {length} characters.", length=REASON_LENGTH)
    taking = _reader(session, registry, text, reason.strip(), actor)
    found, rows = _prepared(session, taking, text, start)
    if seen is not None and seen != found.version:
        raise Conflict(
            "rules.changed", "The agency's rules have changed since you looked. Look again, then decide anew."
        )
    for kind in _changed(found):
        if kind.code == REMUNERATION and actor.account_id is not None:
            _draft(session, actor, clipped((one for one in rows if one.of == kind.code), start), reason)
            continue
        first = min(one.starts or date.min for one in found.changes if one.of == kind.code)
        since = None if first == date.min else first
        kind.end(taking, since)
        kind.add(taking, clipped((one for one in rows if one.of == kind.code), since))
    if found.changes:
        payload = {
            "hash": hashlib.sha256(text.encode()).hexdigest(),
            "kinds": [one.code for one in _changed(found)],
            "from": start.isoformat() if start else "always",
            "reason": salted(session, reason.strip()),
        }
        record(session, actor, "rules.load", "rules:pack", payload)
    return found


def _draft(session: Session, actor: Actor, rows: Iterable[RuleRow], reason: str) -> None:
    """A table of pay takes effect when a second person approves it, so one person's pack is a draft of it.

    Invalid where there is not one table without an end: drafts are of one table from one day on.
    """
    open_ended = [one for one in rows if one.ends is None]
    if len(open_ended) != 1 or open_ended[0].starts is None:
        raise Invalid(
            "rules.pay_draft",
            "A table of pay goes in as a draft that a second person approves: load a pack with one table that holds "
            "until further notice, or leave the tables of pay out of it.",
        )
    row = open_ended[0]
    assert row.starts is not None
    draft_id = drafting.begin(session, actor, row.starts, reason)
    drafting.save(session, actor, draft_id, drafting.Written(content_of(table_of(row)), row.starts, reason))


def pack_of(session: Session) -> Pack | None:
    """The installed pack that the agency was created with; None for an agency without one."""
    return load_packs().get(agency(session, tenant_of(session)).pack or "")


def _changed(found: Loading) -> list[OwnRules]:
    return [kind for kind in OWN_RULES if any(one.of == kind.code for one in found.changes)]


def _prepared(session: Session, taking: Taking, text: str, start: date | None) -> tuple[Loading, tuple[RuleRow, ...]]:
    try:
        pack = read_text("pack", text)
        rows = rows_of(pack, defaults=False)
        kinds = set(KINDS) if pack.whole else {one.of for one in rows}
        now = tuple(one for one in held(session) if one.of in kinds)
        wanted = clipped(rows, start)
        changes = differences(clipped(now, start), wanted)
        _check(taking, [one for one in wanted if any(one.of == change.of for change in changes)])
    except PackError as error:
        raise Invalid(
            "rules.pack_wrong",
            "The pack cannot be used. {key}: {problem}. What to do: {remedy}.",
            key=error.params["key"],
            problem=error.params["problem"],
            remedy=error.params["remedy"],
        ) from error
    _refuse_closed(session, changes)
    drafted = [one for one in changes if one.of == REMUNERATION and taking.account_id is not None]
    left = (("code", pack.code), ("regulations", pack.regulations), ("pay_draft", drafted))
    return Loading(pack.name, start, changes, tuple(name for name, said in left if said), version(session)), rows


def _reader(session: Session, registry: Registry, text: str, reason: str = "", actor: Actor | None = None) -> Taking:
    if len(text) > LONGEST:
        raise Invalid("rules.pack_long", "The pack is longer than {longest} characters: it is none.", longest=LONGEST)
    origin = f"pack:{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    return _taking(session, registry, origin, reason, actor)


def _taking(session: Session, registry: Registry, origin: str, reason: str, actor: Actor | None = None) -> Taking:
    whose = agency(session, tenant_of(session))
    return Taking(session, registry, whose, origin, reason, actor.account_id if actor else None)


def _check(taking: Taking, rows: Iterable[RuleRow]) -> None:
    found = tuple(rows)
    if twice := overlapping(found):
        raise PackError(
            taking.origin, f"rule: {twice.of}", f"two of them hold on {twice.starts or 'the first day'}", "end one"
        )
    for row in found:
        KINDS[row.of].check(taking, row)


def _refuse_closed(session: Session, changes: Iterable[Difference]) -> None:
    first = min((one.starts or date.min for one in changes), default=None)
    last = session.scalar(select(func.max(Period.ends)).where(Period.state != "open"))
    if first is not None and last is not None and first <= last:
        raise Conflict(
            "rules.closed",
            "A period that is closed, or being closed, ends on {day}: what was decided by a rule is not decided by "
            "another one afterwards. Load the pack from a later day on.",
            day=last,
        )


def _followed(session: Session, whose: AgencyView) -> list[RuleRow]:
    return [
        RuleRow(REGULATION, one.during.lower, one.during.upper, _code(one.regulation, one.edition))
        for one in regulations(session, whose.tenant_id)
    ]


def _code(regulation: str, edition: str | None) -> dict[str, object]:
    return {"code": regulation} if edition is None else {"code": regulation, "edition": edition}


def _span(row: RuleRow) -> dict[str, object]:
    return {**row.values, **_days(row)}


def _row(row: RuleRow) -> dict[str, object]:
    return {"of": row.of, **_days(row), **written(row.values)}


def _days(row: RuleRow) -> dict[str, date]:
    days = {"from": row.starts, "until": row.ends - timedelta(days=1) if row.ends else None}
    return {name: day for name, day in days.items() if day is not None}


def _agency(whose: AgencyView) -> dict[str, object]:
    installed = load_packs().get(whose.pack or "")
    found = {name: getattr(whose, name) for name in _ATTRIBUTES}
    found |= {"hosts": list(whose.hosts), "head_title": installed.head_title if installed else f"Pimpinan {whose.name}"}
    return {name: value for name, value in found.items() if value is not None}


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, tuple) else value
