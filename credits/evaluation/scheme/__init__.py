"""A scheme version as typed, immutable data: everything a pack says, checked once, read everywhere."""

from credits.evaluation.scheme.categories import Category, Identity, PlannedStep, Row, Table
from credits.evaluation.scheme.conversion import BandTemplate, Conversion, ConversionKind, CourseDefault
from credits.evaluation.scheme.facts import AtMost, Choice, EvidenceItem, FactField, ShownWhen
from credits.evaluation.scheme.minima import Minimum, MinimumPart
from credits.evaluation.scheme.procedure import (
    Counting,
    Eligibility,
    Publicity,
    ReturnReason,
    Sanction,
    Scoring,
    Service,
    ServiceOffice,
    ServiceStep,
    Stage,
    Stages,
)
from credits.evaluation.scheme.regulation import Alias, Clause, College, Document, Example, Limits, Rounding
from credits.evaluation.scheme.version import SchemeData

__all__ = [
    "Alias",
    "AtMost",
    "BandTemplate",
    "Category",
    "Choice",
    "Clause",
    "College",
    "Conversion",
    "ConversionKind",
    "Counting",
    "CourseDefault",
    "Document",
    "Eligibility",
    "EvidenceItem",
    "Example",
    "FactField",
    "Identity",
    "Limits",
    "Minimum",
    "MinimumPart",
    "PlannedStep",
    "Publicity",
    "ReturnReason",
    "Rounding",
    "Row",
    "Sanction",
    "SchemeData",
    "Scoring",
    "Service",
    "ServiceOffice",
    "ServiceStep",
    "ShownWhen",
    "Stage",
    "Stages",
    "Table",
]
