"""The tables of conversion: courses, their bands and offerings, applications, forms."""

from conversion.models.applications import Application, ApplicationEvent, Line, Relevance
from conversion.models.courses import Course, GradeBand, Offering
from conversion.models.forms import Filing, Form
from conversion.models.plans import Allowance, PlanCourse

__all__ = [
    "Allowance",
    "Application",
    "ApplicationEvent",
    "Course",
    "Filing",
    "Form",
    "GradeBand",
    "Line",
    "Offering",
    "PlanCourse",
    "Relevance",
]
