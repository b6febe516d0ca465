"""The request of a signed-in person, for types."""

from django.http import HttpRequest

from portal.models import Person


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` gets: its user is a person."""

    user: Person
