"""Kinds of values that several settings share, and how a setting says what it is for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")

SECTION = ConfigDict(extra="forbid", defer_build=True)
"""How every section of a loop file is read: a key it does not know is a mistake.

DAG files import this at every parse: a section is built with the loop it is part of, not once more by itself.
"""


def about(text: str, *, unit: str | None = None, example: object = None) -> FieldInfo:
    """Say what a setting is for, its unit, and what to write where it has no default."""
    info: FieldInfo = Field(
        description=text,
        examples=None if example is None else [example],
        json_schema_extra={"unit": unit} if unit else None,
    )
    return info


def refused_if(problem: Callable[[T], str | None]) -> AfterValidator:
    """Refuse a value that a function finds a problem in."""

    def check(value: T) -> T:
        found = problem(value)
        if found:
            raise ValueError(found)
        return value

    return AfterValidator(check)


@dataclass(frozen=True, slots=True)
class Shape:
    """A text matches a pattern as a whole; `hint` says in words what it must be."""

    pattern: str
    hint: str

    def check(self, value: str) -> str:
        """Return the value.

        :raises ValueError: if it does not match.
        """
        if not re.fullmatch(self.pattern, value):
            raise ValueError(f"must be {self.hint}, not {value!r:.80}")
        return value

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {"pattern": f"^(?:{self.pattern})$", "patternErrorMessage": f"Must be {self.hint}."}


def _timezone_problem(name: str) -> str | None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"must be a time zone such as UTC or Europe/Berlin, not {name!r}"
    return None


def whole(low: int, high: int | None = None) -> FieldInfo:
    """Say that a number is whole and lies in a range, ends included."""
    info: FieldInfo = Field(strict=True, ge=low, le=high)
    return info


Switch = Annotated[bool, Field(strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Share = Annotated[Number, Field(ge=0, le=1)]
AtLeast0 = Annotated[Number, Field(ge=0)]
Count = Annotated[int, whole(1)]
RandomSeed = Annotated[int, whole(0, 2**32 - 1)]

S3Uri = Annotated[str, Shape(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.+", "an S3 URI: s3://bucket/key")]
InstanceType = Annotated[str, Shape(r"ml\.[a-z0-9-]+\.[a-z0-9]+", "a SageMaker instance type, such as ml.m5.large")]
TimeZone = Annotated[str, refused_if(_timezone_problem)]
