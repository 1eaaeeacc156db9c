"""The border for regulations: what a plugin imports, and the engine that the platform asks."""

from selaras.regulation.adapters import Adapter, Choice
from selaras.regulation.appraisal import Appraisal
from selaras.regulation.combining import Combination, combined_description
from selaras.regulation.distribution import advice
from selaras.regulation.hookspecs import hookimpl
from selaras.regulation.inputs import InputProblem
from selaras.regulation.parameters import Values
from selaras.regulation.plan_types import (
    Annex,
    Aspect,
    Behaviour,
    BehaviourFramework,
    PlanForm,
    PlanModel,
    PlanVariant,
    Section,
    SpecialTask,
    Term,
    measured,
)
from selaras.regulation.receipt import Receipt, ReceiptLine, receipt_from_steps
from selaras.regulation.registry import Registry, load_registry
from selaras.regulation.rounding import at_least, at_most, round_law
from selaras.regulation.rulebook import AppraisalRulebook, Combining, DeadlineIn, Rulebook
from selaras.regulation.rules import Rules
from selaras.regulation.scheme import Scheme
from selaras.regulation.segmentation import Segmentation
from selaras.regulation.steps import Columns, ItemAggregates, Step, item_step, lookup, person_step
from selaras.regulation.survey import Level, Perspective, SurveyRule
from selaras.regulation.types import (
    CalibrationRule,
    Column,
    Consequence,
    DateRange,
    Deadline,
    DistributionRule,
    Identity,
    Label,
    Limit,
    ObjectionWindow,
    OrganisationLevel,
    OutcomeLevel,
    OutcomeScale,
    Source,
    StepInfo,
)

__all__ = [
    "Adapter",
    "Annex",
    "Appraisal",
    "AppraisalRulebook",
    "Aspect",
    "Behaviour",
    "BehaviourFramework",
    "CalibrationRule",
    "Choice",
    "Column",
    "Columns",
    "Combination",
    "Combining",
    "Consequence",
    "DateRange",
    "Deadline",
    "DeadlineIn",
    "DistributionRule",
    "Identity",
    "InputProblem",
    "ItemAggregates",
    "Label",
    "Level",
    "Limit",
    "ObjectionWindow",
    "OrganisationLevel",
    "OutcomeLevel",
    "OutcomeScale",
    "Perspective",
    "PlanForm",
    "PlanModel",
    "PlanVariant",
    "Receipt",
    "ReceiptLine",
    "Registry",
    "Rulebook",
    "Rules",
    "Scheme",
    "Section",
    "Segmentation",
    "Source",
    "SpecialTask",
    "Step",
    "StepInfo",
    "SurveyRule",
    "Term",
    "Values",
    "advice",
    "at_least",
    "at_most",
    "combined_description",
    "hookimpl",
    "item_step",
    "load_registry",
    "lookup",
    "measured",
    "person_step",
    "receipt_from_steps",
    "round_law",
]
