"""The committee's part of the menu."""

from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.navigation import Entry, register
from review.navigation import REVIEW

OF_COMMITTEE = frozenset({Role.COMMITTEE.value, Role.OFFICE.value, Role.AUDITOR.value})
register(
    Entry("review:meetings", _("委员会会议"), "people", REVIEW, 60, OF_COMMITTEE, dock=True, needs="part_committee"),
    Entry("review:committee", _("评审委员会"), "person-badge", REVIEW, 70, OF_COMMITTEE, needs="part_committee"),
)
