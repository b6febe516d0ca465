"""Models of the ground."""

from portal.models.files import StoredFile
from portal.models.jobs import Job, JobState
from portal.models.people import Person, PersonManager

__all__ = ["Job", "JobState", "Person", "PersonManager", "StoredFile"]
