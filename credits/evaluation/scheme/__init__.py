"""A scheme version as typed, immutable data: everything a pack says, checked once, read everywhere."""

from credits.evaluation.scheme.categories import Category, PlannedStep, Row, Table
from credits.evaluation.scheme.conversion import BandTemplate, Conversion, CourseDefault
from credits.evaluation.scheme.facts import AtMost, Choice, EvidenceItem, FactField, ShownWhen
from credits.evaluation.scheme.procedure import Stage, Stages
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
    "CourseDefault",
    "Document",
    "EvidenceItem",
    "Example",
    "FactField",
    "Limits",
    "PlannedStep",
    "Rounding",
    "Row",
    "SchemeData",
    "ShownWhen",
    "Stage",
    "Stages",
    "Table",
]
