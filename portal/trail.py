"""Writes events: the only place that creates rows of the audit trail."""

from __future__ import annotations

import uuid
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from portal.enums import Role
from portal.models.events import Event, EventBase, signed
from portal.together import put_off

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.models.people import Person
    from portal.standing_types import Power, Within

SYSTEM_NAME = "system"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act came from: the request's id and the client's address, or nothing for a job."""

    request_id: str = ""
    address: str | None = None


@dataclass(frozen=True, slots=True)
class InScheme:
    """Something that belongs to a scheme as a whole."""

    code: str

    def within(self, power: Power) -> bool:
        """Whether the appointment is for that scheme, or for all."""
        return power.scheme_code in {"", self.code}


NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def set_origin(address: str | None, request_id: str = "") -> Origin:
    """Remember where what follows comes from; the middleware calls it once per request, a job once per run."""
    origin = Origin(request_id or str(uuid.uuid4()), address)
    _origin.set(origin)
    return origin


def current_origin() -> Origin:
    """Return where the current act comes from."""
    return _origin.get()


def changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Keep of two states only what differs."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return ({k: before[k] for k in keys if k in before}, {k: after[k] for k in keys if k in after})


def write_event(model: type[EventBase], verb: str, actor: Person | None, **facts: Any) -> EventBase:
    """Append one event, in the caller's transaction; ``facts`` are those of ``draft_event``."""
    event = draft_event(model, verb, actor, **facts)
    if not put_off(_append, event):
        event.save(force_insert=True)
    return event


def _append(events: Sequence[EventBase]) -> None:
    for model in {type(event): None for event in events}:
        write_events(model, [event for event in events if type(event) is model])


def write_events(model: type[EventBase], events: Sequence[EventBase]) -> None:
    """Append many drafted events of one table, in the caller's transaction: one for each row that a verb touched."""
    model._base_manager.bulk_create(events, batch_size=1000)


def draft_event(
    model: type[EventBase],
    verb: str,
    actor: Person | None,
    *,
    role: str = "",
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    changes: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
    **subject: Any,
) -> EventBase:
    """Put an event together without storing it; ``subject`` names the event table's own fields."""
    before, after = changed(*changes)
    origin = current_origin()
    if issubclass(model, Event):
        power = _power(actor, role, InScheme(code) if (code := subject.get("scheme_code", "")) else None)
        subject["scheme_code"] = code or (power.scheme_code if power else "")
    else:
        power = _power(actor, role, subject.get("subject"))
    return model(
        verb=verb,
        at=timezone.now(),
        actor=actor,
        actor_name=actor.name if actor else SYSTEM_NAME,
        actor_role=role,
        appointment_id=power.appointment_id if power else None,
        acted_for=(power.delegated_by or "") if power else "",
        from_state=from_state,
        to_state=to_state,
        reason=reason,
        before=before,
        after=after,
        request_id=origin.request_id,
        address=origin.address,
        **subject,
    )


def record(
    verb: str,
    actor: Person | None,
    *,
    kind: str,
    key: object,
    label: str = "",
    role: str = "",
    scheme: str = "",
    reason: str = "",
    changes: tuple[dict[str, Any], dict[str, Any]] = ({}, {}),
) -> EventBase:
    """Append one event of office-keeping: a subject without a life cycle of its own (round, course, import, scheme).

    ``scheme`` is the code of the scheme that it belongs to, whose auditor reads it.
    """
    return write_event(
        Event,
        verb,
        actor,
        role=role,
        scheme_code=scheme,
        reason=reason,
        changes=changes,
        subject_kind=kind,
        subject_key=str(key),
        subject_label=label[:200],
    )


def signed_as(actor: Person, role: str, subject: Within | None = None) -> str:
    """Return the name that the actor's event in the role would carry, for what is printed in the same breath."""
    power = _power(actor, role, subject)
    return signed(actor.name, (power.delegated_by or "") if power else "")


def _power(actor: Person | None, role: str, subject: Within | None) -> Power | None:
    """Return the appointment that the act is done under; students act under none."""
    if actor is None or role in {"", Role.STUDENT}:
        return None
    return actor.standing.acting_as(role, subject)
