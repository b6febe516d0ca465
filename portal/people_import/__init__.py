"""People from one workbook, compared and applied as a whole: units, students, staff and appointments."""

from portal.people_import.plan import Change, PeoplePlan
from portal.people_import.service import can_import_people, import_people, preview_people
from portal.people_import.sheets import template

__all__ = ["Change", "PeoplePlan", "can_import_people", "import_people", "preview_people", "template"]
