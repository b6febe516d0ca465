"""The kinds of rules, one module per family. To add a family, write its module and name it here."""

from credits.evaluation.kinds import (
    accumulation,
    authors,
    awards,
    conditions,
    judgement,
    limits,
    lookups,
    products,
    ranges,
    teams,
)

__all__ = [
    "accumulation",
    "authors",
    "awards",
    "conditions",
    "judgement",
    "limits",
    "lookups",
    "products",
    "ranges",
    "teams",
]
