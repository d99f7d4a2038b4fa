"""What the scoring of a night writes beside its predictions; `storage.layout` is the door to it."""

from __future__ import annotations

from dataclasses import dataclass

from nightloop.aws.storage import uris


@dataclass(frozen=True)
class ScoringFiles:
    """How a night is scored, and what is noted on the way; `folder` is `NightFiles.folder`."""

    folder: str

    @property
    def choice(self) -> str:
        """Whether the endpoint or Batch Transform scores the night; written by `choose_scoring`."""
        return uris.join(self.folder, "scoring", "choice.json")

    @property
    def prepared_folder(self) -> str:
        """The folder of the prepared images, one file a chunk."""
        return uris.join(self.folder, "scoring", "prepared") + "/"

    def prepared(self, chunk: str) -> str:
        """What the images of one chunk look like, before a model saw them; written by `prepare_images`."""
        return f"{self.prepared_folder}{chunk}.jsonl"

    @property
    def asked_folder(self) -> str:
        """The folder of the requests to an asynchronous endpoint, one folder a model, one file a chunk."""
        return uris.join(self.folder, "scoring", "asked") + "/"

    def asked(self, chunk: str, model: str) -> str:
        """The requests to a model about one chunk, and where their answers come; written by `score_images`."""
        return uris.join(self.asked_folder, model, f"{chunk}.jsonl")

    def job_images(self, number: int, bucket: str) -> str:
        """The list of images that a transform job takes, by round and bucket; written by `transform_images`."""
        return uris.join(self.folder, "scoring", "lists", f"{number}-{bucket}.json")

    @property
    def results(self) -> str:
        """The folder of all results of the night's transform jobs, one folder a job."""
        return uris.join(self.folder, "scoring", "results") + "/"

    @property
    def expiring(self) -> tuple[str, ...]:
        """The folders with an entry an image; the choice, the jobs and their owners stay."""
        return self.prepared_folder, self.asked_folder, self.results

    def job_results(self, job: str) -> str:
        """The folder of one transform job's results; written by SageMaker."""
        return uris.join(self.folder, "scoring", "results", job) + "/"

    def job_owners(self, job: str) -> str:
        """A numbered log of the attempts that owned a transform job; written by `transform_images`."""
        return uris.join(self.folder, "scoring", "owners", job) + "/"

    @property
    def jobs(self) -> str:
        """The transform jobs that scored the night, and what they cost; written by `transform_images`."""
        return uris.join(self.folder, "scoring", "jobs.json")
