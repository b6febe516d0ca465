"""Cutting a font down: a small static face halves the time that a PDF takes, and its size."""

import ctypes
from collections.abc import Callable
from ctypes import POINTER, byref, c_char_p, c_uint, c_void_p
from pathlib import Path
from typing import Any

SIGNATURES: tuple[tuple[str, str, Any, list[Any]], ...] = (
    ("harfbuzz", "hb_blob_create_from_file_or_fail", c_void_p, [c_char_p]),
    ("harfbuzz", "hb_face_create", c_void_p, [c_void_p, c_uint]),
    ("harfbuzz", "hb_set_add", None, [c_void_p, c_uint]),
    ("harfbuzz", "hb_face_reference_blob", c_void_p, [c_void_p]),
    ("harfbuzz", "hb_blob_get_data", c_void_p, [c_void_p, POINTER(c_uint)]),
    ("harfbuzz", "hb_blob_destroy", None, [c_void_p]),
    ("harfbuzz", "hb_face_destroy", None, [c_void_p]),
    ("subset", "hb_subset_input_create_or_fail", c_void_p, []),
    ("subset", "hb_subset_input_unicode_set", c_void_p, [c_void_p]),
    ("subset", "hb_subset_input_destroy", None, [c_void_p]),
    ("subset", "hb_subset_or_fail", c_void_p, [c_void_p, c_void_p]),
)


class SubsettingFailed(Exception):  # noqa: N818 - the outcome
    """The face could not be made; PDFs use the system's font then."""


def cut(source: Path, index: int, characters: frozenset[str]) -> bytes:
    """OpenType file with these characters of one face of a collection; half a second, fontTools takes many."""
    harfbuzz = _library()
    blob = harfbuzz["hb_blob_create_from_file_or_fail"](str(source).encode())
    if not blob:
        raise SubsettingFailed(f"{source} cannot be read")
    face = harfbuzz["hb_face_create"](blob, index)
    wanted = harfbuzz["hb_subset_input_create_or_fail"]()
    points = harfbuzz["hb_subset_input_unicode_set"](wanted)
    for character in characters:
        harfbuzz["hb_set_add"](points, ord(character))
    small = harfbuzz["hb_subset_or_fail"](face, wanted)
    if not small:
        raise SubsettingFailed(f"HarfBuzz cannot subset {source}")
    result, length = harfbuzz["hb_face_reference_blob"](small), c_uint()
    content = ctypes.string_at(harfbuzz["hb_blob_get_data"](result, byref(length)), length.value)
    for name, thing in (("blob", result), ("face", small), ("subset_input", wanted), ("face", face), ("blob", blob)):
        harfbuzz[f"hb_{name}_destroy"](thing)
    return content


def _library() -> dict[str, Callable[..., Any]]:
    try:
        loaded = {
            "harfbuzz": ctypes.CDLL("libharfbuzz.so.0"),
            "subset": ctypes.CDLL("libharfbuzz-subset.so.0"),
        }
    except OSError as error:
        raise SubsettingFailed("libharfbuzz-subset0 is not installed") from error
    functions = {}
    for library, name, result, arguments in SIGNATURES:
        function = getattr(loaded[library], name)
        function.restype, function.argtypes = result, arguments
        functions[name] = function
    return functions
