"""One loop: what its file says, and what is read with it."""

import re
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic.dataclasses import dataclass

from nightloop.config.models.deciding import Budget, Selection, Trust
from nightloop.config.models.gate import Gate, Limits
from nightloop.config.models.machines import Endpoint, Scoring, Transform
from nightloop.config.models.notify import Notify
from nightloop.config.models.promotion import Promotion
from nightloop.config.models.retention import Retention
from nightloop.config.models.review import Review
from nightloop.config.models.schedules import schedule_violation
from nightloop.config.models.training import Seed, Training
from nightloop.config.models.types import SECTION, S3Uri, Shape, TimeZone, about, refused_if


def _classes_problem(classes: tuple[str, ...]) -> str | None:
    doubled = sorted({label for label in classes if classes.count(label) > 1})
    return f"holds {', '.join(doubled)} more than once; name each class once" if doubled else None


def _images_problem(images: str) -> str | None:
    if "{ds}" not in images:
        return f"must hold {{ds}}, which becomes the night's date, not {images!r:.80}"
    other = images.replace("{ds}", "")
    return f"may hold no braces but {{ds}}: {images!r:.80}" if re.search(r"[{}]", other) else None


def _date_problem(text: str) -> str | None:
    try:
        date.fromisoformat(text)
    except ValueError:
        return f"must be a date of the calendar, not {text!r}"
    return None


@dataclass(frozen=True, slots=True, kw_only=True, config=SECTION)
class LoopFile:
    """One loop: one model, its images, its reviewers and its gate.

    A night is a day on the clock of `timezone`; `schedule` runs it once it is over.
    """

    name: Annotated[
        str,
        Field(max_length=20),
        Shape(r"[a-z0-9][a-z0-9-]*", "a-z, 0-9 and '-', not beginning with '-'"),
        about("The loop's name: the file's, without .yaml. Every remote name begins with it.", example="voc"),
    ]
    schedule: Annotated[
        Annotated[str, refused_if(schedule_violation)] | None,
        about("When a night runs: one time of day, as five cron fields or @daily; null: only by hand."),
    ] = "0 2 * * *"
    timezone: Annotated[TimeZone, about("The time zone of the nights' days and of the schedule.")] = "UTC"
    first_night: Annotated[
        Annotated[
            str,
            Shape(r"\d{4}-\d{2}-\d{2}", "a date in quotes, such as '2026-11-22'"),
            refused_if(_date_problem),
        ]
        | None,
        about(
            "A date in quotes: after a pause or an outage every night since then is run; null: only the last one. "
            "Needs a schedule."
        ),
    ] = None
    owner: Annotated[
        str, Field(min_length=1, max_length=50), about("The owner that Airflow and the cost tags name.")
    ] = "nightloop"
    bucket: Annotated[
        str,
        Shape(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "an S3 bucket's name"),
        about("The bucket of everything that the loop writes.", example="nightloop-demo"),
    ]
    prefix: Annotated[
        str,
        Shape(r"[^/{}]+(/[^/{}]+)*", "a key prefix without '/' at either end"),
        about("Everything is written under s3://{bucket}/{prefix}/{name}/."),
    ] = "loops"
    images: Annotated[
        S3Uri,
        refused_if(_images_problem),
        about("Where a night's images lie; {ds} becomes the night's date.", example="s3://nightloop-demo/images/{ds}/"),
    ]
    seed: Annotated[Seed, about("The labelled images that the loop begins with.")]
    role_arn: Annotated[
        str,
        Shape(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/.+", "a role's ARN: arn:aws:iam::ACCOUNT:role/NAME"),
        about("The role that SageMaker assumes.", example="arn:aws:iam::123456789012:role/nightloop"),
    ]
    classes: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=127)], ...],
        Field(min_length=1, max_length=250),
        refused_if(_classes_problem),
        about("The classes of objects, numbered from 0 in this order.", example=["cat", "dog"]),
    ]
    attribute: Annotated[
        str,
        Shape(r"(?!source-ref$)(?!.*-metadata$)[A-Za-z0-9](-*[A-Za-z0-9]){0,126}", "a label attribute's name"),
        about("The label attribute of the manifests."),
    ] = "bounding-box"
    endpoint: Annotated[Endpoint, about("The live detector.")]
    scoring: Annotated[Scoring, about("How the images of a night get to the model.")] = field(default_factory=Scoring)
    review: Annotated[Review, about("Which images people see, who sees them, and for how long.")]
    selection: Annotated[Selection, about("Further reasons to review an image.")] = field(default_factory=Selection)
    budget: Annotated[Budget, about("What the reviews of one night may cost.")] = field(default_factory=Budget)
    trust: Annotated[Trust, about("Which reviewers to believe if an image has several.")] = field(default_factory=Trust)
    training: Annotated[Training, about("How models are trained.")]
    transform: Annotated[Transform, about("The machines that run a new model over the holdout.")] = field(
        default_factory=Transform
    )
    gate: Annotated[Gate, about("What a new model must prove before it is promoted.")] = field(default_factory=Gate)
    promotion: Annotated[Promotion, about("How a new model takes over the endpoint.")] = field(
        default_factory=Promotion
    )
    limits: Annotated[Limits, about("How much may go wrong in a night before it fails.")] = field(
        default_factory=Limits
    )
    retention: Annotated[Retention, about("How long S3 keeps what no later night reads.")] = field(
        default_factory=Retention
    )
    notify: Annotated[Notify, about("Who hears what from the loop, and how.")] = field(default_factory=Notify)

    @field_validator("first_night")
    @classmethod
    def _made_up_for_by_schedule(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("schedule", "unclear") is None:
            raise ValueError("needs a schedule: without one, people start the nights by hand")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopConfig(LoopFile):
    """One loop as it was read: its file's settings, and the files they name.

    `path` is the YAML file, `template_path` the worker template and `conditions_path` the activation conditions
    found on disk.
    """

    path: Path
    template_path: Path
    conditions_path: Path | None = None

    @property
    def deadline_timezone(self) -> str:
        """The name of the time zone of the reviewers' deadline."""
        return self.review.deadline_timezone or self.timezone

    @property
    def tags(self) -> dict[str, str]:
        """The tags of everything that is made for this loop, to know who pays for it."""
        return {"nightloop:loop": self.name, "nightloop:owner": self.owner}
