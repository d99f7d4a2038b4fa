"""One picture for everyone: what is scored, shown to reviewers and trained on has the same pixels.

Cameras store rotation beside the pixels (EXIF), printers use CMYK, screens transparency; a model, a browser and a
training job each treat these differently, and then boxes mean different pixels. So an image that is anything but an
upright RGB JPEG or PNG that fits an endpoint's request is copied once, as an upright RGB JPEG.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nightloop.aws.errors import UnreadableImageError
from nightloop.aws.perceptual_hash import difference_hash

if TYPE_CHECKING:
    from PIL.Image import Image

MAXIMUM_BYTES: Final = 6_291_456
"""The largest body InvokeEndpoint takes."""

IMAGE_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
"""Names that are listed as images; anything else below the prefix is left alone."""

_QUALITY: Final = 92
_ORIENTATION: Final = 0x0112
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
    image = _decode(body)
    if _is_plain(image, body):
        kind = _CONTENT_TYPES[str(image.format)]
        return Picture(body, kind, image.width, image.height, False, difference_hash(image))
    return _normalise(image)


def _decode(body: bytes) -> Image:
    from PIL import Image, UnidentifiedImageError

    if not body:
        raise UnreadableImageError("the object is empty")
    try:
        image = Image.open(io.BytesIO(body))
        image.load()
    except UnidentifiedImageError:
        raise UnreadableImageError("the bytes are not an image") from None
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise UnreadableImageError(f"the image cannot be decoded: {error}") from error
    return image


def _is_plain(image: Image, body: bytes) -> bool:
    return (
        image.format in _CONTENT_TYPES
        and image.mode == "RGB"
        and "transparency" not in image.info
        and image.getexif().get(_ORIENTATION, 1) == 1
        and len(body) <= MAXIMUM_BYTES
    )


def _normalise(image: Image) -> Picture:
    from PIL import ImageOps

    upright = _flatten(ImageOps.exif_transpose(image))
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
