"""What may be handed in, and how a refusal is worded."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

MEGABYTE = 1024 * 1024

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: Media type → the extensions that a name may end in; the first one is added when none fits.
EXTENSIONS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
}

LABELS = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    DOCX: "Word (.docx)",
    XLSX: "Excel (.xlsx)",
}

EVIDENCE_TYPES = ("application/pdf", "image/jpeg", "image/png", "image/webp")
#: What an office publishes beside a notice: forms to fill in, too.
NOTICE_TYPES = ("application/pdf", DOCX, XLSX, "image/jpeg", "image/png")


class FileRefused(Exception):  # noqa: N818 - reads as the outcome that callers handle, not as a fault
    """The file cannot be taken; `message` tells a person what to do, `code` tells tests and logs why."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True)
class FilePolicy:
    """What one place of the portal accepts: media types, bytes per file, pages per PDF, pixels per image."""

    types: tuple[str, ...] = EVIDENCE_TYPES
    max_bytes: int = 10 * MEGABYTE
    max_pages: int = 200
    max_pixels: int = 60_000_000
    labels: dict[str, str] = field(default_factory=lambda: dict(LABELS), repr=False)

    @property
    def accept(self) -> str:
        """Value for the `accept` attribute of a file field."""
        return ",".join(extension for kind in self.types for extension in EXTENSIONS.get(kind, (kind,)))

    @property
    def type_names(self) -> str:
        """The types as people call them: "PDF、JPEG"."""
        return "、".join(self.labels.get(kind, kind) for kind in self.types)

    @property
    def help_text(self) -> str:
        """One line beside a file field."""
        return _("支持 %(types)s，每个文件不超过 %(size)s MB。") % {
            "types": self.type_names,
            "size": self.max_bytes // MEGABYTE,
        }
