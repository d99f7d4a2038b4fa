"""Where a model comes from, and which models an answer went into."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Self

from nightloop.domain.errors import LineageError
from nightloop.domain.rows import fields
from nightloop.domain.rows.jsonl import Json

REVIEW_PREFIX = "a2i/"
"""How the job-name of a manifest line begins that was made from a human loop's answer; the loop's name follows."""


@dataclass(frozen=True, slots=True)
class ModelOrigin:
    """What a model was made of: training job, its artefact and manifests, the model it went on from.

    `run` is the DAG run that trained it, `dag_id/run_id`; `evaluation` and `gate` are addresses. Each is None if there
    is none: a first model has no parent and was not compared with one.
    """

    model: str
    training_job: str
    artefact: str
    cohort: str
    train: str
    validation: str
    parent_model: str | None = None
    evaluation: str | None = None
    gate: str | None = None
    run: str | None = None

    def to_json(self) -> dict[str, str]:
        """Return the row as JSON values, without those that are None."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong. Other keys are left alone.
        """
        required = ("model", "training_job", "artefact", "cohort", "train", "validation")
        optional = ("parent_model", "evaluation", "gate", "run")
        given = [fields.text(row, key) for key in required]
        return cls(*given, *(fields.optional_text(row, key) for key in optional))


@dataclass(frozen=True, slots=True, order=True)
class LineKey:
    """Which answer about an image a manifest line is: the image, the job that gave it, when it was given."""

    source_ref: str
    job_name: str
    created: str

    @property
    def human_loop(self) -> str | None:
        """The human loop that the line's answer came from; None for a line from another tool."""
        return self.job_name.removeprefix(REVIEW_PREFIX) if self.job_name.startswith(REVIEW_PREFIX) else None

    def to_json(self) -> dict[str, str]:
        """Return the row as JSON values."""
        return {"source_ref": self.source_ref, "job_name": self.job_name, "created": self.created}

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Read what `to_json` wrote.

        :raises RowError: naming what is wrong.
        """
        return cls(fields.text(row, "source_ref"), fields.text(row, "job_name"), fields.text(row, "created"))


def line_key(line: Json, attribute: str) -> LineKey:
    """Return the key of a manifest line.

    A seed that another tool annotated may have no job-name and no creation-date; they are then empty.

    :raises RowError: if it has no source-ref or metadata.
    """
    metadata = fields.mapping(line, f"{attribute}-metadata")
    job, created = (fields.optional_text(metadata, key) or "" for key in ("job-name", "creation-date"))
    return LineKey(fields.text(line, "source-ref"), job, created)


def ancestry(model: str, origins: Mapping[str, ModelOrigin]) -> list[ModelOrigin]:
    """Return a model's origin and those of the models it went on from, newest first.

    A parent that this loop did not make ends the list.

    :raises LineageError: if the model is not known.
    """
    if model not in origins:
        known = ", ".join(sorted(origins)) or "none"
        raise LineageError(f"nothing is known about model {model}; known are: {known}")
    line: list[ModelOrigin] = []
    current: str | None = model
    while current is not None and current in origins and all(current != origin.model for origin in line):
        line.append(origins[current])
        current = origins[current].parent_model
    return line


def descendants(models: Collection[str], origins: Iterable[ModelOrigin]) -> set[str]:
    """Return these models and every model that went on from one of them: it still holds what its parent learned."""
    found, left = set(models), list(origins)
    while True:
        more = {origin.model for origin in left if origin.parent_model in found} - found
        if not more:
            return found
        found |= more


def learned_from(human_loop: str, keys: Mapping[str, Collection[LineKey]]) -> set[str]:
    """Return the models whose own training lines (`keys` by model) hold an answer of a human loop."""
    return {model for model, lines in keys.items() if any(key.human_loop == human_loop for key in lines)}


def without_answer(lines: Sequence[Json], human_loop: str, attribute: str) -> list[Json]:
    """Return the manifest lines that do not come from a human loop's answer."""
    return [line for line in lines if line_key(line, attribute).human_loop != human_loop]
