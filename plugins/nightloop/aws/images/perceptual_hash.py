"""A number that differs little between pictures that look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

_SIDE: Final = 8


def difference_hash(image: Image) -> str:
    """Return the 64-bit difference hash of a picture, as 16 hexadecimal digits.

    One bit for each of 8 x 8 places says whether the grey value falls from there to the right: scaling, compression and
    brightness leave nearly all as they are.
    """
    from PIL import Image as Images

    small = image.convert("L").resize((_SIDE + 1, _SIDE), Images.Resampling.BOX)
    grey = small.tobytes()
    rows = [grey[start : start + _SIDE + 1] for start in range(0, len(grey), _SIDE + 1)]
    bits = "".join("1" if row[place] > row[place + 1] else "0" for row in rows for place in range(_SIDE))
    return f"{int(bits, 2):016x}"
