"""Settings of who hears what from a loop, and how."""

import re
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic.dataclasses import dataclass

from nightloop.config.models.types import SECTION, about, whole

_ADDRESSES = {
    "smtp": (r"[^@\s,]+@[^@\s,]+(\s*,\s*[^@\s,]+@[^@\s,]+)*", "mail addresses with commas between them"),
    "sns": (r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[^\s]+", "a topic's ARN: arn:aws:sns:REGION:ACCOUNT:NAME"),
    "sqs": (r"https?://[^\s]+", "a queue's URL"),
    "slack": (r"", "left out: the webhook of the connection knows its channel"),
}


@dataclass(frozen=True, slots=True, config=SECTION)
class Channel:
    """One way to tell people something."""

    via: Annotated[Literal["smtp", "sns", "slack", "sqs"], about("What carries the message.", example="smtp")]
    to: Annotated[
        str,
        Field(validate_default=True),
        about(
            "smtp: mail addresses with commas between them; sns: a topic's ARN; sqs: a queue's URL; slack: left out."
        ),
    ] = ""
    connection: Annotated[
        str | None, about("The Airflow connection to send over; null: the usual one of that kind.")
    ] = None

    @field_validator("to")
    @classmethod
    def _an_address_of_its_kind(cls, value: str, info: ValidationInfo) -> str:
        pattern, hint = _ADDRESSES.get(info.data.get("via", ""), (None, ""))
        if pattern is not None and not re.fullmatch(pattern, value):
            raise ValueError(f"must be {hint}, not {value!r:.80}")
        return value


@dataclass(frozen=True, slots=True, config=SECTION)
class Notify:
    """Who hears that work waits, and how a run ended."""

    reviewers: Annotated[
        tuple[Channel, ...],
        Field(max_length=10),
        about("How reviewers hear that images wait for them."),
    ] = ()
    owners: Annotated[tuple[Channel, ...], Field(max_length=10), about("How owners hear how a run ended.")] = ()
    remind_before_minutes: Annotated[
        tuple[Annotated[int, whole(1, 10_080)], ...],
        Field(max_length=5),
        about("Reviewers are reminded this long before their deadline.", unit="minutes"),
    ] = ()
