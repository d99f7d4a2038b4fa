"""Input channels: where the images and labels of a job come from, in every form the algorithm accepts.

Pipe mode: a FIFO `<channel>_<epoch>` of RecordIO frames, image bytes and label JSON in turn (an augmented manifest).
File mode: images with one JSON each in the `<channel>_annotation` channel, or (ours, for local use) a `.manifest` file
whose source-refs end with the names of files beside it, including folders, if there are any.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from services.detector.contract.folders import Folders
from services.detector.contract.metrics import log
from services.detector.contract.stopping import Stopping
from services.detector.errors import CustomerError, DetectorError
from services.detector.inputs.labels import parse_label
from services.detector.inputs.pairing import annotated, beside
from services.detector.inputs.recordio import read_records

PIPE_TIMEOUT_SECONDS = 3600.0
PIPE_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Example:
    """One labelled image: `source` says where it came from, for messages."""

    source: str
    image: bytes
    label: dict[str, Any]


class Channels:
    """The channels of one job."""

    def __init__(self, folders: Folders, stopping: Stopping) -> None:
        self._folders = folders
        self._stopping = stopping
        self._config = _read_config(folders.config / "inputdataconfig.json")

    def examples(self, channel: str) -> Iterator[Example]:
        """Yield every labelled image of a channel, once.

        :raises CustomerError: if the channel is missing, empty, or holds something else; the record or file is named.
        """
        if channel not in self._config:
            raise CustomerError(f"The channel '{channel}' is required; this job has {sorted(self._config) or 'none'}.")
        found = False
        for example in self._pipe(channel) if self._is_pipe(channel) else self._files(channel):
            found = True
            yield example
        if not found:
            raise CustomerError(f"The channel '{channel}' holds no images.")

    def model_archive(self) -> Path | None:
        """Return the parent's model.tar.gz, if the job has a `model` channel.

        :raises CustomerError: if the channel is in Pipe mode, or does not hold exactly one .tar.gz.
        """
        if "model" not in self._config:
            return None
        if self._is_pipe("model"):
            raise CustomerError("The channel 'model' must be in File mode (InputMode: File).")
        archives = sorted((self._folders.data / "model").rglob("*.tar.gz"))
        if len(archives) != 1:
            names = [archive.name for archive in archives]
            raise CustomerError(f"The channel 'model' must hold exactly one model.tar.gz; it holds {names}.")
        return archives[0]

    def _is_pipe(self, channel: str) -> bool:
        return bool(self._config[channel].get("TrainingInputMode", "File") == "Pipe")

    def _pipe(self, channel: str) -> Iterator[Example]:
        path = self._folders.data / f"{channel}_0"
        with self._open_pipe(path) as stream:
            records = read_records(stream)
            number = 0
            while (image := self._next_record(records)) is not None:
                number += 1
                source = f"record {number} of the channel '{channel}'"
                if image[:1] == b"{":
                    raise CustomerError(
                        f"Expected an image as {source} and found JSON. "
                        "AttributeNames must be exactly two: source-ref, then the label attribute."
                    )
                label = self._next_record(records)
                if label is None:
                    raise CustomerError(f"The channel '{channel}' ends after an image, without its label.")
                yield Example(source, image, parse_label(label, source))

    def _open_pipe(self, path: Path) -> BinaryIO:
        """Open a FIFO, which appears some time after the container starts, and gets a writer some time later."""
        log.info("Waiting for the pipe %s", path.name)
        deadline = time.monotonic() + PIPE_TIMEOUT_SECONDS
        with self._stopping.interrupting():
            while not path.exists():
                if time.monotonic() > deadline:
                    raise DetectorError(f"The pipe {path.name} has not appeared in {PIPE_TIMEOUT_SECONDS:.0f} seconds.")
                time.sleep(PIPE_POLL_SECONDS)
            return path.open("rb")

    def _next_record(self, records: Iterator[bytes]) -> bytes | None:
        with self._stopping.interrupting():
            return next(records, None)

    def _files(self, channel: str) -> Iterator[Example]:
        folder = self._folders.data / channel
        manifests = sorted(folder.glob("*.manifest"))
        if len(manifests) > 1:
            raise CustomerError(f"The channel '{channel}' holds {len(manifests)} manifests; give one.")
        if manifests:
            return _manifest_examples(manifests[0])
        if any(folder.rglob("*.rec")):
            raise CustomerError(
                f"The channel '{channel}' holds packed .rec files, which this algorithm container does not read; "
                "give images with annotations, or an augmented manifest in Pipe mode."
            )
        return self._annotated_examples(channel)

    def _annotated_examples(self, channel: str) -> Iterator[Example]:
        annotation = f"{channel}_annotation"
        if annotation not in self._config:
            raise CustomerError(f"Images in File mode need the channel '{annotation}' with one JSON an image.")
        images, labels = self._folders.data / channel, self._folders.data / annotation
        for name, path, label in annotated(images, labels, channel):
            yield Example(name, path.read_bytes(), label)


def _read_config(path: Path) -> dict[str, dict[str, Any]]:
    try:
        config = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise CustomerError("The job has no input channels: train and validation are required.") from error
    except ValueError as error:
        raise DetectorError(f"{path.name} is not JSON: {error}.") from error
    if not isinstance(config, dict):
        raise DetectorError(f"{path.name} must be an object of channels.")
    return config


def _manifest_examples(manifest: Path) -> Iterator[Example]:
    taken: dict[Path, str] = {}
    for number, line in enumerate(manifest.read_bytes().splitlines(), start=1):
        source = f"line {number} of {manifest.name}"
        try:
            row = json.loads(line)
            reference = PurePosixPath(row["source-ref"])
            (attribute,) = (key for key in row if f"{key}-metadata" in row)
        except (ValueError, KeyError, TypeError) as error:
            raise CustomerError(
                f"{source} must be an object with source-ref, one label attribute and its -metadata."
            ) from error
        path = beside(manifest.parent, reference)
        if path is None:
            raise CustomerError(f"{source} names the image '{reference.name}', which is not beside the manifest.")
        if path in taken:
            raise CustomerError(f"{source} names '{reference}', but {path.name} is already the image of {taken[path]}.")
        taken[path] = f"line {number}"
        yield Example(source, path.read_bytes(), parse_label(json.dumps(row[attribute]).encode(), source))
