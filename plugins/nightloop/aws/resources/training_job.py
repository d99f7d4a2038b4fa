"""What a training job of the loop is, as CreateTrainingJob takes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from nightloop.aws.clients.tags import tag_list
from nightloop.aws.storage.layout import LoopFiles, ModelFiles
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from nightloop.config import LoopConfig

_DEFAULT_LABEL_WIDTH: Final = 350


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """How models of a loop are trained.

    :param loop: The loop's name.
    :param hyperparameters: Text to text; what follows from the manifests and classes is added.
    :param output: Where artefacts are written, an S3 URI; SageMaker adds `{job}/output/model.tar.gz`.
    :param tags: The tags of everything that is made.
    """

    loop: str
    image: str
    role_arn: str
    hyperparameters: dict[str, str]
    classes: tuple[str, ...]
    attribute: str
    output: str
    instance_type: str = "ml.p3.2xlarge"
    volume_gb: int = 50
    max_runtime_seconds: int = 36_000
    input_mode: str = "Pipe"
    tags: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, config: LoopConfig, hyperparameters: dict[str, str]) -> TrainingSettings:
        """Take the settings from a loop's file."""
        training = config.training
        return cls(
            loop=config.name,
            image=training.image,
            role_arn=config.role_arn,
            hyperparameters=dict(hyperparameters),
            classes=tuple(config.classes),
            attribute=config.attribute,
            output=LoopFiles.of(config).models,
            instance_type=training.instance_type,
            volume_gb=training.volume_gb,
            max_runtime_seconds=training.max_runtime_seconds,
            input_mode=training.input_mode,
            tags=config.tags,
        )

    def job_name(self, cohort: str, parent_model: str | None, ordinal: int) -> str:
        """Name the job by what it learns from and how; `ordinal` counts repeated trainings of the same."""
        settings: dict[str, Any] = {
            "image": self.image,
            "hyperparameters": self.hyperparameters,
            "classes": list(self.classes),
        }
        if ordinal:
            settings["ordinal"] = ordinal
        return naming.training_job_name(self.loop, cohort, parent_model, **settings)

    def owners(self, job: str) -> str:
        """Return the S3 folder with the log of a job's owners."""
        return ModelFiles.below(self.output, job).owners

    def label_width(self, lines: list[dict[str, Any]]) -> int:
        """Return the label width that the job gets: the one that is set, else one wide enough for every line."""
        from nightloop.domain.detection.manifest.lines import required_label_width

        given = self.hyperparameters.get("label_width")
        return int(given) if given else max(_DEFAULT_LABEL_WIDTH, required_label_width(lines, self.attribute))

    def request(
        self,
        *,
        name: str,
        train: str,
        validation: str,
        lines: list[dict[str, Any]],
        label_width: int,
        parent: str | None,
        cohort: str = "",
        parent_model: str | None = None,
    ) -> dict[str, Any]:
        """Return CreateTrainingJob's request.

        :param train: The training manifest, an S3 URI, with these `lines`.
        :param validation: The manifest the job validates on, an S3 URI.
        :param parent: The artefact to go on from, an S3 URI; None to begin from nothing.
        :param cohort: The cohort's name; the job is tagged with it.
        :param parent_model: The model to go on from; the job is tagged with it.
        """
        channels = [self._manifest("train", train, shuffle=True)]
        channels.append(self._manifest("validation", validation, shuffle=False))
        if parent is not None:
            channels.append(_model_channel(parent))
        return {
            "TrainingJobName": name,
            "RoleArn": self.role_arn,
            "AlgorithmSpecification": {"TrainingImage": self.image, "TrainingInputMode": self.input_mode},
            "HyperParameters": self._complete(len(lines), label_width),
            "InputDataConfig": channels,
            "OutputDataConfig": {"S3OutputPath": self.output},
            "ResourceConfig": {
                "InstanceType": self.instance_type,
                "InstanceCount": 1,
                "VolumeSizeInGB": self.volume_gb,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": self.max_runtime_seconds},
            "Tags": tag_list(self.tags, cohort=cohort, parent_model=parent_model),
        }

    def _complete(self, samples: int, label_width: int) -> dict[str, str]:
        complete = dict(self.hyperparameters)
        complete["num_classes"] = str(len(self.classes))
        complete["num_training_samples"] = str(samples)
        complete["label_width"] = str(label_width)
        if int(complete.get("mini_batch_size", 32)) > samples:
            complete["mini_batch_size"] = str(samples)  # a batch may not hold more images than there are
        return complete

    def _manifest(self, channel: str, uri: str, *, shuffle: bool) -> dict[str, Any]:
        source = {
            "S3DataType": "AugmentedManifestFile",
            "S3Uri": uri,
            "S3DataDistributionType": "FullyReplicated",
            "AttributeNames": ["source-ref", self.attribute],
        }
        described: dict[str, Any] = {
            "ChannelName": channel,
            "DataSource": {"S3DataSource": source},
            "ContentType": "application/x-recordio",
            "RecordWrapperType": "RecordIO",
            "InputMode": self.input_mode,
        }
        return described | ({"ShuffleConfig": {"Seed": 1}} if shuffle else {})


def _model_channel(artefact: str) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "S3Uri": artefact, "S3DataDistributionType": "FullyReplicated"}
    return {
        "ChannelName": "model",
        "DataSource": {"S3DataSource": source},
        "ContentType": "application/x-sagemaker-model",
        "InputMode": "File",
    }
