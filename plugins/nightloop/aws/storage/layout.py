"""Where things lie below a loop's folder in S3; every address may still hold a Jinja template."""

from __future__ import annotations

from dataclasses import dataclass

from nightloop.aws.storage import uris
from nightloop.domain.identity import naming


@dataclass(frozen=True)
class NightFiles:
    """The files of one night, `folder` being `s3://{bucket}/{prefix}/{loop}/nights/{date}`."""

    folder: str

    @property
    def date(self) -> str:
        """The night, as 2026-11-22."""
        return self.folder.rstrip("/").rsplit("/", 1)[-1]

    @property
    def loop(self) -> LoopFiles:
        """What this night shares with the loop's others."""
        return LoopFiles(self.folder.rstrip("/").rsplit("/", 2)[0])

    @property
    def images(self) -> str:
        """The images of the night, one a line."""
        return uris.join(self.folder, "images.jsonl")

    @property
    def companions(self) -> str:
        """How many objects were left out of the list by their names; there only if any was."""
        return uris.join(self.folder, "companions.json")

    @property
    def predictions_folder(self) -> str:
        """Below it one file per chunk."""
        return uris.join(self.folder, "predictions") + "/"

    def predictions(self, chunk: str) -> str:
        """What the live model saw in the images of one chunk."""
        return f"{self.predictions_folder}{chunk}.jsonl"

    @property
    def plan(self) -> str:
        """The images to review and why."""
        return uris.join(self.folder, "plan.jsonl")

    @property
    def reviews(self) -> str:
        """The reviews that were opened or adopted."""
        return uris.join(self.folder, "reviews.jsonl")

    @property
    def answers(self) -> str:
        """What the reviewers answered."""
        return uris.join(self.folder, "answers.jsonl")

    @property
    def tie_breaks(self) -> str:
        """The reviews opened because the reviewers of an answer disagreed."""
        return uris.join(self.folder, "tie_breaks.jsonl")

    @property
    def outcomes(self) -> str:
        """How each review this night looked at ended, or that it was still open."""
        return uris.join(self.folder, "outcomes.jsonl")

    @property
    def manifest(self) -> str:
        """The augmented manifest of the reviewed images."""
        return uris.join(self.folder, "manifest.jsonl")

    @property
    def notices(self) -> str:
        """Below it what reviewers have been told."""
        return uris.join(self.folder, "notices")

    @property
    def receipt(self) -> str:
        """What the night did; present once its manifest is checked."""
        return uris.join(self.folder, "receipt.json")


@dataclass(frozen=True)
class LoopFiles:
    """What all nights of a loop share, `folder` being `s3://{bucket}/{prefix}/{loop}`."""

    folder: str

    @property
    def nights(self) -> str:
        """Below it one folder per night."""
        return uris.join(self.folder, "nights") + "/"

    def night(self, date: str) -> NightFiles:
        """The files of one night."""
        return NightFiles(self.nights + date)

    def tried_night(self, run: str, date: str) -> NightFiles:
        """The files of a night that a run only tries out."""
        return NightFiles(uris.join(self.folder, f"dry-run-{run}", date))

    @property
    def reviewers(self) -> str:
        """Below it one file per night: what it showed about its reviewers."""
        return uris.join(self.folder, "reviewers") + "/"

    def reviewer_records(self, date: str) -> str:
        """What one night showed about its reviewers."""
        return f"{self.reviewers}{date}.jsonl"

    @property
    def normalised(self) -> str:
        """Below it the upright RGB copies of images that are not so already."""
        return uris.join(self.folder, "normalised") + "/"

    @property
    def fingerprints(self) -> str:
        """Below it what the loop's pictures are known by."""
        return uris.join(self.folder, "fingerprints") + "/"

    def normalised_copy(self, uri: str, etag: str, suffix: str = ".jpg") -> str:
        """The copy of an image: its own, for the same picture may come again on another night."""
        return uris.join(self.normalised, naming.content_digest(uri.encode()), f"{etag}{suffix}")

    @property
    def open_reviews(self) -> str:
        """Below it one file per review that was still open when its night went on."""
        return uris.join(self.folder, "open") + "/"

    def open_review(self, review_name: str) -> str:
        """The review a later night may find answered."""
        return f"{self.open_reviews}{review_name}.json"

    def late_answer(self, review_name: str) -> str:
        """Says which night took a late answer, so that no other does."""
        return uris.join(self.folder, "late", f"{review_name}.json")

    @property
    def unopened(self) -> str:
        """Below it one file per night that could not open all its reviews for want of a quota."""
        return uris.join(self.folder, "unopened") + "/"

    def unopened_by(self, night: str) -> str:
        """The reviews of one night that a later night's plan takes."""
        return f"{self.unopened}{night}.jsonl"

    def reopened(self, night: str) -> str:
        """Says which night took what `night` could not open."""
        return uris.join(self.folder, "reopened", f"{night}.json")

    def cohort(self, cohort: str, file: str) -> str:
        """A file of a training set."""
        return uris.join(self.folder, "cohorts", cohort, file)

    @property
    def models(self) -> str:
        """Below it one folder per training job, as SageMaker makes them."""
        return uris.join(self.folder, "models")

    def model(self, training_job: str, file: str) -> str:
        """A file about the model of a training job."""
        return uris.join(self.models, training_job, file)

    def evaluations(self, training_job: str) -> str:
        """Below it the comparisons of a training job's model with live ones."""
        return self.model(training_job, "evaluations") + "/"

    def evaluation(self, training_job: str, digest: str) -> str:
        """The comparison of a training job's model, under the digest of what it was made of."""
        return f"{self.evaluations(training_job)}{digest}/evaluation.json"

    @staticmethod
    def beside_decision(evaluation: str, digest: str, file: str) -> str:
        """A file about what the gate decided on an evaluation, under the digest of its limits."""
        return uris.join(evaluation.rsplit("/", 1)[0], "gates", digest, file)

    def origin(self, training_job: str) -> str:
        """Says what the model of a training job was made of."""
        return self.model(training_job, "origin.json")

    @property
    def quarantines(self) -> str:
        """Below it one file per rolled-back model: the lines it learned, kept out of training."""
        return uris.join(self.folder, "quarantine") + "/"

    def quarantine(self, model: str) -> str:
        """The lines kept out because of a rolled-back model."""
        return f"{self.quarantines}{model}.json"

    def release(self, model: str) -> str:
        """Says that a rolled-back model's lines may be learned from again."""
        return uris.join(self.folder, "released", f"{model}.json")

    @property
    def holds(self) -> str:
        """Below it which DAG runs could change the endpoint, one after the other."""
        return uris.join(self.folder, "holds") + "/"

    def transform(self, job: str) -> str:
        """Below it the results of one model for each image of the holdout."""
        return uris.join(self.folder, "transforms", job) + "/"

    def spoiled_transform(self, job: str) -> str:
        """Says that images were replaced while a transform job ran: which of them it read is not known."""
        return uris.join(self.folder, "transforms", f"{job}-spoiled.json")

    def transform_owners(self, job: str) -> str:
        """Below it the owners of a transform job."""
        return uris.join(self.folder, "owners", job) + "/"

    def holdout(self, digest: str) -> str:
        """The list of holdout images in the form a transform job takes, under the digest of their addresses."""
        return uris.join(self.folder, "holdouts", f"{digest}.json")

    def holdout_copies(self, digest: str) -> str:
        """Says which images of a holdout a transform job reads as a copy."""
        return uris.join(self.folder, "holdouts", f"{digest}-copies.json")

    @property
    def notices(self) -> str:
        """Below it, by DAG and run, what owners have been told."""
        return uris.join(self.folder, "notices")

    @property
    def reviews_output(self) -> str:
        """Where reviewers' answers are written."""
        return uris.join(self.folder, "reviews")
