"""Bytes of a photograph -> upright RGB pixels, or one plain sentence that says why not."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from services.detector.errors import ImageError

FORMATS = ("JPEG", "PNG")
MAX_PIXELS = 89_478_485  # 256 MiB of RGB: what Pillow itself warns about; here it is refused.
EXIF_ORIENTATION = 0x0112
SIDEWAYS = (5, 6, 7, 8)  # EXIF orientations that swap width and height.

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Picture:
    """An upright square copy of an image, [S, S, 3] RGB, and the upright size it had before."""

    pixels: Pixels
    width: int
    height: int


def decode(body: bytes, side: int) -> Picture:
    """Decode a JPEG or PNG, apply its EXIF orientation and resize it to `side` x `side` pixels.

    Greyscale, palette, CMYK and 16-bit images become 8-bit RGB; transparency is laid on white, as a browser shows it.

    Raises ImageError: empty, truncated, not an image, neither JPEG nor PNG, or more than `MAX_PIXELS` pixels.
    """
    if not body:
        raise ImageError("The image is empty (0 bytes).")
    image = _open(body)
    width, height = image.size
    try:
        if image.getexif().get(EXIF_ORIENTATION) in SIDEWAYS:
            width, height = height, width
        image.draft("RGB", (2 * side, 2 * side))  # a JPEG decodes several times faster at a reduced scale
        upright = ImageOps.exif_transpose(image)
        square = _rgb(upright).resize((side, side), Image.Resampling.BILINEAR)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise ImageError(f"The image is damaged or truncated: {error}.") from error
    return Picture(np.asarray(square, dtype=np.uint8), width, height)


def mirror(picture: Picture) -> Picture:
    """Swap left and right."""
    return Picture(np.ascontiguousarray(picture.pixels[:, ::-1]), picture.width, picture.height)


def _open(body: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(body), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ImageError(f"The image has too many pixels; at most {MAX_PIXELS:,} are accepted.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise ImageError("The body is not a JPEG or PNG image.") from error
    if image.width * image.height > MAX_PIXELS:
        raise ImageError(
            f"The image has {image.width:,} x {image.height:,} pixels; at most {MAX_PIXELS:,} are accepted."
        )
    return image


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16-bit grey: Pillow's own conversion clips at 255, which turns it white
        eight_bits = np.clip(np.asarray(image, dtype=np.int64) >> 8, 0, 255).astype(np.uint8)
        return Image.fromarray(eight_bits).convert("RGB")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return image.convert("RGB")
