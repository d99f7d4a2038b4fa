"""Where images lie, and what is made of them; `storage.layout` is the door to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nightloop.aws.storage import uris
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from nightloop.config import LoopConfig


def images_of(loop: LoopConfig, night: str) -> str:
    """The prefix of a night's images, from the loop's file; Nightloop never writes there."""
    return loop.images.replace("{ds}", night)


@dataclass(frozen=True)
class ListFiles:
    """Which images a night has; `folder` is `NightFiles.folder`."""

    folder: str

    @property
    def images(self) -> str:
        """The images of the night, one a line; written by `list_images`."""
        return uris.join(self.folder, "images.jsonl")

    @property
    def chunks(self) -> str:
        """How the images are cut into chunks; written by `list_images`."""
        return uris.join(self.folder, "chunks.json")

    @property
    def companions(self) -> str:
        """How many objects were left out because of their names, if there are any; written by `list_images`."""
        return uris.join(self.folder, "companions.json")


@dataclass(frozen=True)
class NormalisedFiles:
    """The upright RGB copies of images that not every program reads alike; `folder` is `LoopFiles.normalised`."""

    folder: str

    def copy(self, uri: str, etag: str, suffix: str = ".jpg") -> str:
        """The copy of one image at one ETag; written by the task that scores it."""
        return uris.join(self.folder, naming.content_digest(uri.encode()), f"{etag}{suffix}")


@dataclass(frozen=True)
class FingerprintFiles:
    """What the loop's pictures are recognised by; `folder` is `LoopFiles.fingerprints`."""

    folder: str

    def file(self, digest: str) -> str:
        """The fingerprints of some pictures; written by the task that looked at them first."""
        return uris.join(self.folder, f"{digest}.jsonl")


@dataclass(frozen=True)
class TransformFiles:
    """The results of one model for the images of a holdout; `folder` is `LoopFiles.transform` of a job."""

    folder: str

    def result(self, image: str, below: str) -> str:
        """The result for one image below a folder; written by SageMaker's transform job."""
        return f"{self.folder}{image.removeprefix(below)}.out"


@dataclass(frozen=True)
class QueueFiles:
    """What an asynchronous endpoint writes; `loop_folder` is `LoopFiles.folder`."""

    loop_folder: str

    @property
    def answers(self) -> str:
        """The folder of an asynchronous endpoint's answers, one object a request; written by SageMaker."""
        return uris.join(self.loop_folder, "async", "answers")

    @property
    def failures(self) -> str:
        """The folder of an asynchronous endpoint's failed requests, one object each; written by SageMaker."""
        return uris.join(self.loop_folder, "async", "failures")
