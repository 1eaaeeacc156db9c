"""PermenPANRB 8/2021, lampiran: work behaviour: observed levels against the level that the post demands."""

from __future__ import annotations

from polars import Expr, lit, max_horizontal, mean_horizontal, min_horizontal, sum_horizontal, when

from pp30_2019.attainment import ANNEX
from selaras.regulation import Columns, Label, Step, Values, person_step

BEHAVIOUR = f"{ANNEX} hlm. 126-128 (perilaku kerja)"
ELEMENTS: dict[str, Label] = {
    "orientasi_pelayanan": {"id": "orientasi pelayanan", "en": "service orientation"},
    "komitmen": {"id": "komitmen", "en": "commitment"},
    "inisiatif_kerja": {"id": "inisiatif kerja", "en": "initiative"},
    "kerja_sama": {"id": "kerja sama", "en": "cooperation"},
    "kepemimpinan": {"id": "kepemimpinan", "en": "leadership"},
}
EVERYBODY = tuple(ELEMENTS)[:-1]


def _level(element: str) -> Step:
    """The appraiser's level, or in a closed 360° survey the weighted mean of the groups that answered."""

    def function(person: Columns, p: Values) -> Expr:
        superior = getattr(person, element)
        if p.behaviour_sources == "rater":
            observed = superior
        else:
            weights = p.survey_weights
            leading = _leads(person)
            answers = {"superior": superior, "peers": getattr(person, f"{element}_peers")}
            answers["subordinates"] = getattr(person, f"{element}_subordinates")
            weight = {
                group: when(answer.is_not_null())
                .then(when(leading).then(weights["leading"][group]).otherwise(weights["others"][group]))
                .otherwise(0)
                for group, answer in answers.items()
            }
            total = sum_horizontal(*(answers[group] * weight[group] for group in answers))
            observed = when(superior.is_not_null()).then(total / sum_horizontal(*weight.values()))
        return when(_leads(person)).then(observed) if element == "kepemimpinan" else observed

    function.__name__ = f"{element}_level"
    label: Label = {
        "id": f"Level {ELEMENTS[element]['id']} yang teramati",
        "en": f"Level observed, {ELEMENTS[element]['en']}",
    }
    return person_step(article=BEHAVIOUR, label=label, unit="level")(function)


def _leads(person: Columns) -> Expr:
    """Whether the post demands leadership; where nothing is said, whether leadership was rated."""
    return person.leads.fill_null(person.kepemimpinan.is_not_null())


def _score(element: str) -> Step:
    """Below the standard in proportion to its lower level; within it from 90 to 109; above it up to 120."""

    def function(person: Columns, p: Values) -> Expr:
        level, low, high = getattr(person, f"{element}_level"), person.level_min, person.level_max
        span = max_horizontal(high - low, 1)
        points = p.behaviour_points
        below = level / low * points["lowest_met"]
        within = lit(points["lowest_met"]) + (points["highest_met"] - lit(points["lowest_met"])) * (level - low) / span
        over = lit(points["highest_met"]) + (points["highest"] - lit(points["highest_met"])) / span * (level - high)
        score = when(level < low).then(below).when(level <= high).then(within).otherwise(over)
        return when(score.is_not_null()).then(min_horizontal(score, points["highest"]))

    function.__name__ = f"{element}_score"
    label: Label = {"id": f"Nilai {ELEMENTS[element]['id']}", "en": f"Score, {ELEMENTS[element]['en']}"}
    return person_step(article=BEHAVIOUR, label=label, certainty="application", unit="poin")(function)


@person_step(article=BEHAVIOUR, label={"id": "Jumlah aspek perilaku yang dinilai", "en": "Number of aspects rated"})
def perilaku_counted(person: Columns) -> Expr:
    return sum_horizontal(*(getattr(person, f"{element}_score").is_not_null() for element in ELEMENTS))


@person_step(
    article=BEHAVIOUR,
    label={"id": "Nilai perilaku kerja", "en": "Behaviour score"},
    certainty="application",
    unit="poin",
)
def perilaku_score(person: Columns) -> Expr:
    """The mean of the aspects rated; open until all that the post demands are rated."""
    complete = ~_leads(person) | person.kepemimpinan_score.is_not_null()
    for element in EVERYBODY:
        complete &= getattr(person, f"{element}_score").is_not_null()
    return when(complete).then(mean_horizontal(*(getattr(person, f"{element}_score") for element in ELEMENTS)))


BEHAVIOUR_STEPS = (
    *(_level(element) for element in ELEMENTS),
    *(_score(element) for element in ELEMENTS),
    perilaku_counted,
    perilaku_score,
)
