"""Private files: taken in after a real look inside, kept under an unguessable key, handed out by a view."""

from portal.files.policy import EVIDENCE_TYPES, FilePolicy, FileRefused
from portal.files.serving import serve
from portal.files.storing import discard, store_content, store_upload

__all__ = ["EVIDENCE_TYPES", "FilePolicy", "FileRefused", "discard", "serve", "store_content", "store_upload"]
