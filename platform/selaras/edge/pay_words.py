"""What is wrong with a table of pay, in words, for its page and the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from selaras.edge.words import number
from selaras.regulation.kit import Finding

SHAPES = {
    "quarter_to_next_quarter": lazy_gettext("a quarter's outcome pays the next quarter"),
    "year_to_next_year": lazy_gettext("a year's outcome pays the next year"),
    "monthly_deduction": lazy_gettext("percents are deducted from the month"),
    "weighted": lazy_gettext("work and attendance by weights"),
    "components": lazy_gettext("component by component"),
    "score_engine": lazy_gettext("scores become ratings, which are paid"),
}
EFFECTS = {
    "next_month": lazy_gettext("the next month"),
    "next_quarter": lazy_gettext("the next three months"),
    "next_year": lazy_gettext("the next twelve months"),
}
STATES = {
    "draft": lazy_gettext("being written"),
    "submitted": lazy_gettext("waits for the second person"),
    "active": lazy_gettext("approved"),
    "withdrawn": lazy_gettext("given up"),
}
SIMULATIONS = {
    "waiting": lazy_gettext("being worked out"),
    "done": lazy_gettext("worked out"),
    "failed": lazy_gettext("not worked out"),
}
MARKS = {
    "attendance": lazy_gettext("attendance"),
    "leave": lazy_gettext("leave"),
    "discipline": lazy_gettext("discipline"),
}
STEPS = {
    "percent": lazy_gettext("percent"),
    "component": lazy_gettext("each component"),
    "amount": lazy_gettext("the amount"),
}
MODES = {
    "half_away": lazy_gettext("half up"),
    "half_even": lazy_gettext("half to the even neighbour"),
    "half_down": lazy_gettext("half down"),
    "down": lazy_gettext("always down"),
    "up": lazy_gettext("always up"),
}
ACTING = {
    "own": lazy_gettext("their own post"),
    "acting": lazy_gettext("the post they act in"),
    "own_and_share": lazy_gettext("their own and a share of the post they act in"),
}
HITS = {
    "unique": lazy_gettext("one row only may fit"),
    "first": lazy_gettext("the first row that fits counts"),
}
KINDS = {"tukin": lazy_gettext("performance pay (tukin)"), "tpp": lazy_gettext("additional income (TPP)")}

_SAID: Mapping[str, Callable[[Finding, str], str]] = {
    "gap": lambda one, outcome: _(
        "No row fits %(outcome)s, job classes %(classes)s, attendance from %(low)s to %(high)s: nothing would be paid.",
        outcome=outcome,
        classes=one.params["classes"],
        low=number(_float(one, "low")),
        high=number(_float(one, "high")),
    ),
    "overlap": lambda one, _outcome: _(
        "Rows %(one)s and %(other)s fit the same cases with other percents.", one=one.rows[0], other=one.rows[1]
    ),
    "doubled": lambda one, _outcome: _(
        "Rows %(one)s and %(other)s fit the same cases with the same percent.", one=one.rows[0], other=one.rows[1]
    ),
    "unreachable": lambda one, _outcome: _(
        "Row %(row)s is never reached: rows above it take all of its cases, or there are none.", row=one.rows[0]
    ),
    "outcome_unknown": lambda one, outcome: _(
        "Row %(row)s names the outcome “%(outcome)s”, which the regulation of that day does not have.",
        row=one.rows[0],
        outcome=outcome,
    ),
    "range_reversed": lambda one, _outcome: _("Row %(row)s ends before it begins.", row=one.rows[0]),
    "percent_outside": lambda one, _outcome: _("The percent of row %(row)s is not from 0 to 150.", row=one.rows[0]),
    "percent_above": lambda one, _outcome: _("Row %(row)s pays more than the whole base.", row=one.rows[0]),
    "rounding_order": lambda _one, _outcome: _(
        "The rounding is out of order: first the percent, then each component, then the amount, each once."
    ),
    "rounding_missing": lambda _one, _outcome: _(
        "Nothing rounds to rupiah: round each component, the amount, or both."
    ),
    "rounding_idle": lambda one, _outcome: _(
        "The rounding of “%(step)s” changes nothing here.", step=STEPS[str(one.params["step"])]
    ),
    "attendance_idle": lambda _one, _outcome: _(
        "Marks of attendance are stated, but neither a weight nor a row asks for attendance: they change nothing."
    ),
    "not_of_law": lambda _one, _outcome: _("The source says that these numbers are assumed or a sample."),
    "no_rows": lambda _one, _outcome: _("There is no row with a percent."),
    "base_twice": lambda one, _outcome: _("Job class %(job_class)s has two bases.", job_class=one.params["job_class"]),
    "base_missing": lambda one, _outcome: _(
        "Somebody holds a post of job class %(job_class)s, which has no base.", job_class=one.params["job_class"]
    ),
    "no_law": lambda _one, _outcome: _("The agency follows no regulation on the first day."),
    "other_government": lambda _one, _outcome: _(
        "Regional governments pay TPP and central agencies tukin; this table is of the other kind."
    ),
    "unusable": lambda one, _outcome: str(one.params["problem"]),
}


def finding_words(one: Finding, outcomes: Mapping[str, str]) -> str:
    """One sentence; `outcomes`: code → word of the regulation in force."""
    code = str(one.params.get("outcome", ""))
    return _SAID[one.code](one, outcomes.get(code, code))


def _float(one: Finding, name: str) -> float:
    return float(str(one.params[name]))
