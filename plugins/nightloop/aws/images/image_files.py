"""Opens image files: which formats are read, and which picture of a file that holds several."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from nightloop.aws.errors import NotAnImageError, UnreadableImageError
from nightloop.aws.images.file_kinds import START, kind_of

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile
    from PIL.PngImagePlugin import PngImageFile
    from PIL.TiffImagePlugin import TiffImageFile

MAXIMUM_PIXELS: Final = 120_000_000
"""The most pixels of one image, and of all that a process decodes at once: those of a 108-megapixel camera.

Measured: the process needs at most 1.4 GB for it, in every format.
"""

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "BMP", "DIB", "JPEG2000", "PPM")
"""What Pillow may open: pictures of pixels. Its other formats are scripts and tables (EPS runs a program)."""

_COPIES: Final = {"JPEG2000": 2, "WEBP": 2}
_MAXIMUM_PAGES: Final = 1000
_SUBFILE_TYPE, _PHOTOMETRIC, _SUB_IFDS, _DNG_VERSION = 254, 262, 330, 50706
_IMAGE_WIDTH, _IMAGE_LENGTH = 256, 257
_MASK, _FILTER_ARRAY = 4, 32803
_CONVERT: Final = "Convert it to JPEG or PNG before it is uploaded."


@dataclass
class OpenedImage:
    """An image file whose header is read and whose pixels are not; `note` says which of its pictures it is."""

    file: ImageFile
    note: str | None = None
    hidden_first: bool = False

    @property
    def weight(self) -> int:
        """How many pixels the picture has; a format whose decoder holds more than one copy counts as more."""
        return self.file.width * self.file.height * _COPIES.get(str(self.file.format), 1)

    def load(self) -> ImageFile:
        """Decode the pixels."""
        self.file.load()
        if self.hidden_first:
            self.file.seek(1)
            self.file.load()
        return self.file


def open_image(body: bytes) -> OpenedImage:
    """Open an image file and choose the picture that everyone is shown.

    For an animation it is the first frame that is played, for several pages the largest, and for several pictures of a
    camera the main one.

    :raises NotAnImageError: if the bytes are not an image.
    :raises UnreadableImageError: if they are in a form that is not read, or the picture is too large.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        file = Image.open(io.BytesIO(body), formats=_FORMATS)
    except UnidentifiedImageError:
        raise _unidentified(body) from None
    opened = _choose(file, body)
    if opened.weight > MAXIMUM_PIXELS:
        most = MAXIMUM_PIXELS // _COPIES.get(str(file.format), 1) // 1_000_000
        raise UnreadableImageError(
            f"the image has {file.width} x {file.height} pixels; the most are {most} million. Upload a smaller copy."
        )
    return opened


def _unidentified(body: bytes) -> UnreadableImageError:
    kind = kind_of(body[:START])
    if not body:
        return NotAnImageError("the object is empty", kind="empty")
    if not kind.image:
        return NotAnImageError(f"the bytes are not an image ({kind.name})", kind=kind.name)
    return UnreadableImageError(f"the image is a {kind.name} file of a form that cannot be decoded. {_CONVERT}")


def _choose(file: ImageFile, body: bytes) -> OpenedImage:
    if file.format == "TIFF":
        return _largest_page(cast("TiffImageFile", file), body)
    frames = int(getattr(file, "n_frames", 1))
    if frames < 2:
        return OpenedImage(file)
    if file.format == "MPO":
        return OpenedImage(file, f"the main one of {frames} pictures")
    hidden = file.format == "PNG" and cast("PngImageFile", file).default_image
    return OpenedImage(file, f"the first of {frames - hidden} frames", hidden_first=hidden and frames > 1)


def _largest_page(file: TiffImageFile, body: bytes) -> OpenedImage:
    """Choose a TIFF's largest page, the first of equals: the others are previews, masks or later pages."""
    pages = []
    for number in range(min(file.n_frames, _MAXIMUM_PAGES)):
        file.seek(number)
        if not int(file.tag_v2.get(_SUBFILE_TYPE, 0)) & _MASK:
            pages.append((-file.width * file.height, number))
    best = min(pages, default=(0, 0))[1]
    file.seek(best)
    _refuse_raw(file, body)
    return OpenedImage(file, f"page {best + 1} of {file.n_frames}, the largest" if file.n_frames > 1 else None)


def _refuse_raw(file: TiffImageFile, body: bytes) -> None:
    """Refuse a camera's raw file: only a preview in it can be read."""
    tags = file.tag_v2
    raw = body[8:10] == b"CR" or _DNG_VERSION in tags or tags.get(_PHOTOMETRIC) == _FILTER_ARRAY
    if raw or _has_larger_inside(file, body):
        raise UnreadableImageError(f"the image is a camera's raw file: only a preview in it can be read. {_CONVERT}")


def _has_larger_inside(file: TiffImageFile, body: bytes) -> bool:
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    offsets = file.tag_v2.get(_SUB_IFDS, ())
    stream = io.BytesIO(body)
    for offset in offsets if isinstance(offsets, tuple) else (offsets,):
        inside = ImageFileDirectory_v2(body[:8])
        stream.seek(int(offset))
        inside.load(stream)
        if int(inside.get(_IMAGE_WIDTH, 0)) * int(inside.get(_IMAGE_LENGTH, 0)) > file.width * file.height:
            return True
    return False
