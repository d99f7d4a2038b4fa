"""A destination that loses, doubles and reorders events when a test orders it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.faults import EVENT_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.faults import Faults
    from services.review.outbox.destinations import Destination
    from services.review.outbox.envelope import Envelope

OPERATION = "SendEvent"
_BATCH = 10


class FaultyDestination:
    """Wraps a destination; it reports events that it loses or keeps for later as accepted."""

    def __init__(self, destination: Destination, faults: Faults) -> None:
        self.name = destination.name
        self._destination = destination
        self._faults = faults
        self._kept: list[Envelope] = []

    def send(self, envelopes: Sequence[Envelope]) -> dict[int, str]:
        """Send what the orders leave of a batch, then the events kept earlier, so that later events arrive first."""
        positions: list[int | None] = []
        sent: list[Envelope] = []
        kept: list[Envelope] = []
        for position, envelope in enumerate(envelopes):
            fault = self._faults.take(OPERATION, envelope.detail["humanLoopName"], EVENT_KINDS)
            if fault is not None and fault.kind == "lose":
                continue
            if fault is not None and fault.kind == "reorder":
                kept.append(envelope)
                continue
            copies = 2 if fault is not None else 1
            sent += [envelope] * copies
            positions += [position] * copies
        if sent or not kept:
            sent += self._kept
            positions += [None] * len(self._kept)
            self._kept = []
        self._kept += kept
        return self._send(sent, positions)

    def _send(self, envelopes: list[Envelope], positions: list[int | None]) -> dict[int, str]:
        refused: dict[int, str] = {}
        for begin in range(0, len(envelopes), _BATCH):
            answer = self._destination.send(envelopes[begin : begin + _BATCH])
            for index, reason in answer.items():
                position = positions[begin + index]
                if position is not None:
                    refused[position] = reason
        return refused
