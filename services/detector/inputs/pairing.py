"""Pairs the annotations and images of a channel by path, never by a name that two files may have."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from services.detector.errors import CustomerError
from services.detector.inputs.labels import parse_label

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png")
NAMED = 5  # how many leftovers a message names


def annotated(images: Path, annotations: Path, channel: str) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Yield each image's name for messages, its file and its label, by the annotations' paths.

    An annotation's `file` is the image's path in its channel, or an end of it, or a longer path that ends with it.
    If several images end so, it is the one with the annotation's own path, except for the suffix.

    :raises CustomerError: if an annotation fits no image or several, or an image has two annotations, or none.
    """
    paths = [path.relative_to(images) for path in sorted(images.rglob("*")) if path.suffix.lower() in IMAGE_SUFFIXES]
    by_name: dict[str, list[Path]] = {}
    for path in paths:
        by_name.setdefault(path.name, []).append(path)
    owner: dict[Path, tuple[Path, dict[str, Any]]] = {}
    for file in sorted(annotations.rglob("*.json")):
        source = file.relative_to(annotations)
        label = parse_label(file.read_bytes(), str(source))
        path = _image_of(PurePosixPath(str(label.get("file", ""))), source, by_name, channel)
        if path in owner:
            raise CustomerError(f"Both {owner[path][0]} and {source} are annotations of '{path}'; an image has one.")
        owner[path] = source, label
    _check_leftovers([path for path in paths if path not in owner], channel)
    for path in paths:
        name = path.name if len(by_name[path.name]) == 1 else str(path)
        yield name, images / path, owner[path][1]


def beside(folder: Path, reference: PurePosixPath) -> Path | None:
    """Return the file in a folder that a reference ends with, the longest end first; None if there is none."""
    parts = [part for part in reference.parts if part not in {"..", "/"}]
    found = (folder.joinpath(*parts[begin:]) for begin in range(len(parts)))
    return next((path for path in found if path.is_file()), None)


def _image_of(file: PurePosixPath, source: Path, by_name: dict[str, list[Path]], channel: str) -> Path:
    found = [path for path in by_name.get(file.name, []) if _ends_alike(file.parts, path.parts)]
    exact = [path for path in found if path.parts == file.parts]
    own = [path for path in found if path.with_suffix("") == source.with_suffix("")]
    if not found:
        raise CustomerError(f"{source} names the file '{file}', which is not in the channel '{channel}'.")
    chosen = next((part for part in (exact, found, own) if len(part) == 1), None)
    if chosen is None:
        names = ", ".join(f"'{path}'" for path in found[:NAMED])
        raise CustomerError(f"{source} names the file '{file}', which could be any of {names}: give its whole path.")
    return chosen[0]


def _ends_alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    length = min(len(one), len(other))
    return one[-length:] == other[-length:]


def _check_leftovers(left: list[Path], channel: str) -> None:
    if left:
        names = ", ".join(f"'{path}'" for path in left[:NAMED])
        more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
        raise CustomerError(f"These images of the channel '{channel}' have no annotation: {names}{more}.")
