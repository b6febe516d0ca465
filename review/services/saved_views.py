"""Keeps a person's views of the queue. How somebody looks at a list is their own affair: no event is written."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.models import Person
from review.models import SavedView

MOST_VIEWS = 24


def save_view(person: Person, name: str, query: str) -> SavedView:
    """Keep the filters under a name; raises ``ValidationError`` for a taken name, or when there are ``MOST_VIEWS``."""
    with transaction.atomic():
        Person.objects.select_for_update(of=("self",)).get(pk=person.pk)  # two tabs save one after the other
        if SavedView.objects.owned_by(person).named().count() >= MOST_VIEWS:
            raise ValidationError({"name": _("最多保存 %(most)s 个视图，请先删除不用的。") % {"most": MOST_VIEWS}})
        return _stored(SavedView(person=person, name=name, query=query))


def rename_view(view: SavedView, name: str) -> SavedView:
    """Give a view another name; raises ``ValidationError`` when another one has it."""
    view.name = name
    return _stored(view)


def delete_view(view: SavedView) -> None:
    """Forget a view; the claims are not touched."""
    view.delete()


def keep_look(person: Person, query: str) -> None:
    """Let the list look so to the person whenever an address does not say."""
    SavedView.objects.update_or_create(person=person, name="", defaults={"query": query})


def forget_look(person: Person) -> None:
    """Let the list look to the person as it does to everybody."""
    SavedView.objects.owned_by(person).filter(name="").delete()


def _stored(view: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise ValidationError({"name": _("已有同名的视图，请换一个名称。")}) from None
    return view
