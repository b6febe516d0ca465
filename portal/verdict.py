"""One type answers every "may this user do that?": yes and as what, or no with the sentence to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something is allowed; if so as which role (frozen into the event), if not why (a sentence for people)."""

    ok: bool
    reason: str | Promise = ""
    role: str = ""

    def __bool__(self) -> bool:
        return self.ok

    @classmethod
    def yes(cls, role: str = "") -> Verdict:
        """Allow, acting as ``role``."""
        return cls(ok=True, role=role)

    @classmethod
    def no(cls, reason: str | Promise) -> Verdict:
        """Refuse, with the sentence to show."""
        return cls(ok=False, reason=reason)
