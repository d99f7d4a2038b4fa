"""Images of your own: a folder with images/, pool.manifest and holdout.manifest, as `make demo DATA=folder` takes it.

Both manifests hold augmented manifest lines whose `source-ref` is a file name below images/ and whose label attribute
is `bounding-box`. The classes are those of the lines' class maps, where a number always means the same class. The pool
is split into the seed set and the night's images; the holdout is used unchanged.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps, UnidentifiedImageError

from local.demo.images.dataset import ATTRIBUTE, CLASSES, Dataset, Example, TrueBox
from local.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED_SHARE = 0.25
LEAST_POOL = 24


def load_photos(folder: Path, seed: int = 7) -> Dataset:
    """Read a folder; raises DataError, which names the wrong file and line."""
    numbered = _numbered_classes(folder)
    pool = _read(folder, "pool.manifest", numbered)
    if len(pool) < LEAST_POOL:
        raise DataError(f"{folder / 'pool.manifest'} has {len(pool)} lines: at least {LEAST_POOL} are needed")
    ordered = sorted(pool, key=lambda example: hashlib.sha256(f"{seed}/{example.name}".encode()).digest())
    count = round(len(ordered) * SEED_SHARE)
    by_name = [tuple(sorted(part, key=lambda example: example.name)) for part in (ordered[:count], ordered[count:])]
    holdout = _read(folder, "holdout.manifest", numbered)
    return Dataset(folder.name, by_name[0], holdout, by_name[1], _classes(numbered))


def _numbered_classes(folder: Path) -> dict[int, str]:
    """Return the classes of both manifests by their numbers; raises DataError if two class maps differ."""
    numbered: dict[int, str] = {}
    for name in ("pool.manifest", "holdout.manifest"):
        for where, line in _lines(folder, name):
            for number, label in _class_map(line, where).items():
                if numbered.setdefault(number, label) != label:
                    raise DataError(f"{where}: class {number} is {label!r} here and {numbered[number]!r} before")
    if len(set(numbered.values())) < len(numbered):
        raise DataError(f"{folder}: the class maps give one class two numbers: {numbered}")
    return numbered


def _classes(numbered: dict[int, str]) -> tuple[str, ...]:
    """Return the classes in the order of their numbers; the drawn images' order if these are some of them."""
    if all(number < len(CLASSES) and CLASSES[number] == label for number, label in numbered.items()):
        return CLASSES
    return tuple(label for _, label in sorted(numbered.items()))


def _lines(folder: Path, name: str) -> Iterator[tuple[str, str]]:
    path = folder / name
    if not path.is_file():
        raise DataError(f"{path} is missing: the folder must hold images/, pool.manifest and holdout.manifest")
    lines = enumerate(path.read_text().splitlines(), 1)
    yield from ((f"{path}, line {number}", line) for number, line in lines if line.strip())


def _class_map(line: str, where: str) -> dict[int, str]:
    try:
        labels = json.loads(line)[f"{ATTRIBUTE}-metadata"]["class-map"]
        return {int(number): str(label) for number, label in labels.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{where}: not an augmented manifest line of the attribute {ATTRIBUTE}: {error!r}") from error


def _read(folder: Path, name: str, numbered: dict[int, str]) -> tuple[Example, ...]:
    path = folder / name
    classes = _classes(numbered)
    examples = [_example(folder, line, where, classes) for where, line in _lines(folder, name)]
    if not examples:
        raise DataError(f"{path} is empty: one augmented manifest line for each image is needed")
    names = Counter(example.name for example in examples)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice:
        raise DataError(f"{path}: two lines become {twice[0]}: each image must have one line and a name of its own")
    return tuple(examples)


def _example(folder: Path, line: str, where: str, classes: tuple[str, ...]) -> Example:
    try:
        row: dict[str, Any] = json.loads(line)
        name = str(row["source-ref"])
        annotations = row[ATTRIBUTE]["annotations"]
        labels = row[f"{ATTRIBUTE}-metadata"]["class-map"]
        boxes = tuple(_box(annotation, labels, classes) for annotation in annotations)
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{where}: not an augmented manifest line of the attribute {ATTRIBUTE}: {error!r}") from error
    image = folder / "images" / name
    if "/" in name or not image.is_file():
        raise DataError(f"{where}: source-ref {name!r} is not a file of {folder / 'images'}")
    jpeg, width, height = _as_jpeg(image)
    return Example(f"{image.stem}.jpg", jpeg, width, height, boxes, classes)


def _box(annotation: dict[str, Any], labels: dict[str, str], classes: tuple[str, ...]) -> TrueBox:
    label = labels[str(annotation["class_id"])]
    left, top, width, height = (int(annotation[side]) for side in ("left", "top", "width", "height"))
    return TrueBox(classes.index(label), left, top, width, height, classes)


def _as_jpeg(path: Path) -> tuple[bytes, int, int]:
    """Return a JPEG's own bytes, or another image converted to JPEG; the size is the one a viewer shows."""
    content = path.read_bytes()
    try:
        with Image.open(io.BytesIO(content)) as image:
            upright = ImageOps.exif_transpose(image)
            width, height = upright.size
            if image.format == "JPEG":
                return content, width, height
            made = io.BytesIO()
            upright.convert("RGB").save(made, "JPEG", quality=92)
            return made.getvalue(), width, height
    except (UnidentifiedImageError, OSError) as error:
        raise DataError(f"{path} is not a readable image: {error}") from error
