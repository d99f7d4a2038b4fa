"""What a history says of a call."""

import re
from typing import TYPE_CHECKING

from services.faults.history import Done, Effect, digest

if TYPE_CHECKING:
    from services.awswire.context import Context
    from services.awswire.models import Value
    from services.faults import Fault

_CHANGES = re.compile(r"(Add|Create|Delete|Start|Stop|Update)(?=[A-Z])")


def named(operation: str, parameters: "dict[str, Value]") -> str:
    """Return the name of the thing an operation is about: `TransformJobName` for CreateTransformJob."""
    thing = re.sub(r"^[A-Z][a-z]+", "", operation)
    return str(parameters.get(f"{thing}Name", ""))


def describe(context: "Context", parameters: "dict[str, Value]", code: str, fault: "Fault | None") -> Done | None:
    """Describe a call that is over; None for one that only asks."""
    verb = _CHANGES.match(context.operation)
    if verb is None:
        return None
    name = named(context.operation, parameters)
    effect: Effect = "created" if verb[1] in {"Create", "Start"} else "changed"
    if context.outcome.adopted:
        effect = "adopted"
    if code:
        effect = "none"
    asked = {member: value for member, value in parameters.items() if value != name}
    kind = fault.kind if fault else ""
    return Done(context.service, context.operation, name or context.outcome.name, digest(asked), effect, code, kind)
