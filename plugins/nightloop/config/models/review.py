"""Settings of human review."""

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from nightloop.config.models.types import (
    SECTION,
    AtLeast0,
    Count,
    RandomSeed,
    Shape,
    Share,
    TimeZone,
    about,
    whole,
)


@dataclass(frozen=True, slots=True, config=SECTION)
class Review:
    """Which images people see, who sees them, and for how long."""

    workteam_arn: Annotated[
        str,
        Shape(
            r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:workteam/.+",
            "a work team's ARN: arn:aws:sagemaker:REGION:ACCOUNT:workteam/private-crowd/NAME",
        ),
        about(
            "The work team that reviews.",
            example="arn:aws:sagemaker:us-east-1:123456789012:workteam/private-crowd/reviewers",
        ),
    ]
    template: Annotated[str, about("The worker template: a file beside the loop file or in the project.")] = (
        "include/templates/bounding-box.liquid.html"
    )
    score_threshold: Annotated[Share, about("Images whose best box scores below this are reviewed.", unit="score")] = (
        0.5
    )
    audit_share: Annotated[Share, about("This share of all images is reviewed too, drawn at random.")] = 0.1
    seed: Annotated[RandomSeed, about("Another number draws other images for the audit.")] = 7
    initial_box_score: Annotated[
        Share, about("The reviewer sees the model's boxes from this score on.", unit="score")
    ] = 0.3
    title: Annotated[str, Field(min_length=1, max_length=128), about("What reviewers see above the task.")] = (
        "Draw a box around every object"
    )
    description: Annotated[
        str, Field(min_length=1, max_length=255), about("What reviewers read of the task in their list.")
    ] = "Correct the model's boxes and draw the missing ones."
    keywords: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=30)], ...],
        Field(max_length=5),
        about("Words by which reviewers find the task."),
    ] = ()
    task_count: Annotated[int, whole(1, 3), about("How many people review each image.", unit="reviewers")] = 1
    task_time_limit_seconds: Annotated[
        int, whole(30, 28_800), about("How long a reviewer has for one image.", unit="seconds")
    ] = 3600
    availability_seconds: Annotated[
        int,
        whole(1, 2_592_000),
        about(
            "How long a task waits for a reviewer before it expires; longer than give_up_after_nights.", unit="seconds"
        ),
    ] = 43_200
    answer_by: Annotated[
        Annotated[str, Shape(r"([01][0-9]|2[0-3]):[0-5][0-9]", "a time of day in quotes, such as '07:30'")] | None,
        about(
            "The reviewers' deadline as a time of day, in quotes: the night goes on with what has arrived by then; "
            "null: answer_within_minutes counts."
        ),
    ] = None
    deadline_timezone: Annotated[TimeZone | None, about("The time zone of answer_by; null: the loop's timezone.")] = (
        None
    )
    answer_within_minutes: Annotated[
        Count,
        about("Without answer_by: the deadline, counted from the moment the reviews are opened.", unit="minutes"),
    ] = 600
    give_up_after_nights: Annotated[
        int,
        whole(1, 365),
        about("An answer may come this many nights late; then its review is stopped.", unit="nights"),
    ] = 3
    min_seconds: Annotated[
        float,
        Field(strict=True, allow_inf_nan=False, ge=0, le=3600),
        about("Nothing is learned from a faster answer unless an administrator confirms it.", unit="seconds"),
    ] = 1.0
    events_queue_url: Annotated[
        Annotated[str, Shape(r"https?://[^\s]+", "the URL of an SQS queue")] | None,
        about(
            "An SQS queue of A2I's events: the night goes on at the last answer, not at the next poll. "
            "Nothing depends on it; null: only polls."
        ),
    ] = None
    poll_seconds: Annotated[Count, about("How often Nightloop looks at the reviews.", unit="seconds")] = 30
    price_per_review: Annotated[
        AtLeast0,
        about("What one reviewed image costs, for the receipt and budget.money.", unit="money, in any currency"),
    ] = 0.0
