"""Applies ordered faults to the calls of an AWS service, and writes a history of them."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Protocol

from services.faults.history import Done, Effect, digest
from services.faults.switchboard import WIRE_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.faults.history import History
    from services.faults.orders import Fault
    from services.faults.switchboard import Faults

_CHANGES = re.compile(r"(Add|Create|Delete|Start|Stop|Update)(?=[A-Z])")


class Outcome(Protocol):
    """What a handler reports beside its answer."""

    @property
    def adopted(self) -> bool:
        """Whether the requested thing already existed."""

    @property
    def name(self) -> str:
        """The name of the thing if the service names it and not the caller."""


class Call(Protocol):
    """A call, as its service knows it."""

    @property
    def service(self) -> str:
        """The botocore name of the service."""

    @property
    def operation(self) -> str:
        """The operation."""

    @property
    def outcome(self) -> Outcome:
        """What the handler reported."""


class Refuse(Protocol):
    """Makes the exception that answers a call with an error in AWS's form."""

    def __call__(self, code: str, message: str, *, status: int | None = None) -> Exception:
        """Make it; without a status it has the service's own for the code."""


class Drop(Protocol):
    """Makes the exception that breaks a connection off."""

    def __call__(self) -> Exception:
        """Make it."""


class CallsUnderTest:
    """Accompanies every call of an application: spoils calls on order, records what each committed.

    `refuse` and `drop` are the exceptions with which the application answers and breaks connections. Without `faults`
    nothing is spoiled, without `history` nothing is written.
    """

    def __init__(self, faults: Faults | None, history: History | None, *, refuse: Refuse, drop: Drop) -> None:
        self.faults = faults
        self.history = history
        self.refuse = refuse
        self.drop = drop

    def __call__(self, call: Call, parameters: Mapping[str, Any]) -> CallUnderTest:
        """Take the fault for this call."""
        fault = None
        if self.faults is not None:
            fault = self.faults.take(call.operation, named(call.operation, parameters), WIRE_KINDS)
        return CallUnderTest(self, call, parameters, fault)


class CallUnderTest:
    """One call and its fault."""

    def __init__(self, owner: CallsUnderTest, call: Call, parameters: Mapping[str, Any], fault: Fault | None) -> None:
        self._owner = owner
        self._call = call
        self._parameters = parameters
        self._fault = fault

    async def before(self) -> None:
        """Do what the fault does before the handler runs."""
        fault = self._fault
        if fault is None:
            return
        if fault.kind == "throttle":
            raise self._owner.refuse("ThrottlingException", "Rate exceeded")
        if fault.kind == "error":
            raise self._owner.refuse("InternalFailure", "A fault on order.", status=500)
        if fault.kind == "unavailable":
            raise self._owner.refuse("ServiceUnavailable", "A fault on order.", status=503)
        if fault.kind == "reset-before":
            raise self._owner.drop()
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)

    async def after(self) -> None:
        """Record what the handler has committed, then do what the fault does to the answer."""
        self._record("")
        fault = self._fault
        if fault is None or fault.kind not in {"reset-after", "hold-after"}:
            return
        if fault.kind == "hold-after":
            await asyncio.sleep(fault.seconds)
        raise self._owner.drop()

    def failed(self, code: str) -> None:
        """Record that the call was refused."""
        self._record(code)

    def _record(self, code: str) -> None:
        done = describe(self._call, self._parameters, code, self._fault) if self._owner.history else None
        if self._owner.history and done:
            self._owner.history.write(done)


def named(operation: str, parameters: Mapping[str, Any]) -> str:
    """Return the field with the name of an operation's thing: `TransformJobName` for CreateTransformJob."""
    thing = re.sub(r"^[A-Z][a-z]+", "", operation)
    return str(parameters.get(f"{thing}Name", ""))


def describe(call: Call, parameters: Mapping[str, Any], code: str, fault: Fault | None) -> Done | None:
    """Describe a finished call; None for one that only reads."""
    verb = _CHANGES.match(call.operation)
    if verb is None:
        return None
    name = named(call.operation, parameters)
    effect: Effect = "created" if verb[1] in {"Create", "Start"} else "changed"
    if call.outcome.adopted:
        effect = "adopted"
    if code:
        effect = "none"
    asked = {member: value for member, value in parameters.items() if value != name}
    kind = fault.kind if fault else ""
    return Done(call.service, call.operation, name or call.outcome.name, digest(asked), effect, code, kind)
