"""What counts as a decision of the committee; pure arithmetic over who is present and how they voted.

The regulation leaves the majority open. Here more than half of the called members make a quorum, and a majority is more
votes than there are on the other side, among those present who may judge the item.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _


def quorum_of(called: int) -> int:
    """Return how many of the called members must be present: more than half of them."""
    return called // 2 + 1


@dataclass(frozen=True, slots=True)
class Tally:
    """One item's votes: only of members who are present and not recused; a recused member makes up the quorum."""

    called: int
    present: int
    recused: int
    agree: int
    against: int
    abstain: int

    @property
    def quorum(self) -> int:
        """Return how many must be present."""
        return quorum_of(self.called)

    @property
    def is_quorate(self) -> bool:
        """Whether enough members are present to decide anything."""
        return self.present >= self.quorum

    @property
    def voting(self) -> int:
        """Return how many may vote."""
        return self.present - self.recused

    @property
    def voted(self) -> int:
        """Return how many of them have voted."""
        return self.agree + self.against + self.abstain

    @property
    def silent(self) -> int:
        """Return how many of them have not voted yet."""
        return self.voting - self.voted

    def quorum_problem(self) -> str:
        """Return why nothing can be decided with those present; an empty text when it can."""
        if self.is_quorate:
            return ""
        words = {"called": self.called, "quorum": self.quorum, "present": self.present}
        return _("应到 %(called)s 人，须有 %(quorum)s 人出席才能作出决定，现出席 %(present)s 人。") % words

    def problem(self, *, recognises: bool) -> str:
        """Return why the votes do not carry a recognition, or else a refusal; an empty text when they do."""
        mine, other = (self.agree, self.against) if recognises else (self.against, self.agree)
        if not self.is_quorate or mine > other:
            return self.quorum_problem()
        if not self.voted:
            return _("还没有表决：请出席委员表决，或由办公室登记表决结果。")
        votes = {"agree": self.agree, "against": self.against, "abstain": self.abstain}
        if recognises:
            text = _("同意 %(agree)s 票，不同意 %(against)s 票，弃权 %(abstain)s 票：同意多于不同意才能认定。")
        else:
            text = _("同意 %(agree)s 票，不同意 %(against)s 票，弃权 %(abstain)s 票：不同意多于同意才能不予认定。")
        return text % votes
