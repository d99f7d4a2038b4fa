"""Checks on the live endpoint that a promotion took."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from airflow.providers.amazon.aws.utils.mixins import aws_template_fields

from nightloop.aws.clients.endpoint_states import SERVING
from nightloop.aws.datasets.cohorts import Cohorts, DataSettings
from nightloop.aws.datasets.holdout_results import output_of, read_copies
from nightloop.aws.endpoints.questions import Questions
from nightloop.aws.errors import EndpointDisagreesError, EndpointRolledBackError
from nightloop.aws.operators.base import LoopOperator
from nightloop.aws.operators.sagemaker.transform import CONTENT_TYPE
from nightloop.aws.results.serving import Promoted, VerifiedEndpoint
from nightloop.aws.results.training import Transformed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from nightloop.aws.results.given import Given

_TOLERANCE: Final = 0.01
"""Scores and corners, both 0 to 1, may differ by this much: hosting and transform may be different machines."""

_SURE: Final = 0.05
"""Detections below this score come and go with rounding."""


class VerifyEndpointOperator(LoopOperator):
    """Check that the endpoint serves the configuration that was asked for, and answers as Batch Transform did.

    SageMaker puts the old configuration back without an error when an update fails.

    Returns the configuration and how many images were compared.

    :param endpoint_name: The live endpoint.
    :param promoted: What `PromoteOperator` returned (templated).
    :param challenger: What `TransformOperator` returned for the new model (templated).
    :param data: What the loop learns from: the holdout.
    :param images: How many images of the holdout to compare.
    :raises EndpointRolledBackError: if the endpoint runs another configuration, or does not serve.
    :raises EndpointDisagreesError: if an image gets another answer.
    """

    template_fields = aws_template_fields("challenger", "promoted")

    def __init__(
        self,
        *,
        endpoint_name: str,
        promoted: Given[Promoted],
        challenger: Given[Transformed],
        data: DataSettings,
        images: int = 3,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.endpoint_name = endpoint_name
        self.promoted = promoted
        self.challenger = challenger
        self.data = data
        self.images = images

    def execute(self, context: Context) -> VerifiedEndpoint:
        """Check configuration, then answers."""
        config = self.read(Promoted, promoted=self.promoted)["config"]
        challenger = self.read(Transformed, challenger=self.challenger)
        endpoint = self._check_configuration(config)
        refs = sorted(Cohorts(self.store, self.data).holdout_refs)[: self.images]
        copies = read_copies(self.store, challenger)
        questions = Questions(self.store, CONTENT_TYPE, aws_conn_id=self.aws_conn_id, **self.client_arguments)
        scored = [copies.get(ref, ref) for ref in refs]
        for ref, image, answer in zip(refs, scored, questions.ask(endpoint, scored), strict=True):
            expected = json.loads(self.store.read(output_of(challenger, image)))
            if not same_detections(expected["prediction"], answer["prediction"]):
                raise EndpointDisagreesError(
                    f"Endpoint {self.endpoint_name} gives another answer for {ref} than Batch Transform with the same "
                    "model. Compare their logs; to go back, start this loop's rollback_endpoint DAG."
                )
        self.log.info("Endpoint %s runs %s", self.endpoint_name, config)
        return {"config": config, "compared": len(refs)}

    def _check_configuration(self, wanted: str) -> dict[str, Any]:
        endpoint = self.sagemaker.describe_endpoint(self.endpoint_name)
        status, config = endpoint["EndpointStatus"], endpoint.get("EndpointConfigName")
        # An endpoint whose machines are being added or ended is Updating too, and serves the same configuration.
        leaving = endpoint.get("PendingDeploymentSummary", {}).get("EndpointConfigName", wanted) != wanted
        if status not in SERVING or config != wanted or leaving:
            raise EndpointRolledBackError(
                f"Endpoint {self.endpoint_name} is {status} and runs {config}, not {wanted}: "
                f"{endpoint.get('FailureReason') or 'SageMaker gives no reason'}. See the endpoint's log; the model "
                "stays as it is and can be promoted again by clearing the task promote."
            )
        return endpoint


def same_detections(expected: Sequence[Sequence[float]], answer: Sequence[Sequence[float]]) -> bool:
    """Say whether each sure detection of one answer is in the other too, within the tolerance, and vice versa."""
    return _covers(expected, answer) and _covers(answer, expected)


def _covers(rows: Sequence[Sequence[float]], others: Sequence[Sequence[float]]) -> bool:
    return all(any(_same(row, other) for other in others) for row in rows if row[1] >= _SURE)


def _same(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] == other[0] and all(abs(a - b) <= _TOLERANCE for a, b in zip(one[1:], other[1:], strict=True))
