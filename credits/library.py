"""What binds claims to the achievement library (创新成果库): which facts an entry gives, and what stands in the way.

The entry's name and level become facts of the claim; nobody types them. Code knows only who a fact is asked of.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from credits.enums import LibraryState
from credits.evaluation import evaluate, fields_for
from credits.evaluation.kinds.judgement import Judged
from credits.evaluation.spans import Span
from credits.models import SchemeVersion
from portal.points import PLACES

if TYPE_CHECKING:
    from credits.evaluation import Category, Evaluation, FactField, SchemeData
    from credits.models import Claim, LibraryEntry, Scheme

LIBRARY, LEVEL = "library", "level"
YEAR_DIGITS = 4


def data_in_force(scheme: Scheme) -> SchemeData | None:
    """Return the rules that hold today, whichever the cohort; None before the first version."""
    version = SchemeVersion.objects.in_force(timezone.localdate()).filter(scheme=scheme).first()
    return version.data if version else None


def bound_categories(data: SchemeData | None) -> tuple[Category, ...]:
    """Return the categories whose claims are bound to the library."""
    return tuple(category for category in data.categories if category.library) if data else ()


def entry_field(rules: Category) -> FactField | None:
    """Return the fact that is the entry's name, None in a category without a library."""
    return next((field for field in rules.fields if field.kind == LIBRARY), None)


def level_field(rules: Category) -> FactField | None:
    """Return the fact that is the entry's level, None in a category that knows no levels."""
    return next((field for field in rules.fields if field.name == LEVEL and field.asked_of == LIBRARY), None)


def levels(data: SchemeData, rules: Category) -> tuple[str, ...]:
    """Return the levels that an entry can be ruled to have: what the rules' own tables know."""
    fields = fields_for(data, rules.code, asked_of=(LIBRARY,))
    return next((tuple(choice.value for choice in field.choices) for field in fields if field.name == LEVEL), ())


def awards(data: SchemeData, rules: Category) -> tuple[str, ...]:
    """Return the awards for which an entry may suggest a score."""
    fields = fields_for(data, rules.code)
    return tuple(
        choice.value
        for field in fields
        if field.name == rules.library_award
        for choice in field.choices
        if choice.value
    )


def level_span(rules: Category, level: str) -> Span | None:
    """Return the range that the table gives a level: the lowest to the highest figure of its rows; None without one."""
    field = level_field(rules)
    code, _dot, column = field.choices_from.partition(".") if field else ("", "", "")
    table = rules.tables.get(code)
    if table is None:
        return None
    place = table.by.index(column or LEVEL)
    spans = [row.value for row in table.rows if row.keys[place] == level]
    return Span(min(span.low for span in spans), max(span.high for span in spans)) if spans else None


# --- One claim ---


def entry_names(rules: Category) -> list[str]:
    """Return the names of the facts that an entry gives, the one that names it first; empty without a library."""
    named = [field.name for field in rules.fields if field.kind == LIBRARY]
    return [*named, *(field.name for field in rules.fields if field.asked_of == LIBRARY)]


def entry_facts(rules: Category, entry: LibraryEntry) -> dict[str, str]:
    """Return the facts that an entry gives a claim: its name and its level."""
    named = {field.name: entry.name for field in rules.fields if field.kind == LIBRARY}
    return named | ({LEVEL: entry.level} if level_field(rules) else {})


def achieved_year(claim: Claim) -> int | None:
    """Return the year of the competition: the fact that tells its editions apart, else the year of its date."""
    rules = claim.scheme_version.data.category(claim.category.code)
    names = [name for identity in rules.identity if identity.kind == LIBRARY for name in identity.facts]
    for name in [*names, rules.date]:
        text = str(claim.facts.get(name, "") or "")
        if len(text) == YEAR_DIGITS and text.isdecimal():
            return int(text)
        try:
            return datetime.date.fromisoformat(text).year
        except ValueError:  # another kind of fact, or none
            continue
    return None


def library_problems(claim: Claim) -> dict[str, list[str]]:
    """Return by form field why the claim's entry cannot be handed in: withdrawn or merged meanwhile, or other years.

    Asked only when a claim is handed in: one that is under review goes on with the entry that it was filed with.
    """
    rules = claim.scheme_version.data.category(claim.category.code)
    field, entry = entry_field(rules), claim.library_entry
    if field is None or entry is None:  # an entry that is missing is a fact that is missing: the rules say so
        return {}
    problems = [text for text in (why_not_choosable(entry), why_not_in_year(entry, achieved_year(claim))) if text]
    return {field.name: problems} if problems else {}


def why_not_choosable(entry: LibraryEntry) -> str:
    """Return why no claim may newly name the entry, empty when it may."""
    if entry.state == LibraryState.MERGED and entry.merged_into is not None:
        return _("“%(name)s”已并入“%(into)s”，请改选后者。") % {"name": entry.name, "into": entry.merged_into.name}
    if entry.state != LibraryState.ACTIVE:
        return _("“%(name)s”已停用，请重新从成果库中选择。") % {"name": entry.name}
    return ""


def why_not_in_year(entry: LibraryEntry, year: int | None) -> str:
    """Return why the entry does not hold for an achievement of the year, empty when it does or no year is known."""
    if year is None or entry.holds_in(year):
        return ""
    return _("“%(name)s”适用于 %(years)s 年度的成果，不适用于 %(year)s 年。") % {
        "name": entry.name,
        "years": years_of(entry),
        "year": year,
    }


def years_of(entry: LibraryEntry) -> str:
    """Return the years for which an entry counts, as people write them: ``2021–2024``, ``2021 起``, ``2021``."""
    if entry.valid_to is None:
        return _("%(year)s 起") % {"year": entry.valid_from}
    if entry.valid_to == entry.valid_from:
        return str(entry.valid_from)
    return f"{entry.valid_from}–{entry.valid_to}"


def suggestion_for(entry: LibraryEntry, award: str) -> Decimal | None:
    """Return the score that the entry suggests for an award, None when it suggests none."""
    return next((Decimal(score) for name, score in entry.suggestions if name == award), None)


def suggested_points(claim: Claim, result: Evaluation) -> Decimal | None:
    """Return what to suggest for the claim: what the rules say exactly, else what the entry's score comes to.

    The score goes the way of one that people give inside the range, through the team's shares and the rounding.
    """
    if result.points is not None or result.problems or claim.library_entry is None:
        return result.points
    data, code = claim.scheme_version.data, claim.category.code
    rules = data.category(code)
    score = suggestion_for(claim.library_entry, str(claim.facts.get(rules.library_award, "")))
    fact = next((step.rule.fact for step in rules.steps if isinstance(step.rule, Judged)), "")
    if score is None or not fact:
        return None
    found = evaluate(data, code, {**claim.facts, fact: str(score)}, college=claim.college.name).points
    return found.quantize(PLACES) if found is not None else None
