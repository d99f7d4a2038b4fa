"""What bytes are, even if their object's name says something else."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Final

START: Final = 4096
"""How many bytes say what a file is."""

IMAGE_SUFFIXES: Final = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo", ".png", ".apng", ".webp", ".gif", ".bmp", ".dib"),
    *(".tif", ".tiff", ".avif", ".heic", ".heif", ".jp2", ".j2k", ".jxl", ".ppm", ".pgm", ".pbm", ".dng"),
)
"""An object with such a name should be an image: if it is none, that is an error, not another kind of file."""

_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", "JPEG", True),
    (b"\x89PNG\r\n\x1a\n", "PNG", True),
    (b"GIF8", "GIF", True),
    (b"II*\0", "TIFF", True),
    (b"MM\0*", "TIFF", True),
    (b"II+\0", "TIFF", True),
    (b"MM\0+", "TIFF", True),
    (b"\0\0\0\x0cjP  ", "JPEG 2000", True),
    (b"\xff\x4f\xff\x51", "JPEG 2000", True),
    (b"\0\0\0\x0cJXL ", "JPEG XL", True),
    (b"\xff\x0a", "JPEG XL", True),
    (b"8BPS", "Photoshop", True),
    (b"v/1\x01", "OpenEXR", True),
    (b"FUJIFILMCCD-RAW", "camera raw", True),
    (b"IIRO", "camera raw", True),
    (b"IIU\0", "camera raw", True),
    (b"%PDF-", "PDF", False),
    (b"PK\x03\x04", "ZIP", False),
    (b"\x1f\x8b", "gzip", False),
    (b"\x1aE\xdf\xa3", "video", False),
    (b"SQLite format 3", "SQLite", False),
    (b"PAR1", "Parquet", False),
)
_HEIF: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF: Final = (b"avif", b"avis")
_BYTE_ORDER_MARKS: Final = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"", "utf-8"))


@dataclass(frozen=True)
class Kind:
    """A kind of file; `image` says whether it holds pixels, even if they cannot be read here."""

    name: str
    image: bool


def kind_of(start: bytes) -> Kind:
    """Say what a file is from its first `START` bytes."""
    for beginning, name, image in _BEGINNINGS:
        if start.startswith(beginning):
            return Kind(name, image)
    if start[4:8] == b"ftyp":
        return _of_brand(start[8:12])
    if start.startswith(b"RIFF"):
        return Kind("WebP", True) if start[8:12] == b"WEBP" else Kind("video or sound", False)
    if _is_pixmap(start):
        return Kind("BMP or PNM", True)
    return Kind((_text(start) or "unknown") if start else "empty", False)


def _is_pixmap(start: bytes) -> bool:
    """Say whether bytes begin as a Windows bitmap, or as one of Netpbm's, which are half text."""
    windows = start.startswith(b"BM") and start[6:10] == b"\0\0\0\0"
    return windows or (start[:1] == b"P" and start[1:2] in b"123456" and start[2:3].isspace())


def named_as_image(uri: str) -> bool:
    """Say whether an object's name ends as an image's does."""
    return uri.lower().endswith(IMAGE_SUFFIXES)


def _of_brand(brand: bytes) -> Kind:
    if brand in _HEIF:
        return Kind("HEIC", True)
    if brand in _AVIF:
        return Kind("AVIF", True)
    return Kind("camera raw", True) if brand == b"crx " else Kind("video", False)


def _text(start: bytes) -> str | None:
    encoding = next(name for mark, name in _BYTE_ORDER_MARKS if start.startswith(mark))
    try:
        # The last character may be cut off.
        text = codecs.getincrementaldecoder(encoding)().decode(start).lstrip("\ufeff")
    except UnicodeDecodeError:
        return None
    if any(character < " " and not character.isspace() and character != "\x1b" for character in text):
        return None
    first = text.lstrip()[:1]
    return {"{": "JSON", "[": "JSON", "<": "XML or HTML"}.get(first, "text")
