"""Rendering a worker template: untrusted text twice, the template and the input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from liquid.builtin.output import Output as LiquidOutput
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.echo_tag import EchoNode, EchoTag
from liquid.exceptions import LiquidError

from services.review.errors import TemplateFailed
from services.review.render.liquid import filters
from services.review.render.liquid.limits import BoundedEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from liquid import Environment, RenderContext

    from services.review.formats.s3_locations import S3Location


LONGEST_MESSAGE = 1000
# Filters get unexpected values: those mistakes are the template's too.
_FAILURES = (LiquidError, RecursionError, ArithmeticError, MemoryError, TypeError, ValueError)


@dataclass(frozen=True)
class Rendered:
    """A page as the template made it, the addresses it was granted, and those it asked for and did not get."""

    html: str
    granted: tuple[str, ...]
    ungranted: tuple[str, ...] = ()


class JsonObject(dict[str, object]):
    """An object of the input; every filter that asks for its text gets JSON."""

    def __str__(self) -> str:
        return filters.to_json(self)


class JsonArray(list[object]):
    """An array of the input; every filter that asks for its text gets JSON."""

    def __str__(self) -> str:
        return filters.to_json(self)


class _PrintsJson(OutputNode):
    """An output tag that prints objects and arrays as JSON, where standard Liquid prints something else."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write(_escaped(self.expression.evaluate(context)))


class _EchoesJson(EchoNode, _PrintsJson):
    pass


class _OutputTag(LiquidOutput):
    node_class = _PrintsJson


class _EchoTag(EchoTag):
    node_class = _EchoesJson


def render(
    template: str,
    task_input: Mapping[str, object],
    grant: Callable[[S3Location], str],
    endpoints: tuple[str, ...] = (),
) -> Rendered:
    """Render a template with `task.input`; `endpoints` are those whose addresses are places in S3.

    Every output is escaped unless the template says `skip_autoescape`; an undefined name prints nothing.

    :raises TemplateFailed: with the place and the reason.
    """
    grants = filters.Grants()
    environment = _environment(filters.grant_read_access(grant, grants, endpoints))
    try:
        html = environment.from_string(_whole(template)).render(task={"input": _wrap(dict(task_input))})
    except _FAILURES as error:
        raise TemplateFailed(f"the template cannot be rendered: {_said(error)}") from error
    return Rendered(html, tuple(grants.granted), tuple(grants.ungranted))


def check_syntax(template: str) -> None:
    """Raise TemplateFailed, with place and reason, if a template is not Liquid."""
    try:
        _environment(filters.text_of).from_string(template)
    except _FAILURES as error:
        raise TemplateFailed(f"the template is not valid Liquid: {_said(error)}") from error


def _said(error: Exception) -> str:
    """Shorten an error to a readable length, since Liquid repeats its input at any length."""
    text = str(error) or "it takes more memory than a template may"
    return (
        text if len(text) <= LONGEST_MESSAGE else f"{text[: LONGEST_MESSAGE // 2]} ... {text[-LONGEST_MESSAGE // 2 :]}"
    )


def _environment(grant_filter: Callable[[object], str]) -> Environment:
    environment = BoundedEnvironment()
    environment.add_tag(_OutputTag)
    environment.add_tag(_EchoTag)
    del environment.filters["safe"]  # A2I's name for it is skip_autoescape
    environment.add_filter("escape", filters.escape_filter)
    environment.add_filter("escape_once", filters.escape_once)
    environment.add_filter("skip_autoescape", filters.skip_autoescape)
    environment.add_filter("to_json", filters.to_json)
    environment.add_filter("strip_html", filters.strip_html)
    environment.add_filter("grant_read_access", grant_filter)
    environment.bound_filters()
    return environment


def _escaped(value: object) -> str:
    return filters.escape_filter(value)


def _wrap(value: object) -> object:
    if isinstance(value, dict):
        return JsonObject({_whole(key): _wrap(item) for key, item in value.items()})
    if isinstance(value, list):
        return JsonArray(_wrap(item) for item in value)
    return _whole(value) if isinstance(value, str) else value


def _whole(text: str) -> str:
    """Replace half a surrogate pair, which JSON allows and a page does not."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
