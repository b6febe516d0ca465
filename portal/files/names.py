"""File names are data: cleaned for showing and for saving, never used as a path."""

import unicodedata

from portal.files.policy import EXTENSIONS

MAX_BYTES = 240  # most file systems end at 255 bytes, and a copy gets " (1)" added
FORBIDDEN = set('/\\:*?"<>|')
FALLBACK = "file"


def clean_name(name: str | None, media_type: str) -> str:
    """Make a name safe to show and to save under, ending in an extension of its media type.

    Directories, control characters, direction overrides and characters that Windows refuses are dropped.
    A second extension stays visible but does no harm, because the last one tells the truth
    ("a.pdf.exe" → "a.pdf.exe.pdf").
    """
    base = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    base = unicodedata.normalize("NFC", base)
    base = "".join(char for char in base if _is_harmless(char)).rstrip(" .").lstrip()
    extensions = EXTENSIONS.get(media_type, ())
    stem, extension = _split(base, extensions)
    room = MAX_BYTES - len(extension.encode())
    stem = stem.encode()[:room].decode(errors="ignore").strip(" .") or FALLBACK
    return stem + extension


def _is_harmless(char: str) -> bool:
    # Cc, Cf: control characters and direction overrides; Cs, Co, Cn: nothing that a name can mean.
    return char not in FORBIDDEN and unicodedata.category(char) not in {
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
        "Zl",
        "Zp",
    }


def _split(base: str, extensions: tuple[str, ...]) -> tuple[str, str]:
    for extension in extensions:
        if base.lower().endswith(extension):
            return base[: -len(extension)], base[-len(extension) :]
    return base, extensions[0] if extensions else ""
