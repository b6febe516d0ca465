"""The tables of conversion: courses, their bands and offerings, applications, forms."""

from conversion.models.applications import Application, ApplicationEvent, Line
from conversion.models.courses import Course, GradeBand, Offering
from conversion.models.forms import Filing, Form

__all__ = ["Application", "ApplicationEvent", "Course", "Filing", "Form", "GradeBand", "Line", "Offering"]
