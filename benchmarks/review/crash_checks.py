"""What has to be true after the last crash."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.common.records import Record, exact
from benchmarks.review.crash_clients import Journal, read_output

if TYPE_CHECKING:
    from collections.abc import Callable

FINISHED = {"Completed", "Stopped", "Failed"}


@dataclass
class Findings:
    """What there is when all has come to rest."""

    loops: dict[str, dict[str, Any]]  # as DescribeHumanLoop tells
    listed: Counter[str]  # names that ListHumanLoops gives
    outputs: dict[str, dict[str, Any]]
    events: list[dict[str, Any]]
    claims: list[tuple[int, str, Any, Any]]  # slot, task, accepted, ended


def gather(journal: Journal, clients: dict[str, Any], queue_url: str, reads: Callable[..., Any]) -> Findings:
    """Read everything back, from the API, S3, the queue and the database."""
    a2i = clients["a2i"]
    loops = {name: a2i.describe_human_loop(HumanLoopName=name) for name in journal.started}
    listed: Counter[str] = Counter()
    for flow in set(journal.started.values()):
        for page in a2i.get_paginator("list_human_loops").paginate(FlowDefinitionArn=flow):
            listed.update(loop["HumanLoopName"] for loop in page["HumanLoopSummaries"])
    outputs = {name: output for name, loop in loops.items() if (output := read_output(clients["s3"], loop))}
    claims = reads("SELECT slot_id, id, accepted_at, ended_at FROM claims ORDER BY slot_id, accepted_at, ended_at")
    return Findings(loops, listed, outputs, received(clients["sqs"], queue_url), claims)


def received(sqs: Any, queue_url: str) -> list[dict[str, Any]]:
    """Take all messages from a queue."""
    events = []
    while batch := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", []):
        events += [json.loads(message["Body"]) for message in batch]
        entries = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(batch)]
        sqs.delete_message_batch(QueueUrl=queue_url, Entries=entries)
    return events


def records_of(kind: str, kills: int, journal: Journal, found: Findings, command: str) -> list[Record]:
    """Measure the findings against what clients were told."""
    who = f"{kind}: {kills} kills"
    markers = Counter(
        answer["answerContent"]["marker"] for output in found.outputs.values() for answer in output["humanAnswers"]
    )
    statuses = Counter(loop["HumanLoopStatus"] for loop in found.loops.values())
    told = {
        "kills": kills,
        "loops started and acknowledged": len(journal.started),
        "stops acknowledged": len(journal.stopped),
        "submissions acknowledged": len(journal.submitted),
        "answers refused as late or taken back": len(journal.refused),
        "events received": len(found.events),
        "events received more than once": len(found.events) - len({event["id"] for event in found.events}),
        **{f"loops {status}": count for status, count in sorted(statuses.items())},
    }
    bars = {
        "acknowledged submissions lost": sum(markers[marker] == 0 for marker in journal.submitted),
        "acknowledged submissions duplicated": sum(markers[marker] > 1 for marker in journal.submitted),
        "loops Completed without output.json": _completed_without_output(found) + len(journal.seen_without_output),
        "loops that never finished": sum(count for status, count in statuses.items() if status not in FINISHED),
        "events missing": _events_missing(found),
        "loops with two different events": _events_differing(found),
        "slots held twice": _slots_held_twice(found, journal),
        "acknowledged loops not there exactly once": sum(found.listed[name] != 1 for name in journal.started),
        "errors other than a lost connection": len(journal.problems),
    }
    return [
        *(Record(f"{who}: {what}", value, "", command) for what, value in told.items()),
        *(exact(f"{who}: {what}", value, "", bar=0, command=command) for what, value in bars.items()),
    ]


def _completed_without_output(found: Findings) -> int:
    completed = [name for name, loop in found.loops.items() if loop["HumanLoopStatus"] == "Completed"]
    return sum(name not in found.outputs for name in completed)


def _events_missing(found: Findings) -> int:
    told = {(event["detail"]["humanLoopName"], event["detail"]["humanLoopStatus"]) for event in found.events}
    return sum((name, loop["HumanLoopStatus"]) not in told for name, loop in found.loops.items())


def _events_differing(found: Findings) -> int:
    by_loop = defaultdict(set)
    for event in found.events:
        by_loop[event["detail"]["humanLoopName"]].add(json.dumps(event, sort_keys=True))
    return sum(len(different) > 1 for different in by_loop.values())


def _slots_held_twice(found: Findings, journal: Journal) -> int:
    """Count slots two claims of which overlap in time, and tasks that two workers were given."""
    overlaps = set()
    for (slot, _, _, ended), (next_slot, _, accepted, _) in zip(found.claims, found.claims[1:], strict=False):
        if slot == next_slot and (ended is None or ended > accepted):
            overlaps.add(slot)
    holders = defaultdict(set)
    for task, worker in journal.tasks:
        holders[task].add(worker)
    unknown = set(holders) - {task for _, task, _, _ in found.claims}
    return len(overlaps) + sum(len(workers) > 1 for workers in holders.values()) + len(unknown)
