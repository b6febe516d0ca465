"""What a public list may not say: numbers that identify people are hidden before anything is kept or shown. Pure."""

from __future__ import annotations

import re

KEPT_FRONT, KEPT_BACK, HIDDEN_AT_LEAST = 4, 2, 4
HIDDEN = "***"
# What people type into a line of text though nobody asked for it. Between digits and letters of a longer number (a
# patent's, a certificate's) nothing matches.
PERSONAL = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII),  # mail
    re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])"),  # identity card
    re.compile(r"(?<![0-9A-Za-z.])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![0-9A-Za-z])"),  # mobile telephone
    re.compile(r"(?<![0-9A-Za-z])[3-6]\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?![0-9A-Za-z])"),  # bank card
)


def masked(number: str) -> str:
    """Hide the middle of a student number, at least four characters of it: who, without handing out the number."""
    kept = max(len(number) - HIDDEN_AT_LEAST, 0)
    front = min(KEPT_FRONT, kept)
    back = min(KEPT_BACK, kept - front)
    return number[:front] + "*" * (len(number) - front - back) + (number[-back:] if back else "")


def scrubbed(text: str, *own: str) -> str:
    """Return the text without what identifies a person: ``own`` are the person's known numbers and addresses."""
    for known in own:
        if known:
            text = re.sub(re.escape(known), HIDDEN, text, flags=re.IGNORECASE)
    for pattern in PERSONAL:
        text = pattern.sub(HIDDEN, text)
    return text
