"""What lies beside a manifest, and all that a training writes; imported through `storage.layout`."""

from __future__ import annotations

from dataclasses import dataclass

from nightloop.aws.storage import uris


@dataclass(frozen=True)
class ManifestFiles:
    """What lies beside the manifest of a night or a cohort; `manifest` is its own address."""

    manifest: str

    @property
    def rejected(self) -> str:
        """The lines that failed a check, and which expectations; written by `check_manifest` and `check_cohort`."""
        return uris.join(uris.parent(self.manifest), "rejected.jsonl")

    def expectations(self, digest: str) -> str:
        """Great Expectations' page about the manifest of a digest; written by `check_manifest` and `check_cohort`."""
        return uris.join(uris.parent(self.manifest), f"expectations-{digest}.html")


@dataclass(frozen=True)
class CohortFiles:
    """The files of one cohort; `folder` is `s3://{bucket}/{prefix}/{loop}/cohorts/{cohort}`."""

    folder: str

    @classmethod
    def of(cls, manifest: str) -> CohortFiles:
        """Find the cohort that a manifest is a part of."""
        return cls(uris.parent(manifest))

    @property
    def name(self) -> str:
        """The name of the cohort."""
        return uris.last(self.folder)

    @property
    def train(self) -> str:
        """The lines a training job learns from; written by `build_cohort`."""
        return uris.join(self.folder, "train.manifest")

    @property
    def validation(self) -> str:
        """The lines a training job validates on; written by `build_cohort`."""
        return uris.join(self.folder, "validation.manifest")

    @property
    def holdout(self) -> str:
        """The holdout's lines at that time; written by `build_cohort`."""
        return uris.join(self.folder, "holdout.manifest")

    def copies(self, digest: str) -> str:
        """The images left out because the holdout shows the same, under their digest; written by `build_cohort`."""
        return uris.join(self.folder, f"copies-{digest}.jsonl")

    @staticmethod
    def is_train(uri: str) -> bool:
        """Say whether an address is one of lines that a training job learns from."""
        return uris.last(uri) == "train.manifest"


@dataclass(frozen=True)
class ModelFiles:
    """The files about one model; `folder` is `s3://{bucket}/{prefix}/{loop}/models/{training job}`."""

    folder: str

    @classmethod
    def below(cls, models: str, training_job: str) -> ModelFiles:
        """Find the files of a training job in the folder of all models."""
        return cls(uris.join(models, training_job))

    @classmethod
    def of_artefact(cls, artefact: str) -> ModelFiles | None:
        """Find the files beside an artefact `{folder}/output/model.tar.gz`; None for an address of another form."""
        folder, *rest = artefact.rsplit("/", 2)
        return cls(folder) if len(rest) == 2 and folder.count("/") > 2 else None

    @property
    def training_job(self) -> str:
        """The name of the training job."""
        return uris.last(self.folder)

    @property
    def artefact(self) -> str:
        """The model itself; written by SageMaker's training job."""
        return uris.join(self.folder, "output", "model.tar.gz")

    @staticmethod
    def classes(artefact: str) -> str:
        """The class list a model was trained on, beside its artefact; written by `train` after the job has ended."""
        return uris.join(uris.parent(artefact), "classes.json")

    @property
    def origin(self) -> str:
        """What the model was made of, and by which run; written by `register_model`."""
        return uris.join(self.folder, "origin.json")

    @staticmethod
    def is_origin(uri: str) -> bool:
        """Say whether an address is one of a model's origin."""
        return uris.last(uri) == "origin.json"

    @property
    def owners(self) -> str:
        """A numbered log of the attempts that owned the training job; written by `train`."""
        return uris.join(self.folder, "owners")

    @property
    def evaluations(self) -> str:
        """The folder of this model's comparisons with live models."""
        return uris.join(self.folder, "evaluations") + "/"

    def evaluation(self, digest: str) -> EvaluationFiles:
        """The files of one comparison, under the digest of what it was made of."""
        return EvaluationFiles(f"{self.evaluations}{digest}")


@dataclass(frozen=True)
class EvaluationFiles:
    """The files of one comparison of two models; `folder` is `.../models/{training job}/evaluations/{digest}`."""

    folder: str

    @classmethod
    def of(cls, evaluation: str) -> EvaluationFiles:
        """Find the files beside an evaluation."""
        return cls(uris.parent(evaluation))

    @property
    def evaluation(self) -> str:
        """The figures of both models; written by `evaluate`."""
        return uris.join(self.folder, "evaluation.json")

    @staticmethod
    def is_evaluation(uri: str) -> bool:
        """Say whether an address is one of a comparison's figures."""
        return uris.last(uri) == "evaluation.json"

    def picture(self, number: int) -> str:
        """An image that changed much, with both models' boxes; written by `approve`."""
        return uris.join(self.folder, "pictures", f"{number}.jpg")

    def decision(self, digest: str) -> DecisionFiles:
        """The files of one decision on this comparison, under the digest of the gate's limits."""
        return DecisionFiles(uris.join(self.folder, "gates", digest))


@dataclass(frozen=True)
class DecisionFiles:
    """The files of one decision of the gate; `folder` is `.../evaluations/{digest}/gates/{digest}`."""

    folder: str

    @classmethod
    def of(cls, gate: str) -> DecisionFiles:
        """Find the files beside a decision."""
        return cls(uris.parent(gate))

    @property
    def gate(self) -> str:
        """What the gate decided, and why; written by `gate`."""
        return uris.join(self.folder, "gate.json")

    @property
    def receipt(self) -> str:
        """What the training did; written by the training's `write_receipt`."""
        return uris.join(self.folder, "receipt.json")
