"""Whether a holdout can be measured on: compares its lines with their pictures."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from nightloop.domain.detection.manifest.reader import ManifestLine, annotations_of, image_size, is_ignored, place_of
from nightloop.domain.images.fingerprints import Fingerprint
from nightloop.domain.rows import fields

_SLACK = 1e-6


def holdout_problems(lines: Sequence[ManifestLine], pictures: Mapping[str, Fingerprint], attribute: str) -> list[str]:
    """Return what is wrong with a holdout's lines; each sentence names its image.

    `pictures` are the images that are in S3, by address. If only the address without %20 and the like is among them,
    the sentence gives a hint.
    """
    places = Counter(place_of(str(line["source-ref"])) for line in lines)
    twice = [f"{place} has {count} lines" for place, count in places.items() if count > 1]
    return twice + [
        f"{line['source-ref']} {problem}" for line in lines for problem in _problems(line, pictures, attribute)
    ]


def objects_per_class(lines: Sequence[ManifestLine], classes: Sequence[str], attribute: str) -> dict[str, int]:
    """Count each class's objects that have to be found, 0 for a class without any."""
    counts = dict.fromkeys(classes, 0)
    for line in lines:
        for annotation in annotations_of(line, attribute):
            if not is_ignored(annotation):
                counts[classes[fields.integer(annotation, "class_id")]] += 1
    return counts


def _problems(line: ManifestLine, pictures: Mapping[str, Fingerprint], attribute: str) -> Iterator[str]:
    source_ref = str(line["source-ref"])
    picture = pictures.get(source_ref)
    size = image_size(line, attribute)
    if picture is None:
        plain = unquote(source_ref)
        hint = f"; there is {plain}: an address is written as the key is, without %20" if plain in pictures else ""
        yield f"is not there{hint}"
    elif picture.width is None or picture.height is None:
        yield f"cannot be measured on: {picture.error}"
    elif problem := size_problem(size, (picture.width, picture.height)):
        yield problem
    for number, annotation in enumerate(annotations_of(line, attribute), start=1):
        left, top, width, height = (fields.number(annotation, edge) for edge in ("left", "top", "width", "height"))
        if width <= 0 or height <= 0:
            yield f"has a box without area (annotation {number})"
        elif min(left, top) < 0 or left + width > size[0] + _SLACK or top + height > size[1] + _SLACK:
            yield f"has a box outside of the image (annotation {number})"


def size_problem(declared: tuple[int, int], seen: tuple[int, int]) -> str | None:
    """Say how the size a line declares differs from its picture's, shown upright; None if it does not."""
    if declared == seen:
        return None
    sizes = f"is {seen[0]} x {seen[1]} pixels, and its line says {declared[0]} x {declared[1]}"
    if declared == seen[::-1]:
        return f"{sizes}: it is shown turned (EXIF), and its boxes must be those of the upright picture"
    return f"{sizes}: the boxes are those of another picture"
