"""One picture for everyone: what is scored, shown to reviewers and trained on has the same pixels.

Cameras store rotation beside the pixels (EXIF), printers use CMYK, screens transparency; a model, a browser and a
training job each treat these differently, and then boxes mean different pixels. So an image that is anything but an
upright RGB JPEG or PNG that fits an endpoint's request is copied once, as an upright RGB JPEG.
"""

from __future__ import annotations

import io
import struct
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nightloop.aws.errors import UnreadableImageError
from nightloop.aws.perceptual_hash import difference_hash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

MAXIMUM_BYTES: Final = 6_291_456
"""The largest body InvokeEndpoint takes."""

IMAGE_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
"""Names that are listed as images; anything else below the prefix is left alone."""

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
"""What makes a picture of each EXIF orientation upright, as Pillow names it."""

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
"""What Pillow raises for bytes that are not what their format says: whatever its parser stumbled over."""
_CONTENT_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png"}


@dataclass(frozen=True)
class Picture:
    """An image that every room understands alike; `normalised` when `body` is not the source's own bytes.

    `perceptual_hash` is 16 hexadecimal digits that differ little between pictures that look alike.
    """

    body: bytes
    content_type: str
    width: int
    height: int
    normalised: bool
    perceptual_hash: str


def read_picture(body: bytes) -> Picture:
    """Decode an image completely; make the upright RGB JPEG copy if it needs one.

    :raises UnreadableImageError: if the bytes are empty, no image, truncated or of an unreasonable size.
    """
    with _whatever_is_broken("decoded"):
        image = _decode(body)
    if _is_plain(image, body):
        kind = _CONTENT_TYPES[str(image.format)]
        return Picture(body, kind, image.width, image.height, False, difference_hash(image))
    with _whatever_is_broken("copied as an upright RGB JPEG"):
        return _normalise(image)


@contextmanager
def _whatever_is_broken(doing: str) -> Iterator[None]:
    from PIL import Image

    try:
        yield
    except (*_BROKEN, Image.DecompressionBombError) as error:
        raise UnreadableImageError(f"the image cannot be {doing}: {error}") from error


def _decode(body: bytes) -> Image:
    from PIL import Image, UnidentifiedImageError

    if not body:
        raise UnreadableImageError("the object is empty")
    try:
        image = Image.open(io.BytesIO(body))
    except UnidentifiedImageError:
        raise UnreadableImageError("the bytes are not an image") from None
    image.load()
    return image


def _is_plain(image: Image, body: bytes) -> bool:
    return (
        image.format in _CONTENT_TYPES
        and image.mode == "RGB"
        and "transparency" not in image.info
        and _orientation(image) == 1
        and len(body) <= MAXIMUM_BYTES
    )


def _orientation(image: Image) -> object:
    """Return the EXIF orientation, 1 if there is none; None if the EXIF cannot be read: viewers ignore it then."""
    try:
        return image.getexif().get(_ORIENTATION, 1)
    except _BROKEN:
        return None


def _normalise(image: Image) -> Picture:
    from PIL import Image

    turn = _TURNS.get(_orientation(image))  # type: ignore[call-overload]
    upright = _flatten(image.transpose(Image.Transpose[turn]) if turn else image)
    body = _encode(upright)
    while len(body) > MAXIMUM_BYTES:
        share = (MAXIMUM_BYTES / len(body)) ** 0.5 * 0.97
        upright = upright.resize((max(1, int(upright.width * share)), max(1, int(upright.height * share))))
        body = _encode(upright)
    return Picture(body, "image/jpeg", upright.width, upright.height, True, difference_hash(upright))


def _flatten(image: Image) -> Image:
    from PIL import Image

    if image.has_transparency_data:
        layers = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layers.size, "white"), layers).convert("RGB")
    if image.mode.startswith("I"):
        # 16 bits a pixel: Pillow's own conversion clips instead of scaling.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    return image.convert("RGB")


def _encode(image: Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY, exif=b"")
    return buffer.getvalue()
