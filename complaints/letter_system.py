"""What a machine must have before letters can become PDF: Pango, and Chinese fonts.

Asked without loading the renderer, which takes a second and a half and 200 MB: a web
process only wants to know.
"""

import ctypes
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from typing import Final

LIBRARIES: Final[Mapping[str, tuple[str, ...]]] = {
    "libpango-1.0-0": (
        "libpango-1.0.so.0",
        "libpango-1.0.dylib",
        "libpango-1.0-0.dll",
    ),
    "libpangoft2-1.0-0": (
        "libpangoft2-1.0.so.0",
        "libpangoft2-1.0.dylib",
        "libpangoft2-1.0-0.dll",
    ),
    "libharfbuzz-subset0": (
        "libharfbuzz-subset.so.0",
        "libharfbuzz-subset.0.dylib",
        "libharfbuzz-subset-0.dll",
    ),
}
"""Debian's name of a package -> what its library is called on Linux, macOS, Windows."""

FONTCONFIG: Final = (
    "libfontconfig.so.1",
    "libfontconfig.1.dylib",
    "libfontconfig-1.dll",
)
FONTS: Final = "fonts-noto-cjk"
FAMILIES: Final = ("Noto Sans CJK SC", "Noto Serif CJK SC", "Noto Sans Mono CJK SC")
"""What ``static/css/letter_pdf.css`` sets letters in; all three are in ``FONTS``."""


@lru_cache(maxsize=1)
def missing() -> tuple[str, ...]:
    """Debian packages without which no letter becomes a PDF here; asked once."""
    if find_spec("weasyprint") is None:
        return ("weasyprint",)
    packages = [name for name, files in LIBRARIES.items() if _load(files) is None]
    if not all(has_family(family) for family in FAMILIES):
        packages.append(FONTS)
    return tuple(packages)


def available() -> bool:
    return not missing()


def has_family(family: str) -> bool:
    """Whether fontconfig knows a font of exactly this family."""
    library = _load(FONTCONFIG)
    if library is None:
        return False
    for name in ("FcNameParse", "FcObjectSetCreate", "FcFontList"):
        getattr(library, name).restype = ctypes.c_void_p
    pattern = ctypes.c_void_p(library.FcNameParse(family.encode()))
    wanted = ctypes.c_void_p(library.FcObjectSetCreate())
    found = ctypes.c_void_p(library.FcFontList(None, pattern, wanted))
    # An FcFontSet begins with how many fonts it holds.
    count = ctypes.c_int.from_address(found.value).value if found.value else 0
    for name, held in (
        ("FcFontSetDestroy", found),
        ("FcObjectSetDestroy", wanted),
        ("FcPatternDestroy", pattern),
    ):
        getattr(library, name)(held)
    return count > 0


def _load(files: tuple[str, ...]) -> ctypes.CDLL | None:
    for file in files:
        with suppress(OSError):
            return ctypes.CDLL(file)
    return None
