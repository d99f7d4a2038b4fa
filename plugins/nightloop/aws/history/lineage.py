"""Reads where predictions, models and answers come from and where they went, from what the loop wrote to S3."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nightloop.aws.errors import NightloopError
from nightloop.aws.history.training_history import read_origins
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.hooks.review_flow import ReviewFlowHook
from nightloop.aws.storage.night_files import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nightloop.aws.datasets.cohorts import Cohorts
    from nightloop.domain.lineage.origins import ModelOrigin


class Lineage:
    """Questions about where something comes from, each answered with JSON values.

    :param cohorts: What the loop learns from.
    :param a2i_conn_id: The Airflow connection of the reviews, to find the worker template of a review.
    """

    def __init__(self, cohorts: Cohorts, a2i_conn_id: str | None = "a2i_default") -> None:
        self.cohorts = cohorts
        self.store = cohorts.store
        self.files = cohorts.files
        self.attribute = cohorts.settings.attribute
        self.a2i_conn_id = a2i_conn_id

    @cached_property
    def origins(self) -> dict[str, ModelOrigin]:
        """What each of the loop's models was made of, by model."""
        return read_origins(self.store, self.files)

    @cached_property
    def answers(self) -> dict[str, dict[str, Any]]:
        """Every night's answers, by human loop, each with its night."""
        found = {}
        for night, files in self.cohorts.nights().items():
            for row in read_lines(self.store, files.answers):
                found[str(row["review_name"])] = {"night": night, **row}
        return found

    def prediction(self, night: str, image: str) -> Iterator[dict[str, Any]]:
        """Explain what the model of a night said about an image: the prediction, then its model.

        :raises NightloopError: if that night scored no such image.
        """
        folder = self.files.night(night).predictions_folder
        for stored in self.store.list(folder):
            for row in read_lines(self.store, stored.uri):
                if image in {row["image"]["uri"], row["image"].get("original")}:
                    yield {"prediction": row}
                    yield from self.model(str(row["model"]))
                    return
        raise NightloopError(f"The night {night} scored no image {image}. Its predictions are below {folder}.")

    def model(self, model: str) -> Iterator[dict[str, Any]]:
        """Explain a model: it and the models it went on from, then each line they learned from, with its answer."""
        from nightloop.domain.lineage.origins import ancestry

        line = ancestry(model, self.origins)
        for origin in line:
            yield {"model": origin.to_json()}
        seen = set()
        for origin in line:
            for row in self._lines(origin):
                key = (row["source-ref"], json.dumps(row, sort_keys=True))
                if key not in seen:
                    seen.add(key)
                    yield {"learned": self._learned(row), "by": origin.model}

    def answer(self, human_loop: str) -> dict[str, Any]:
        """Say which models hold what people answered in a human loop, because they or a parent learned it."""
        from nightloop.domain.lineage.origins import descendants, learned_from, line_key

        keys = {
            model: {line_key(row, self.attribute) for row in self._lines(origin)}
            for model, origin in self.origins.items()
        }
        learned = learned_from(human_loop, keys)
        inherited = descendants(learned, self.origins.values()) - learned
        return {
            "human_loop": human_loop,
            "answer": self._told(human_loop),
            "learned_by": sorted(learned),
            "inherited_by": sorted(inherited),
        }

    def without(self, human_loop: str, model: str) -> list[dict[str, Any]]:
        """Return the training and validation lines of a model without a human loop's answer."""
        from nightloop.domain.lineage.origins import ancestry, without_answer

        origin = ancestry(model, self.origins)[0]
        return without_answer(list(self._lines(origin)), human_loop, self.attribute)

    def _lines(self, origin: ModelOrigin) -> Iterator[dict[str, Any]]:
        for uri in (origin.train, origin.validation):
            yield from read_lines(self.store, uri)

    def _learned(self, row: dict[str, Any]) -> dict[str, Any]:
        from nightloop.domain.lineage.origins import line_key

        key = line_key(row, self.attribute)
        told = self._told(key.human_loop) if key.human_loop else None
        return key.to_json() | ({"answer": told} if told else {})

    def _told(self, human_loop: str) -> dict[str, Any] | None:
        row = self.answers.get(human_loop)
        if row is None:
            return None
        reviewers = [reviewer.get("reviewer") for reviewer in row["reviewers"]]
        return {
            "night": row["night"],
            "image": row["image"]["uri"],
            "boxes": len(row["boxes"]),
            "agreement": row["agreement"],
            "reviewers": reviewers,
            "template": self._template(human_loop),
        }

    def _template(self, human_loop: str) -> str | None:
        """Return the ARN of a review's worker template; None once the review or its flow definition is deleted."""
        described = A2IHook(self.a2i_conn_id).describe_human_loop(human_loop)
        arn = str(described["FlowDefinitionArn"]) if described else ""
        if arn and arn not in self._pages:
            self._pages[arn] = ReviewFlowHook(self.a2i_conn_id).task_ui_of(arn)
        return self._pages.get(arn)

    @cached_property
    def _pages(self) -> dict[str, str | None]:
        return {}
