"""One picture for everyone: models score, reviewers see and trainings learn the same pixels.

Cameras store a rotation beside the pixels (EXIF), printers use CMYK, screens use transparency, and files hold several
frames or pages. A model, a browser and a training job treat each of these differently, and then a box means different
pixels. So every image that is not an upright RGB JPEG or PNG that fits an endpoint's request is copied once, as an
upright RGB JPEG.
"""

from __future__ import annotations

import io
import struct
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nightloop.aws.errors import ImageTooLargeError, UnreadableImageError
from nightloop.aws.images.appearance import appearance_of
from nightloop.aws.images.image_files import MAXIMUM_PIXELS, open_image
from nightloop.aws.images.memory_limit import Room
from nightloop.aws.images.pixel_formats import depth_of_png, to_rgb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

    from nightloop.domain.images.fingerprints import Appearance

MAXIMUM_BYTES: Final = 6_291_456
"""The largest body InvokeEndpoint takes."""

_QUALITY: Final = 92
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""The turn that makes a picture of each EXIF orientation upright, as Pillow names it."""
_ON_THEIR_SIDE: Final = range(5, 9)

_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    AssertionError,
    EOFError,
    struct.error,
)
"""What Pillow raises for bytes that are not what their format says: any error of a parser."""
_PLAIN_DEPTH: Final = 8
_PIXELS: Final = Room(MAXIMUM_PIXELS)
_CONTENT_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png"}


@dataclass(frozen=True)
class Picture:
    """An image that every room understands alike; `normalised` if `body` is not the source's own bytes.

    `note` says which picture of its file it is, if the file holds several.
    """

    body: bytes
    content_type: str
    width: int
    height: int
    normalised: bool
    appearance: Appearance
    note: str | None = None

    @property
    def perceptual_hash(self) -> str:
        """16 hexadecimal digits that differ little between pictures that look alike."""
        return self.appearance.hash


def read_picture(body: bytes) -> Picture:
    """Decode an image completely; if it needs a copy, make the upright RGB JPEG.

    All threads of a process together decode at most `MAXIMUM_PIXELS` at once.

    :raises NotAnImageError: if the bytes are empty or something else.
    :raises UnreadableImageError: if the image is truncated, too large, in a form that is not read, or needs more memory
        than there is.
    """
    with _broken_files_refused("decoded"):
        opened = open_image(body)
    with _PIXELS.take(opened.weight):
        with _broken_files_refused("decoded"):
            image = opened.load()
        if opened.note is None and _is_plain(image, body):
            kind = _CONTENT_TYPES[str(image.format)]
            return Picture(body, kind, image.width, image.height, False, appearance_of(image))
        with _broken_files_refused("copied as an upright RGB JPEG"):
            return _normalise(image, body, opened.note)


def upright_size(body: bytes) -> tuple[int, int]:
    """Return the width and height of an image that is shown upright, from its header.

    :raises UnreadableImageError: as `read_picture` does, as far as the header says.
    """
    with _broken_files_refused("decoded"):
        file = open_image(body).file
        orientation = _orientation(file)
        size = (file.width, file.height)
    # Pillow gives a TIFF's upright size itself.
    is_turned = file.format != "TIFF" and isinstance(orientation, int) and orientation in _ON_THEIR_SIDE
    return size[::-1] if is_turned else size


@contextmanager
def _broken_files_refused(doing: str) -> Iterator[None]:
    from PIL import Image

    try:
        yield
    except MemoryError as error:
        raise ImageTooLargeError(f"the image cannot be {doing}: it needs more memory than there is") from error
    except (*_BROKEN, Image.DecompressionBombError) as error:
        raise UnreadableImageError(f"the image cannot be {doing}: {error}") from error


def _is_plain(image: Image, body: bytes) -> bool:
    return (
        image.format in _CONTENT_TYPES
        and image.mode == "RGB"
        and "transparency" not in image.info
        and not (image.format == "PNG" and depth_of_png(body) > _PLAIN_DEPTH)
        and _orientation(image) == 1
        and len(body) <= MAXIMUM_BYTES
    )


def _orientation(image: Image) -> object:
    """Return the EXIF orientation: 1 if there is none, None if the EXIF cannot be read, which viewers then ignore."""
    try:
        return image.getexif().get(_ORIENTATION, 1)
    except _BROKEN:
        return None


def _normalise(image: Image, source: bytes, note: str | None) -> Picture:
    from PIL import Image

    turn = _TURNS.get(_orientation(image))  # type: ignore[call-overload]
    upright = to_rgb(image, source)
    if turn:
        upright = upright.transpose(Image.Transpose[turn])
    body = _encode(upright)
    while len(body) > MAXIMUM_BYTES:
        share = (MAXIMUM_BYTES / len(body)) ** 0.5 * 0.97
        upright = upright.resize((max(1, int(upright.width * share)), max(1, int(upright.height * share))))
        body = _encode(upright)
    return Picture(body, "image/jpeg", upright.width, upright.height, True, appearance_of(upright), note)


def _encode(image: Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY, exif=b"")
    return buffer.getvalue()
