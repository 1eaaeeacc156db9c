"""What the rules of several agencies share: bands, months, weights, and the two kinds of performance pay."""

from selaras.regulation.kit.bands import banded, minute_of_day, number_from
from selaras.regulation.kit.checking import Finding, check_rounding, check_rows
from selaras.regulation.kit.decision import HITS, DecisionRow, Hit, read_rows
from selaras.regulation.kit.marks import GROUPS, MEASURED, Mark, read_marks, weighed
from selaras.regulation.kit.months import month_code, month_index, quarter_start
from selaras.regulation.kit.pay import KINDS, SHAPES, Amount, PayKind, Shape, Tpp, Tukin, refuse_wrong_kind, total
from selaras.regulation.kit.roundings import RoundingStep
from selaras.regulation.kit.scheme import PayLine, PayScheme, read_scheme
from selaras.regulation.kit.shares import less, part_of, weighted
from selaras.regulation.yamlfile import read_yaml

__all__ = [
    "GROUPS",
    "HITS",
    "KINDS",
    "MEASURED",
    "SHAPES",
    "Amount",
    "DecisionRow",
    "Finding",
    "Hit",
    "Mark",
    "PayKind",
    "PayLine",
    "PayScheme",
    "RoundingStep",
    "Shape",
    "Tpp",
    "Tukin",
    "banded",
    "check_rounding",
    "check_rows",
    "less",
    "minute_of_day",
    "month_code",
    "month_index",
    "number_from",
    "part_of",
    "quarter_start",
    "read_marks",
    "read_rows",
    "read_scheme",
    "read_yaml",
    "refuse_wrong_kind",
    "total",
    "weighed",
    "weighted",
]
