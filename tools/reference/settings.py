"""The page on the services' settings, from their models: an environment variable for each field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from tools.reference.markdown import head, table
from tools.reference.modules import classes, modules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

ABOUT: Final = """\
Each service reads its settings from the environment. A variable that is not set or empty keeps its default."""
SERVICES: Final = {"review": "The review service", "sagemaker": "The local SageMaker", "aws": "The local AWS"}


def page() -> str:
    """Write the page."""
    parts = [head("Settings of the services", ABOUT)]
    for service, title in SERVICES.items():
        for model in _models(f"services.{service}"):
            parts += [f"## {title}\n", table(("variable", "default", "meaning"), rows(model))]
    return "\n".join(parts)


def _models(package: str) -> Iterator[type[BaseSettings]]:
    for module in modules(package, skipped=("migrations",)):
        yield from classes(module, BaseSettings)


def rows(model: type[BaseSettings]) -> Iterator[tuple[str, str, str]]:
    """Yield the variable, the default and the meaning of each setting; a secret is marked."""
    prefix = str(model.model_config.get("env_prefix", ""))
    for name, field in model.model_fields.items():
        secret = "" if field.repr else " (secret)"
        yield f"`{_variable(prefix, name, field)}`", _default(field), (field.description or "") + secret


def _variable(prefix: str, name: str, field: FieldInfo) -> str:
    alias = field.validation_alias if isinstance(field.validation_alias, str) else field.alias
    return alias or f"{prefix}{name}".upper()


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is PydanticUndefined or default in ("", None) or default == ():
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
