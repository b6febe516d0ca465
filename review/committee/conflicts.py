"""Which members may not judge which claims, by the rules that hold for experts; for many of both at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from review.experts.conflicts import Tie, ties
from review.experts.pool import judges_of, matter_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from credits.models import Claim, Scheme
    from portal.models import Person


class Conflicts:
    """The conflicts of interest between members and claims of a scheme: three queries, however many there are.

    The claims carry their student and the members of their team.
    """

    def __init__(self, scheme: Scheme, people: Collection[Person], claims: Collection[Claim]) -> None:
        self.judges = judges_of(people, scheme)
        self.matters = {claim.pk: matter_of(claim) for claim in claims}

    def reason(self, person: Person, claim: Claim) -> str:
        """Return why the person may not judge the claim; an empty text when nothing is known against it."""
        found = ties(self.judges[person.pk], self.matters[claim.pk])
        return "；".join(_words()[tie] for tie in found)


def _words() -> dict[str, str]:
    """Return each tie as it is said of a member of the committee."""
    return {
        Tie.OWN_RECORD: _("本人或本人所在团队的申报"),
        Tie.OWN_COLLEGE: _("申报人属于本人所在学院"),
        Tie.OWN_CLASS: _("本人是申报人的辅导员"),
        Tie.SUPERVISION: _("本人是该成果的指导教师或参与人"),
        Tie.DECLARED: _("已申明利益关系"),
    }
