"""The settings of a service, read from environment variables: all that are wrong are named at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from services.faults import guard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

_PLAIN = {
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "int_parsing": "must be a whole number",
    "float_parsing": "must be a number",
    "bool_parsing": "must be true or false",
}


class ServiceSettings(BaseSettings):
    """Base of a service's settings: each field is one variable, named by `env_prefix` and the field in upper case.

    A field with `repr=False` is a secret: its value is in no text. A validator's ValueError goes on after the
    variable's name and value, as in `must be a URL`.
    """

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True)
    error: ClassVar[type[Exception]]
    """What `from_environment` raises."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings; a variable that is empty counts as not set.

        :raises error: with a line for each wrong variable: its name, its value, and how to correct it.
        """
        return cls.from_texts({name: environment.get(name, "") for name in cls.variables()})

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], wrong: Sequence[str] = ()) -> Self:
        """Read the settings from texts by variable; raises `error` for `wrong`, found before, and all that is wrong."""
        sentences = list(wrong)
        variables = zip(cls.variables(), cls.model_fields, strict=True)
        given: dict[str, Any] = {field: texts[name] for name, field in variables if texts.get(name)}
        try:
            settings = cls(**given)
        except ValidationError as refused:
            sentences += [cls._sentence(given, one) for one in refused.errors()]
            raise cls.error("\n".join(sentences)) from refused
        if sentences:
            raise cls.error("\n".join(sentences))
        return settings

    @classmethod
    def variables(cls) -> dict[str, FieldInfo]:
        """Return each variable with the field that describes it."""
        prefix = cls.model_config.get("env_prefix", "")
        return {f"{prefix}{name.upper()}": field for name, field in cls.model_fields.items()}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the names are pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is passed and nothing else: no file and no variable of the process decides unseen."""
        return (init_settings,)

    @classmethod
    def _sentence(cls, texts: Mapping[str, str], wrong: ErrorDetails) -> str:
        name = str(wrong["loc"][0])
        field, variable = cls.model_fields[name], f"{cls.model_config.get('env_prefix', '')}{name.upper()}"
        if wrong["type"] == "missing":
            return f"{variable} is not set: give {field.description}"
        value = f"={texts[name]!r}" if field.repr and name in texts else ""
        plain = _PLAIN.get(wrong["type"], "").format(**wrong.get("ctx", {}))
        return (
            f"{variable}{value} {plain or wrong['msg'].removeprefix('Value error, ').replace('Input should', 'must')}"
        )


def _port(text: Any) -> Any:  # noqa: ANN401 - what pydantic was given
    if not str(text).isdecimal() or int(text) > 65535:
        raise ValueError("must be a whole number from 0 (any free port) to 65535")
    return text


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise ValueError(f"must be a URL: {error}") from error
    if text and (parts.scheme not in {"http", "https"} or not parts.netloc):
        raise ValueError("must be a URL, as http://localhost:8092")
    return text


def _faults_token(token: str, read: ValidationInfo) -> str:
    if refusal := guard.refusal(token, read.data["host"]):
        raise ValueError(refusal)
    return token


Port = Annotated[int, BeforeValidator(_port)]
Address = Annotated[str, AfterValidator(_address)]
"""An http or https URL; it may be empty."""
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
FaultsToken = Annotated[str, AfterValidator(_faults_token)]
"""A token that no service takes where others reach it; its model has `host` before it."""
