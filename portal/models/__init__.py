"""The tables of the ground floor: people, appointments, terms, events, files, jobs, notices."""

from portal.models.appointments import Appointment
from portal.models.events import Event, EventBase
from portal.models.files import StoredFile
from portal.models.holidays import Holiday
from portal.models.imports import SheetImport, SheetImportRow
from portal.models.jobs import Job, JobState
from portal.models.mails import Mail, MailState
from portal.models.notices import Notice, NoticePreference
from portal.models.pages import RenderedPage, Rendering
from portal.models.people import ClassGroup, College, Major, Person, PersonManager, Student
from portal.models.readers import ReaderKey
from portal.models.replays import FormReceipt
from portal.models.terms import Term

__all__ = [
    "Appointment",
    "ClassGroup",
    "College",
    "Event",
    "EventBase",
    "FormReceipt",
    "Holiday",
    "Job",
    "JobState",
    "Mail",
    "MailState",
    "Major",
    "Notice",
    "NoticePreference",
    "Person",
    "PersonManager",
    "ReaderKey",
    "RenderedPage",
    "Rendering",
    "SheetImport",
    "SheetImportRow",
    "StoredFile",
    "Student",
    "Term",
]
