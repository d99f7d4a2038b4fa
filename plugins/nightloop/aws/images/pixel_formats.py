"""Every form that a decoded picture may have, as 8-bit RGB: no value is clipped, nothing is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.errors import UnreadableImageError

if TYPE_CHECKING:
    from PIL.Image import Image

_BITS_PER_SAMPLE, _PHOTOMETRIC = 258, 262
_WHITE_IS_ZERO: Final = 0
_WORD: Final = 65535
_SIXTEEN_BITS: Final = ("PNG", "PPM")
"""Formats whose whole numbers have 16 bits, even if Pillow keeps them in a larger type."""

_DEPTH_OF_PNG: Final = 24
"""Where a PNG's header says how many bits a sample has."""


def depth_of_png(body: bytes) -> int:
    """Return how many bits a sample of a PNG has, before Pillow made them eight."""
    return body[_DEPTH_OF_PNG]


def to_rgb(image: Image, body: bytes) -> Image:
    """Return a decoded picture as 8-bit RGB; what is transparent becomes white.

    :param body: The file that the picture comes from.
    :raises UnreadableImageError: if it is not known which of its values is white.
    """
    if image.mode == "F" or (image.mode == "I" and image.format not in _SIXTEEN_BITS):
        raise UnreadableImageError(
            "the image's pixels are 32-bit or signed numbers, and it is not known which of them is white. Scale them "
            "to 8 or 16 bits before the upload."
        )
    if image.mode.startswith("I"):
        return _from_words(image)
    if image.mode == "LAB":
        return _from_lab(image)
    if image.format == "PNG" and "transparency" in image.info and image.mode != "P":
        _correct_key(image, depth_of_png(body))
    if image.has_transparency_data:
        return _on_white(image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _from_words(image: Image) -> Image:
    """Scale grey values of 9 to 16 bits; a grey that stands for transparency becomes white."""
    import numpy as np
    from PIL import Image as Images

    values = np.asarray(image).astype(np.uint16, copy=False)
    key = image.info.get("transparency")
    hidden = values == key if isinstance(key, int) else None
    white = _white(image)
    scaled = (np.arange(_WORD + 1) * 255 + white // 2) // white
    table = np.minimum(scaled, 255).astype(np.uint8)
    if _tag(image, _PHOTOMETRIC) == _WHITE_IS_ZERO:
        table = 255 - table
    grey = table[values]
    if hidden is not None:
        grey[hidden] = 255
    return Images.fromarray(grey).convert("RGB")


def _white(image: Image) -> int:
    bits = _tag(image, _BITS_PER_SAMPLE)
    return int(2 ** bits[0] - 1) if isinstance(bits, tuple) and bits else _WORD


def _tag(image: Image, number: int) -> Any:
    return image.tag_v2.get(number) if image.format == "TIFF" else None  # type: ignore[attr-defined]


def _from_lab(image: Image) -> Image:
    from PIL import ImageCms

    profiles = (ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"))
    converted = ImageCms.profileToProfile(image, *profiles, outputMode="RGB")
    if converted is None:
        raise UnreadableImageError("the image's Lab colours cannot be converted")
    return converted


def _correct_key(image: Image, depth: int) -> None:
    """Convert the colour that stands for transparency to the eight bits that Pillow made of each sample.

    Pillow keeps the upper eight of 16 bits, widens 2 and 4 bits to eight, and treats 1 bit correctly.
    """
    key = image.info["transparency"]
    if depth == 16:
        image.info["transparency"] = tuple(value >> 8 for value in key) if isinstance(key, tuple) else key >> 8
    elif depth in {2, 4} and isinstance(key, int):
        image.info["transparency"] = key * 255 // (2**depth - 1)


def _on_white(image: Image) -> Image:
    from PIL import Image as Images

    layers = image.convert("RGBA") if image.mode != "RGBA" else image
    flat = Images.new("RGB", layers.size, "white")
    flat.paste(layers, mask=layers.getchannel("A"))
    return flat
