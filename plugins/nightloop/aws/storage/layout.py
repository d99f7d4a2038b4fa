"""Where everything that Nightloop writes to S3 lies: no other room builds these addresses or takes them apart.

An address may still hold a Jinja template. `training_layout`, `image_layout`, `scoring_layout` and `note_layout` hold
what a training writes, what is made of images, how they are scored, and what tasks note for one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nightloop.aws.storage import uris
from nightloop.aws.storage.erasing_layout import ErasedFiles, ImageTraces
from nightloop.aws.storage.image_layout import (
    FingerprintFiles,
    ListFiles,
    NormalisedFiles,
    QueueFiles,
    TransformFiles,
    images_of,
)
from nightloop.aws.storage.note_layout import LogFiles, NoticeFiles
from nightloop.aws.storage.scoring_layout import ScoringFiles
from nightloop.aws.storage.training_layout import (
    CohortFiles,
    DecisionFiles,
    EvaluationFiles,
    ManifestFiles,
    ModelFiles,
)

if TYPE_CHECKING:
    from nightloop.config import LoopConfig

__all__ = [
    "CohortFiles",
    "DecisionFiles",
    "ErasedFiles",
    "EvaluationFiles",
    "FingerprintFiles",
    "ImageTraces",
    "LogFiles",
    "LoopFiles",
    "ManifestFiles",
    "ModelFiles",
    "NightFiles",
    "NormalisedFiles",
    "NoticeFiles",
    "QueueFiles",
    "ScoringFiles",
    "TransformFiles",
    "images_of",
]


@dataclass(frozen=True)
class NightFiles(ListFiles):
    """The files of one night; `folder` is `s3://{bucket}/{prefix}/{loop}/nights/{date}`."""

    @property
    def date(self) -> str:
        """The night, as 2026-11-22."""
        return uris.last(self.folder)

    @property
    def loop(self) -> LoopFiles:
        """The files this night shares with the loop's others."""
        return LoopFiles(uris.parent(uris.parent(self.folder)))

    @property
    def predictions_folder(self) -> str:
        """The folder of the predictions, one file a chunk."""
        return uris.join(self.folder, "predictions") + "/"

    def predictions(self, chunk: str) -> str:
        """What the live model saw in the images of one chunk; written by `score_images`."""
        return f"{self.predictions_folder}{chunk}.jsonl"

    def chunk_of(self, predictions: str) -> str:
        """Return the chunk that a file of predictions is about."""
        return _name(predictions, self.predictions_folder, ".jsonl")

    @property
    def plan(self) -> str:
        """The images to review, and why; written by `plan_reviews`."""
        return uris.join(self.folder, "plan.jsonl")

    @property
    def reviews(self) -> str:
        """The reviews that were opened or adopted; written by `open_reviews`."""
        return uris.join(self.folder, "reviews.jsonl")

    @property
    def answers(self) -> str:
        """What the reviewers answered; written by `collect_answers`."""
        return uris.join(self.folder, "answers.jsonl")

    @property
    def tie_breaks(self) -> str:
        """The reviews opened because the reviewers of an answer disagreed; written by `open_tie_breaks`."""
        return uris.join(self.folder, "tie_breaks.jsonl")

    @property
    def outcomes(self) -> str:
        """How each review that this night looked at ended, or that it is open; written by `collect_answers`."""
        return uris.join(self.folder, "outcomes.jsonl")

    @property
    def manifest(self) -> str:
        """The augmented manifest of the reviewed images; written by `build_manifest`."""
        return uris.join(self.folder, "manifest.jsonl")

    @property
    def notices(self) -> str:
        """The folder of the notices that reviewers were sent."""
        return uris.join(self.folder, "notices")

    @property
    def receipt(self) -> str:
        """What the night did; written by `write_receipt`, after the manifest is checked."""
        return uris.join(self.folder, "receipt.json")


@dataclass(frozen=True)
class LoopFiles:
    """The files that all nights of a loop share; `folder` is `s3://{bucket}/{prefix}/{loop}`."""

    folder: str

    @classmethod
    def of(cls, loop: LoopConfig) -> LoopFiles:
        """Find the files of a configured loop."""
        return cls(f"s3://{loop.bucket}/{loop.prefix}/{loop.name}")

    @property
    def everything(self) -> str:
        """The folder of all that the loop wrote; `delete_data` deletes it."""
        return uris.join(self.folder) + "/"

    @property
    def nights(self) -> str:
        """The folder of the nights, one folder a night."""
        return uris.join(self.folder, "nights") + "/"

    def night(self, date: str) -> NightFiles:
        """The files of one night."""
        return NightFiles(self.nights + date)

    def night_of_receipt(self, uri: str) -> str | None:
        """Return the night that an object is the receipt of; None if it is no receipt."""
        date = uri.removeprefix(self.nights).partition("/")[0]
        return date if uri == self.night(date).receipt else None

    def tried_night(self, run: str, date: str) -> NightFiles:
        """The files of a night that a run only tries out."""
        return NightFiles(uris.join(self.folder, f"dry-run-{run}", date))

    @property
    def reviewers(self) -> str:
        """The folder of the reviewers' records, one file a night."""
        return uris.join(self.folder, "reviewers") + "/"

    def reviewer_records(self, date: str) -> str:
        """What one night showed about its reviewers; written by `measure_reviewers`."""
        return f"{self.reviewers}{date}.jsonl"

    def night_of_records(self, uri: str) -> str:
        """Return the night that a file of reviewers' records is about."""
        return _name(uri, self.reviewers, ".jsonl")

    @property
    def normalised(self) -> str:
        """The folder of upright RGB copies of images; written by `score_images` and the transform tasks."""
        return uris.join(self.folder, "normalised") + "/"

    @property
    def fingerprints(self) -> str:
        """The folder of the pictures' fingerprints."""
        return uris.join(self.folder, "fingerprints") + "/"

    @property
    def open_reviews(self) -> str:
        """The folder of the reviews that were open when their night went on, one file a review."""
        return uris.join(self.folder, "open") + "/"

    def open_review(self, review_name: str) -> str:
        """A review that a later night may find answered; written by `collect_answers`, and deleted by that night's."""
        return f"{self.open_reviews}{review_name}.json"

    def review_of(self, open_review: str) -> str:
        """Return the name of the review that an open review's file is about."""
        return _name(open_review, self.open_reviews, ".json")

    def late_answer(self, review_name: str) -> str:
        """Which night took a late answer, so that no other does; written by `collect_answers`."""
        return uris.join(self.folder, "late", f"{review_name}.json")

    @property
    def postponed(self) -> str:
        """The folder of the postponed reviews, one file a night: a quota did not allow them."""
        return uris.join(self.folder, "postponed") + "/"

    def postponed_by(self, night: str) -> str:
        """The reviews that one night postponed and a later night's plan takes; written by `open_reviews`."""
        return f"{self.postponed}{night}.jsonl"

    def night_of_postponed(self, uri: str) -> str:
        """Return the night that postponed the reviews of a file."""
        return _name(uri, self.postponed, ".jsonl")

    def reopened(self, night: str) -> str:
        """Which night took the reviews that `night` postponed; written by `plan_reviews`."""
        return uris.join(self.folder, "reopened", f"{night}.json")

    @property
    def cohorts(self) -> str:
        """The folder of the cohorts, one folder each."""
        return uris.join(self.folder, "cohorts") + "/"

    def cohort(self, cohort: str) -> CohortFiles:
        """The files of one cohort."""
        return CohortFiles(f"{self.cohorts}{cohort}")

    @property
    def models(self) -> str:
        """The folder of the models, as SageMaker gets it; SageMaker makes one folder a training job in it."""
        return uris.join(self.folder, "models")

    @property
    def models_folder(self) -> str:
        """The same folder, to list what is in it."""
        return f"{self.models}/"

    def model(self, training_job: str) -> ModelFiles:
        """The files about the model of one training job."""
        return ModelFiles.below(self.models, training_job)

    @property
    def quarantines(self) -> str:
        """The folder of the lines in quarantine, one file a rolled-back model."""
        return uris.join(self.folder, "quarantine") + "/"

    def quarantine(self, model: str) -> str:
        """The lines in quarantine because of a rolled-back model; written by `quarantine`."""
        return f"{self.quarantines}{model}.json"

    def quarantined_model(self, quarantine: str) -> str:
        """Return the rolled-back model that a quarantine is about."""
        return _name(quarantine, self.quarantines, ".json")

    def release(self, model: str) -> str:
        """Says that a rolled-back model's lines may be learned from again; written by `build_cohort`."""
        return uris.join(self.folder, "released", f"{model}.json")

    @property
    def holds(self) -> str:
        """A numbered log of the DAG runs that hold the endpoint; written by every task that changes it."""
        return uris.join(self.folder, "holds") + "/"

    def transform(self, job: str) -> str:
        """The folder of one model's results for the holdout's images; written by SageMaker's transform job."""
        return uris.join(self.folder, "transforms", job) + "/"

    def spoiled_transform(self, job: str) -> str:
        """Says that images were replaced while a transform job ran; written by the transform tasks."""
        return uris.join(self.folder, "transforms", f"{job}-spoiled.json")

    def transform_owners(self, job: str) -> str:
        """A numbered log of the attempts that owned a transform job; written by the transform tasks."""
        return uris.join(self.folder, "owners", job) + "/"

    def holdout(self, digest: str) -> str:
        """The list of holdout images that a transform job takes, under its digest; written by the transform tasks."""
        return uris.join(self.folder, "holdouts", f"{digest}.json")

    def holdout_copies(self, digest: str) -> str:
        """The holdout images that a transform job reads as a copy; written by the transform tasks."""
        return uris.join(self.folder, "holdouts", f"{digest}-copies.json")

    @property
    def notices(self) -> str:
        """The folder of the notices that owners were sent, by DAG and run."""
        return uris.join(self.folder, "notices")

    @property
    def reviews_output(self) -> str:
        """The folder of the reviewers' answers; written by Amazon A2I or the review service."""
        return uris.join(self.folder, "reviews")

    @property
    def reviewed(self) -> str:
        """The name of the asset that nights update and that schedules training; no object lies there."""
        return uris.join(self.folder, "reviewed")


def _name(uri: str, folder: str, suffix: str) -> str:
    return uri.removeprefix(folder).removesuffix(suffix)
