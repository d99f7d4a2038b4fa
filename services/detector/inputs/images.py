"""Bytes of a photograph -> upright RGB pixels, or one plain sentence that says why not."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.detector.errors import ImageError

FORMATS = ("JPEG", "PNG")
MAX_PIXELS = 89_478_485  # 256 MiB of RGB: Pillow warns above this size, and this container refuses.
EXIF_ORIENTATION = 0x0112
UPRIGHT = 1
TRANSPOSITIONS = {  # the step that turns an image of each EXIF orientation upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (TRANSPOSITIONS[5], TRANSPOSITIONS[6], TRANSPOSITIONS[7], TRANSPOSITIONS[8])
UNDECODABLE = (OSError, SyntaxError, ValueError, EOFError)  # all that Pillow raises for damaged files

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Picture:
    """An upright square copy of an image, [S, S, 3] RGB, and the upright size it had before."""

    pixels: Pixels
    width: int
    height: int


def decode(body: bytes, side: int) -> Picture:
    """Decode a JPEG or PNG, apply its EXIF orientation and resize it to `side` x `side` pixels.

    Greyscale, palette, CMYK and 16-bit images become 8-bit RGB; transparency becomes white, as a browser shows it.

    :raises ImageError: if the data is empty, truncated, neither JPEG nor PNG, or has more than `MAX_PIXELS` pixels.
    """
    if not body:
        raise ImageError("The image is empty (0 bytes).")
    image = _open(body)
    width, height = image.size
    turn = TRANSPOSITIONS.get(_orientation(image))
    if turn in SIDEWAYS:
        width, height = height, width
    try:
        image.draft("RGB", (2 * side, 2 * side))  # a JPEG decodes several times faster at a reduced scale
        small = _small(image, side)
    except UNDECODABLE as error:
        raise ImageError(f"The image is damaged or truncated: {error}.") from error
    upright = small if turn is None else small.transpose(turn)
    return Picture(np.asarray(upright, dtype=np.uint8), width, height)


def mirror(picture: Picture) -> Picture:
    """Swap left and right."""
    return Picture(np.ascontiguousarray(picture.pixels[:, ::-1]), picture.width, picture.height)


def _open(body: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(body), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageError(f"The image has too many pixels; at most {MAX_PIXELS:,} are accepted.") from error
    except UNDECODABLE as error:
        raise ImageError("The body is not a JPEG or PNG image.") from error
    if image.width * image.height > MAX_PIXELS:
        raise ImageError(
            f"The image has {image.width:,} x {image.height:,} pixels; at most {MAX_PIXELS:,} are accepted."
        )
    return image


def _orientation(image: Image.Image) -> int:
    try:
        orientation: int = image.getexif().get(EXIF_ORIENTATION, UPRIGHT)
    except UNDECODABLE:
        return UPRIGHT  # damaged EXIF: the picture may still be whole, and other programs show it without turning it
    return orientation


def _small(image: Image.Image, side: int) -> Image.Image:
    """Resize before converting, so that a large image has few full-size copies in memory."""
    size = (side, side)
    if image.mode.startswith("I"):  # 16-bit grey: Pillow's own conversion clips at 255, which turns it white
        eight_bits = np.clip(np.asarray(image) // 256, 0, 255).astype(np.uint8)
        return Image.fromarray(eight_bits).resize(size, Image.Resampling.BILINEAR).convert("RGB")
    if image.has_transparency_data:
        layer = image.convert("RGBA").resize(size, Image.Resampling.BILINEAR)
        ground = Image.new("RGBA", size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return image.convert("RGB").resize(size, Image.Resampling.BILINEAR)
