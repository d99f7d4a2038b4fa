"""What a copy of a picture is recognised by: hashes of the picture and of its mirror image, and a tiny grey picture."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from nightloop.aws.images.perceptual_hash import difference_hash

if TYPE_CHECKING:
    from PIL.Image import Image

    from nightloop.domain.images.fingerprints import Appearance

_SIDE: Final = 16


def appearance_of(image: Image) -> Appearance:
    """Look at an upright RGB picture."""
    from PIL import Image as Images

    from nightloop.domain.images.fingerprints import Appearance

    grey = image.convert("L")
    small = grey.resize((_SIDE, _SIDE), Images.Resampling.BOX)
    return Appearance(
        hash=difference_hash(grey),
        mirrored=difference_hash(grey.transpose(Images.Transpose.FLIP_LEFT_RIGHT)),
        thumbnail=base64.b64encode(small.tobytes()).decode(),
    )
