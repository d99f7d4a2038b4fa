"""What an erased image leaves, and which of a loop's files are about an image; `storage.layout` is the door to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nightloop.aws.storage import uris

if TYPE_CHECKING:
    from collections.abc import Collection

_LINES: Final = (".jsonl", ".manifest")
_EVALUATION: Final = "/evaluation.json"


@dataclass(frozen=True)
class ErasedFiles:
    """The marks of erased images; `folder` is `s3://{bucket}/{prefix}/{loop}`."""

    folder: str

    @property
    def marks(self) -> str:
        """The folder of the marks of erased images."""
        return uris.join(self.folder, "erased") + "/"

    def mark(self, digest: str) -> str:
        """Says that an image was erased, and which models had learned it; written by `nightloop.aws.erasing`."""
        return f"{self.marks}{digest}.json"

    def digest_of(self, mark: str) -> str:
        """Return the digest of the address of an erased image."""
        return mark.removeprefix(self.marks).removesuffix(".json")

    def digest_of_copied(self, uri: str) -> str | None:
        """Return the digest of the image that an object is an upright copy of; None if it is no copy."""
        copies = uris.join(self.folder, "normalised") + "/"
        return uri.removeprefix(copies).partition("/")[0] if uri.startswith(copies) else None


@dataclass(frozen=True)
class ImageTraces:
    """Tells what the files of a loop have to do with one image; `folder` is the loop's.

    :param image: The image's address, `digest` its digest.
    """

    folder: str
    image: str
    digest: str

    @property
    def copies(self) -> str:
        """The folder of the image's upright copies."""
        return uris.join(self.folder, "normalised", self.digest) + "/"

    @staticmethod
    def is_lines(uri: str) -> bool:
        """Say whether an object has a row a line."""
        return uri.endswith(_LINES)

    @staticmethod
    def is_document(uri: str) -> bool:
        """Say whether an object is one JSON document."""
        return uri.endswith(".json")

    @staticmethod
    def is_page(uri: str) -> bool:
        """Say whether an object is a page for people."""
        return uri.endswith(".html")

    def is_mark(self, uri: str) -> bool:
        """Say whether an object is the mark of an erased image."""
        return uri.startswith(ErasedFiles(self.folder).marks)

    def is_of_its_own(self, uri: str, reviews: Collection[str]) -> bool:
        """Say whether an object is about the image, or one of its reviews, alone: its address says so."""
        parts = uri.removeprefix(self.folder).split("/")
        return self.digest in parts or any(part.removesuffix(".json") in reviews for part in parts)

    def is_of_one_review(self, uri: str) -> bool:
        """Say whether an object is about one review alone, whichever."""
        return uri.startswith(tuple(uris.join(self.folder, name) + "/" for name in ("open", "reviews")))

    def is_holdout(self, uri: str) -> bool:
        """Say whether an object lists the images that models are measured on."""
        return uri.startswith(uris.join(self.folder, "holdouts") + "/")

    @staticmethod
    def pictures_beside(uri: str) -> str | None:
        """Return the folder of the pictures that were made for a comparison; None if the object is no comparison."""
        return f"{uri.removesuffix(_EVALUATION)}/pictures/" if uri.endswith(_EVALUATION) else None

    def is_night_result(self, uri: str, named: Collection[str]) -> bool:
        """Say whether an object is the image's result in a night's transform job, by the end of its address.

        :param named: Addresses that name the image; the night is one of theirs.
        """
        night, _, result = uri.partition("/scoring/results/")
        image = result.partition("/")[2]
        named_there = any(other.startswith(f"{night}/") for other in named)
        return bool(image) and named_there and self.image.endswith(f"/{image.removesuffix('.out')}")

    def is_result(self, uri: str) -> bool:
        """Say whether an object is a transform job's result for the image, by the end of its address."""
        job, _, image = uri.removeprefix(uris.join(self.folder, "transforms") + "/").partition("/")
        return bool(image) and "://" not in job and self.image.endswith(f"/{image.removesuffix('.out')}")
