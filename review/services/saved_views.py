"""Keeps a person's views of the queues. How somebody looks at a list is their own affair: no event is written."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.models import Person
from review.models import SavedView

MOST_VIEWS = 24
LONGEST_QUERY, LONGEST_WORD = 1000, 20  # what the column holds; what a column, an order or a density is called at most


def save_view(person: Person, queue: str, name: str, query: str) -> SavedView:
    """Keep the filters of a queue under a name.

    Raises ``ValidationError`` for a taken name, filters that are too long to keep, or when there are ``MOST_VIEWS``.
    """
    if len(query) > LONGEST_QUERY:
        raise ValidationError({"name": _("条件太长，不能保存。请减少条件。")})
    with transaction.atomic():
        Person.objects.select_for_update(of=("self",)).get(pk=person.pk)  # two tabs save one after the other
        if SavedView.objects.owned_by(person).of(queue).named().count() >= MOST_VIEWS:
            raise ValidationError({"name": _("最多保存 %(most)s 个视图，请先删除不用的。") % {"most": MOST_VIEWS}})
        return _stored(SavedView(person=person, queue=queue, name=name, query=query))


def rename_view(view: SavedView, name: str) -> SavedView:
    """Give a view another name; raises ``ValidationError`` when another one has it."""
    view.name = name
    return _stored(view)


def delete_view(view: SavedView) -> None:
    """Forget a view; what it shows is not touched."""
    view.delete()


def keep_look(person: Person, queue: str, query: str) -> None:
    """Let the queue look so to the person whenever an address does not say; what an address repeats is kept once."""
    look = QueryDict(mutable=True)
    for name, values in QueryDict(query).lists():
        look.setlist(name, [value for value in dict.fromkeys(values) if len(value) <= LONGEST_WORD])
    kept = look.urlencode()
    if len(kept) <= LONGEST_QUERY:  # our own page writes no such address
        SavedView.objects.update_or_create(person=person, queue=queue, name="", defaults={"query": kept})


def forget_look(person: Person, queue: str) -> None:
    """Let the queue look to the person as it does to everybody."""
    SavedView.objects.owned_by(person).of(queue).filter(name="").delete()


def _stored(view: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise ValidationError({"name": _("已有同名的视图，请换一个名称。")}) from None
    return view
