"""Models of the ground."""

from portal.models.people import Person, PersonManager

__all__ = ["Person", "PersonManager"]
