"""Measures the new model against the live one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.datasets.cohorts import Cohorts, DataSettings
from nightloop.aws.datasets.holdout_results import check_images, read_results
from nightloop.aws.datasets.manifest_evidence import holdout_hashes
from nightloop.aws.datasets.model_classes import ModelClasses
from nightloop.aws.links.s3_output import S3OutputLink
from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.results.training import Evaluated, TrainedModel, Transformed
from nightloop.aws.storage.object_store import JSON
from nightloop.domain.identity import naming

if TYPE_CHECKING:
    from airflow.sdk import Context

    from nightloop.aws.results.given import Given


class EvaluateOperator(LoopOperator):
    """Compare two models' results on the holdout and write the evaluation beside the new model, once.

    Its address holds the digest of what it is made of: the champion, the holdout's lines and images, the class list,
    the draws. A corrected holdout is evaluated again; for the same holdout the evaluation is found again.

    Returns the evaluation's address, what the gate decides on, and each model's further figures for the reader.

    :param data: What the loop learns from: classes, attribute, holdout.
    :param trained: What `TrainOperator` returned (templated).
    :param champion: What `TransformOperator` returned for the live model (templated).
    :param challenger: What `TransformOperator` returned for the new model (templated).
    :param bootstrap_rounds: How often the images are drawn again.
    :param seed: Seed of these draws.
    :param metric: What the gate decides on, a module of `nightloop.domain.detection.metrics`.
    :raises ClassesChangedError: if a model was trained on another class list than the loop's file names.
    :raises HoldoutChangedError: if the holdout's images are not those that both models were run over.
    """

    template_fields = aws_template_fields("challenger", "champion", "trained")
    operator_extra_links = (S3OutputLink(),)

    def __init__(
        self,
        *,
        data: DataSettings,
        trained: Given[TrainedModel],
        champion: Given[Transformed],
        challenger: Given[Transformed],
        bootstrap_rounds: int = 1000,
        seed: int = 1,
        metric: str = "voc_ap50",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.data = data
        self.trained = trained
        self.champion = champion
        self.challenger = challenger
        self.bootstrap_rounds = bootstrap_rounds
        self.seed = seed
        self.metric = metric

    def execute(self, context: Context) -> Evaluated:
        """Evaluate, or find the evaluation."""
        from nightloop.domain.detection.evaluation import Evaluation
        from nightloop.domain.rows.jsonl import dump_line

        cohorts = Cohorts(self.store, self.data)
        self._check_classes()
        check_images(cohorts, *self._transforms)
        trained = self.read(TrainedModel, trained=self.trained)
        uri = cohorts.files.model(trained["training_job"]).evaluation(self._digest(cohorts)).evaluation
        stored = self.store.read_if_there(uri)
        if stored is None:
            stored = self.store.write_once(uri, (dump_line(self._compare(cohorts)) + "\n").encode(), JSON)
        S3OutputLink.persist_for(context, self, uri)
        evaluation = Evaluation.from_json(json.loads(stored))
        evaluated: Evaluated = {
            "uri": uri,
            "champion": evaluation.champion.mean,
            "challenger": evaluation.challenger.mean,
            "p_better": evaluation.p_better,
            "figures": evaluation.figures,
            "holdout": {
                "images": evaluation.images,
                "groups": evaluation.group_count,
                "objects": evaluation.objects,
            },
        }
        self.log.info("Compared on the holdout: %s", evaluated)
        return evaluated

    @property
    def _transforms(self) -> tuple[Transformed, Transformed]:
        """What the live and the new model said about the holdout."""
        champion = self.read(Transformed, champion=self.champion)
        return champion, self.read(Transformed, challenger=self.challenger)

    def _check_classes(self) -> None:
        known = ModelClasses(self.store)
        for transform in self._transforms:
            known.check(transform["model"], self.sagemaker.artefact_of(transform["model"]), self.data.classes)

    def _digest(self, cohorts: Cohorts) -> str:
        holdout = naming.holdout_digest(cohorts.holdout_lines, cohorts.holdout_versions)
        settings = {
            "rounds": self.bootstrap_rounds,
            "seed": self.seed,
            "attribute": self.data.attribute,
            "metric": self.metric,
        }
        return naming.evaluation_digest(self._transforms[0]["model"], holdout, self.data.classes, **settings)

    def _compare(self, cohorts: Cohorts) -> dict[str, Any]:
        from nightloop.domain.detection.evaluation import compare

        champion, challenger = self._transforms
        lines, classes, attribute = cohorts.holdout_lines, self.data.classes, self.data.attribute
        evaluation = compare(
            lines,
            read_results(self.store, champion, lines, classes, attribute),
            read_results(self.store, challenger, lines, classes, attribute),
            classes=classes,
            attribute=attribute,
            rounds=self.bootstrap_rounds,
            seed=self.seed,
            hashes=holdout_hashes(cohorts),
            metric=self.metric,
        )
        return evaluation.to_json()
