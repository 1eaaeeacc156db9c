"""The rating board of a team: what each person is rated by, what it comes to, and how the whole is distributed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.evaluation.facts import Facts
from selaras.evaluation.giving import Given, filled, frame_of, given
from selaras.evaluation.queries import PeriodView
from selaras.identity.actor import Actor
from selaras.organisation.delegation import team_of
from selaras.organisation.queries import PersonLine
from selaras.regulation import Label, Rules, advice

# What makes it worth to look at somebody before others are confirmed together, in the order of weight.
CONTRADICTIONS = ("high_contradicted", "low_contradicted", "low_unfounded")
"""What feedback and evidence say against a rating as it is drafted or proposed; such a one is given by itself."""
EXCEPTIONS = (
    *CONTRADICTIONS,
    "concern_unproven",
    "no_plan",
    "no_evidence",
    "no_progress",
    "feedback",
    "other_than_last",
    "weak_last",
)
_WEAK = ("bp", "k", "sk")

_KNOWN = text(
    """
    SELECT person.id, held.unit_id, post.kind AS post_kind, led.rating AS led, surveyed.inputs AS surveyed,
           reached.lines + logged.lines AS progress, reached.proven + logged.proven AS evidence,
           heard.words AS feedback, heard.concerns, heard.praises, promised.measured, promised.met, plan.state AS plan,
           last.code AS last_period, last.inputs AS last_inputs, last.outcome AS last_outcome,
           EXISTS (SELECT FROM selaras.segment part WHERE part.tenant_id = :tenant AND part.period_id = :period
                   AND part.person_id = person.id) AS parted
    FROM selaras.person person
    LEFT JOIN selaras.appointment held ON held.tenant_id = :tenant AND held.person_id = person.id
     AND held.kind = 'definitive' AND held.during @> CAST(:ends AS date)
    LEFT JOIN selaras.position post ON post.tenant_id = :tenant AND post.id = held.position_id
    LEFT JOIN selaras.organisation_rating led ON led.tenant_id = :tenant AND led.period_id = :period
     AND led.unit_id = held.unit_id AND post.is_head
    LEFT JOIN selaras.survey_subject surveyed ON surveyed.tenant_id = :tenant AND surveyed.period_id = :period
     AND surveyed.person_id = person.id
    LEFT JOIN LATERAL (
        SELECT one.id, one.state FROM selaras.plan one
        WHERE one.tenant_id = :tenant AND one.person_id = person.id AND one.year = :year
        ORDER BY (one.state = 'agreed') DESC, one.starts DESC NULLS LAST LIMIT 1
    ) plan ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS lines, count(*) FILTER (WHERE done.evidence IS NOT NULL) AS proven
        FROM selaras.plan mine
        JOIN selaras.plan_item item ON item.tenant_id = :tenant AND item.plan_id = mine.id
        JOIN selaras.progress done ON done.tenant_id = :tenant AND done.item_id = item.id
         AND done.on_day BETWEEN :starts AND :ends
        WHERE mine.tenant_id = :tenant AND mine.person_id = person.id AND mine.year = :year
    ) reached ON true
    LEFT JOIN LATERAL (
        SELECT count(DISTINCT line.id) AS lines, count(proof.id) AS proven FROM selaras.activity line
        LEFT JOIN selaras.evidence proof ON proof.tenant_id = :tenant AND proof.activity_id = line.id
         AND proof.state = 'ready'
        WHERE line.tenant_id = :tenant AND line.person_id = person.id AND line.on_day BETWEEN :starts AND :ends
    ) logged ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS words, count(*) FILTER (WHERE said.tone = 'concern') AS concerns,
               count(*) FILTER (WHERE said.tone = 'praise') AS praises
        FROM selaras.feedback said
        WHERE said.tenant_id = :tenant AND said.person_id = person.id AND said.on_day BETWEEN :starts AND :ends
          AND said.removed_at IS NULL
    ) heard ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS measured, count(*) FILTER (WHERE measure.actual >= measure.target) AS met
        FROM selaras.plan_item item
        JOIN selaras.item_measure measure ON measure.tenant_id = :tenant AND measure.item_id = item.id
         AND measure.aspect IN ('quantity', 'quality') AND measure.target > 0 AND measure.actual IS NOT NULL
        WHERE item.tenant_id = :tenant AND item.plan_id = plan.id
    ) promised ON true
    LEFT JOIN LATERAL (
        SELECT before.code, rating.inputs, result.outcome FROM selaras.rating rating
        JOIN selaras.period before ON before.tenant_id = :tenant AND before.id = rating.period_id
         AND before.ends < :starts AND before.kind = :kind
        LEFT JOIN selaras.outcome result ON result.tenant_id = :tenant AND result.period_id = rating.period_id
         AND result.person_id = person.id AND result.segment = rating.segment AND result.revision = 1
        WHERE rating.tenant_id = :tenant AND rating.person_id = person.id
        ORDER BY before.ends DESC LIMIT 1
    ) last ON true
    WHERE person.tenant_id = :tenant AND person.id = ANY(:people)
    """
)
_SPREAD = text(
    """
    SELECT period.code, period.ends, rule.description, result.outcome, count(*) AS people
    FROM selaras.rating mine
    JOIN selaras.period period ON period.tenant_id = :tenant AND period.id = mine.period_id AND period.ends < :starts
    JOIN selaras.outcome result ON result.tenant_id = :tenant AND result.period_id = mine.period_id
     AND result.person_id = mine.person_id AND result.segment = mine.segment AND result.revision = 1
    JOIN selaras.outcome_batch batch ON batch.tenant_id = :tenant AND batch.id = result.batch_id AND batch.state = 'set'
    JOIN selaras.rule_text rule ON rule.id = batch.rule_id
    WHERE mine.tenant_id = :tenant AND mine.appraiser_id = :appraiser
    GROUP BY period.code, period.ends, rule.id, result.outcome ORDER BY period.ends DESC
    """
)


@dataclass(frozen=True)
class Card:
    """One person on the board. `counts`: what stands in their rating with the facts that the platform provides.

    `concerns` and `praises`: feedback that its giver meant so. `measured`: targets of quantity and quality of the plan
    of which something is known; `met`: those that are reached.

    `last_*`: the rating and result of the period of the same length before this one, by whomever.
    """

    line: PersonLine
    given: Given
    unit_id: UUID | None
    led: str | None
    progress: int
    evidence: int
    feedback: int
    plan: str | None
    last_period: str | None
    last_inputs: Mapping[str, Any] | None
    last_outcome: str | None
    parted: bool
    facts: Mapping[str, Any]
    concerns: int = 0
    praises: int = 0
    measured: int = 0
    met: int = 0

    @property
    def person_id(self) -> UUID:
        return self.line.person_id

    @property
    def open(self) -> bool:
        """Whether something is still to be done about this rating by its appraiser."""
        return self.given.state in ("none", "draft", "returned")


@dataclass(frozen=True)
class Board:
    """A team on the last day of a period, by name."""

    period: PeriodView
    cards: tuple[Card, ...]

    def inputs(self) -> dict[UUID, dict[str, Any]]:
        """Person → what was written last, empty for whoever is not rated."""
        return {card.person_id: filled(card.given.inputs) for card in self.cards}


@dataclass(frozen=True)
class Preview:
    """What ratings come to: person → outcome code (those that are complete), people per outcome, and advice.

    `advice`: the sentence, whether the limit is broken, and its article. `rating`: the organisation's that the unit is
    judged by; `demanded` is False where the law demands nothing here or the unit has no rating yet.
    """

    outcomes: Mapping[UUID, str]
    counts: Mapping[str, int]
    rating: str | None
    demanded: bool
    exempt: bool
    advice: tuple[tuple[Label, bool, str], ...]


@dataclass(frozen=True)
class Spread:
    """How one's own ratings of a former period came out: outcome code → people, under the rule as it stood."""

    period: str
    ends: date
    description: Mapping[str, Any]
    counts: Mapping[str, int]


def board(session: Session, actor: Actor, period: PeriodView) -> Board:
    """Those whom the actor appraises in a period; statements are constant, whatever the size of the team."""
    lines = team_of(session, actor, period.ends)
    people = [line.person_id for line in lines]
    if not people:
        return Board(period, ())
    standing = given(session, period.id, people)
    values = {
        "tenant": tenant_of(session),
        "period": period.id,
        "starts": period.starts,
        "ends": period.ends,
        "kind": period.kind,
        "year": period.ends.year,
        "people": people,
    }
    known = {row.id: row for row in session.execute(_KNOWN, values)}
    cards = (_card(line, standing[line.person_id], known[line.person_id]) for line in lines)
    return Board(period, tuple(cards))


def _card(line: PersonLine, standing: Given, row: Row[Any]) -> Card:
    facts = {"post_group": "jpt" if row.post_kind == "jpt" else "ja_jf", **(row.surveyed or {})}
    return Card(
        line=line,
        given=standing,
        unit_id=row.unit_id,
        led=row.led,
        progress=row.progress,
        evidence=row.evidence,
        feedback=row.feedback,
        plan=row.plan,
        last_period=row.last_period,
        last_inputs=row.last_inputs,
        last_outcome=row.last_outcome,
        parted=row.parted,
        facts={**facts, **({"led_unit_rating": row.led} if row.led else {})},
        concerns=row.concerns,
        praises=row.praises,
        measured=row.measured,
        met=row.met,
    )


def contradictions(card: Card, rules: Rules, outcome: str | None) -> tuple[str, ...]:
    """What feedback and evidence say against this outcome, of CONTRADICTIONS.

    Against the best one: a concern, no evidence, or less than half of the targets reached. Against a weak one: praise
    or every target reached while nobody voiced a concern; and that there is nothing at all to show for it.
    """
    tone = next((level.tone for level in rules.outcomes if level.code == outcome), None)
    best, weak, calm = tone == "sb", tone in _WEAK, card.concerns == 0
    found = {
        "high_contradicted": best and (not calm or card.evidence == 0 or card.met * 2 < card.measured),
        "low_contradicted": weak and calm and (card.praises > 0 or card.met == card.measured > 0),
        "low_unfounded": weak and calm and card.evidence == card.progress == card.feedback == 0,
    }
    return tuple(name for name in CONTRADICTIONS if found[name])


def exceptions(
    card: Card, rules: Rules, proposed: Mapping[str, Any] | None = None, outcome: str | None = None
) -> tuple[str, ...]:
    """Why somebody should be looked at one by one, of EXCEPTIONS.

    `proposed`: what one means to confirm for many; `outcome`: what that, or what is drafted, comes to.
    """
    last = filled(card.last_inputs)
    weak = {level.code for level in rules.outcomes if level.tone in _WEAK}
    found = dict.fromkeys(contradictions(card, rules, outcome), True) | {
        "concern_unproven": card.concerns > 0 and card.evidence == 0,
        "no_plan": card.plan != "agreed",
        "no_evidence": card.evidence == 0,
        "no_progress": card.progress == 0,
        "feedback": card.feedback > 0,
        "other_than_last": proposed is not None
        and bool(last)
        and any(last.get(name) != value for name, value in proposed.items()),
        "weak_last": card.last_outcome in weak,
    }
    return tuple(name for name in EXCEPTIONS if found.get(name))


def preview(session: Session, seen: Board, inputs: Mapping[UUID, Mapping[str, Any]], rules: Rules) -> Preview:
    """What these ratings come to by the same steps as at the close, and the distribution of the team by itself.

    `inputs`: person → values of the rule's columns; whoever lacks a demanded one has no outcome yet.
    """
    demanded = [column.name for column in rules.asked_columns if column.required]
    facts = {card.person_id: card.facts for card in seen.cards}
    asked = {column.name for column in rules.person_columns}
    whole = {
        person: {name: value for name, value in {**given_, **facts[person]}.items() if name in asked}
        for person, given_ in inputs.items()
        if person in facts
    }
    complete = {p: one for p, one in whole.items() if all(one.get(name) is not None for name in demanded)}
    outcomes = _outcomes(session, seen.period, complete, rules) if complete else {}
    counts = Counter(outcomes.values())
    return _judged(session, seen, outcomes, counts, rules)


def _outcomes(
    session: Session, period: PeriodView, people: Mapping[UUID, Mapping[str, Any]], rules: Rules
) -> dict[UUID, str]:
    items = Facts(session, period, rules).items_of(list(people)) if rules.item_columns else None
    with_items = set(items.get_column("person").to_list()) if items is not None else set()
    chosen = {p: one for p, one in people.items() if items is None or str(p) in with_items}
    if not chosen:
        return {}
    made = rules.appraise(frame_of(chosen, rules), items).outcomes
    return {UUID(row["person"]): row["outcome"] for row in made.iter_rows(named=True) if row["outcome"]}


def _judged(
    session: Session, seen: Board, outcomes: Mapping[UUID, str], counts: Mapping[str, int], rules: Rules
) -> Preview:
    rule = rules.distribution
    rating = _rating_above(session, seen, rules) if rule is not None and rule.needs_rating else None
    if rule is None or (rule.needs_rating and rating is None):
        return Preview(outcomes, counts, rating, demanded=False, exempt=False, advice=())
    codes = [level.code for level in rules.outcomes]
    group = {"group": ["team"], "organisation_rating": [rating], **{code: [counts.get(code, 0)] for code in codes}}
    schema = {"group": pl.String(), "organisation_rating": pl.String(), **dict.fromkeys(codes, pl.Int64())}
    found = rules.check_distribution(pl.DataFrame(group, schema=schema)).row(0, named=True)
    labels = {level.code: level.label for level in rules.outcomes}
    lines = tuple((advice(one, labels), bool(one["breached"]), str(one["article"])) for one in found["details"])
    return Preview(outcomes, counts, rating, bool(found["demanded"]), bool(found["exempt"]), lines)


def _rating_above(session: Session, seen: Board, rules: Rules) -> str | None:
    """The organisation's rating by which most of the team are judged."""
    rated = Facts(session, seen.period, rules).rated_units()
    by_unit = dict(rated.select("unit_id", "organisation_rating").rows())
    found = Counter(by_unit.get(str(card.unit_id)) for card in seen.cards if card.unit_id)
    return next((rating for rating, _ in found.most_common() if rating is not None), None)


def own_spread(session: Session, actor: Actor, period: PeriodView) -> tuple[Spread, ...]:
    """How the actor's own ratings of former periods came out, the newest first; one statement."""
    values = {"tenant": tenant_of(session), "starts": period.starts, "appraiser": actor.person_id}
    return tuple(_spreads(session.execute(_SPREAD, values)))


def _spreads(rows: Iterable[Row[Any]]) -> list[Spread]:
    found: dict[str, Spread] = {}
    for row in rows:
        known = found.get(row.code)
        counts = {**(known.counts if known else {}), row.outcome: row.people}
        found[row.code] = Spread(row.code, row.ends, row.description, counts)
    return list(found.values())
