"""The evaluator: facts of one achievement and a scheme version in, points and their explanation out.

Pure functions over immutable data. Code here knows kinds of rules; every figure, name and clause comes from the pack.
"""

from credits.evaluation.engine import evaluate
from credits.evaluation.facts import fields_for
from credits.evaluation.pack.examples import ExampleResult, run_examples
from credits.evaluation.pack.parsing import parse_pack
from credits.evaluation.pack.report import PackError, PackProblem
from credits.evaluation.results import Evaluation, Problem, Step
from credits.evaluation.scheme import Category, Choice, FactField, Identity, SchemeData, ShownWhen, Stage

__all__ = [
    "Category",
    "Choice",
    "Evaluation",
    "ExampleResult",
    "FactField",
    "Identity",
    "PackError",
    "PackProblem",
    "Problem",
    "SchemeData",
    "ShownWhen",
    "Stage",
    "Step",
    "evaluate",
    "fields_for",
    "parse_pack",
    "run_examples",
]
