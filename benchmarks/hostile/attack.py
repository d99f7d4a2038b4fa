"""One template or input that means harm, and how such are written."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_TEMPLATE = 128_000
LONGEST_INPUT = 3_145_728
FORM = "<crowd-form>{}</crowd-form>"


@dataclass(frozen=True)
class Attack:
    """A template with an input; `door` says which way it comes in.

    `render` is RenderUiTemplate, `create` CreateHumanTaskUi, `start` StartHumanLoop, `task` the page of a worker who
    has got it, `preview` the administrators' page, `body` a signed call of RenderUiTemplate whose whole body is
    `task_input`.
    """

    what: str
    door: str
    template: str = FORM.format("{{ task.input.x }}")
    task_input: str = "{}"


def filled(piece: str, end: str = "", length: int = LONGEST_TEMPLATE) -> str:
    return piece * ((length - len(end)) // len(piece)) + end


def repeated(value: str, length: int = 127_000) -> str:
    """Write `{"x": [value, value, ...]}` as long as `length` allows."""
    return '{"x":[' + f"{value}," * ((length - 20 - len(value)) // (len(value) + 1)) + value + "]}"
