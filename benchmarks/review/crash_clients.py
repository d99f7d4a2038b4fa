"""The load of the crash test: who starts loops, who reviews them, who watches; and what each of them was told."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

import httpx
from botocore.exceptions import BotoCoreError, ClientError

PAUSE = 0.05
# More waiting tasks than this would only make the end longer.
BACKLOG = 40


@dataclass
class Journal:
    """What clients were told; lists are only appended to, and read when all have ended."""

    started: dict[str, str] = field(default_factory=dict)  # acknowledged loops -> flow
    stopped: list[str] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)  # markers of acknowledged answers
    tasks: list[tuple[str, str]] = field(default_factory=list)  # task, who it was given to
    refused: list[str] = field(default_factory=list)
    seen_without_output: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    no_more: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def acknowledged(self) -> int:
        """How often a client was told that something is done."""
        return len(self.started) + len(self.stopped) + len(self.submitted) + len(self.tasks)


def reply_of(call: Any, journal: Journal) -> Any:
    """Call AWS's client until the service answers; None when it refuses, with the reason in the journal."""
    while not journal.over.is_set():
        try:
            return call()
        except BotoCoreError:  # the service is dead, or died before it answered
            time.sleep(PAUSE)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
                journal.problems.append(str(error))
            return None
    return None


class Client(threading.Thread):
    """Somebody who works until told to end; that he cannot go on is a finding."""

    def __init__(self, name: str, journal: Journal) -> None:
        super().__init__(name=name, daemon=True)
        self._journal = journal

    def run(self) -> None:
        """Work, and note what ends it early."""
        try:
            self.works()
        except Exception:  # noqa: BLE001 - whatever it is, it is reported
            self._journal.problems.append(f"{self.name} cannot go on: {traceback.format_exc()[-1500:]}")

    def works(self) -> None:
        """Do what this client is there for."""
        raise TypeError(f"{type(self).__name__} does not say what it does")


class Starter(Client):
    """Starts loop after loop, each until it is acknowledged, and stops some of them."""

    def __init__(self, journal: Journal, a2i: Any, flows: list[tuple[str, int]], seed: int) -> None:
        super().__init__("starter", journal)
        self._a2i, self._flows = a2i, flows
        self._random = random.Random(seed)
        self._wanted = 0

    def works(self) -> None:
        """Start loops until told that there are enough."""
        flows = itertools.cycle(self._flows)
        for number in itertools.count():
            while self._wanted - len(self._journal.submitted) > BACKLOG and not self._journal.no_more.is_set():
                time.sleep(PAUSE)
            if self._journal.no_more.is_set():
                return
            self._start(f"crash-{number}", *next(flows))

    def _start(self, name: str, flow: str, answers: int) -> None:
        content = json.dumps({"number": name})
        request = {"HumanLoopName": name, "FlowDefinitionArn": flow, "HumanLoopInput": {"InputContent": content}}
        if reply_of(lambda: self._a2i.start_human_loop(**request), self._journal) is None:
            return
        self._journal.started[name] = flow
        self._wanted += answers
        if self._random.random() < 0.15:
            self._wanted -= answers
            time.sleep(self._random.random() * 0.3)
            if reply_of(lambda: self._a2i.stop_human_loop(HumanLoopName=name), self._journal) is not None:
                self._journal.stopped.append(name)


class Reviewer(Client):
    """Claims and submits as a browser would, and repeats a request that was not answered."""

    def __init__(self, journal: Journal, worker: Any, flows: list[str]) -> None:
        super().__init__(worker.email, journal)
        self._worker, self._flows = worker, itertools.cycle(flows)
        self._numbers = itertools.count()

    def works(self) -> None:
        """Review until the test is over."""
        while not self._journal.over.is_set():
            task = self._claims()
            if task is None:
                time.sleep(PAUSE)
            while task:
                self._journal.tasks.append((task, self._worker.email))
                task = self._submits(task)

    def _claims(self) -> str | None:
        try:
            task: str | None = self._worker.starts_working(next(self._flows))
        except httpx.TransportError:
            return None
        return task

    def _submits(self, task: str) -> str | None:
        """Submit until there is a reply; answer the next task if there is one."""
        marker = f"{self._worker.email} {next(self._numbers)}"
        while not self._journal.over.is_set():
            try:
                self._worker.sees(task)
                reply = self._worker.submits({"marker": marker}, seconds=0.01, task=task)
            except httpx.TransportError:
                time.sleep(PAUSE)
                continue
            if reply.status_code == 200:
                self._journal.submitted.append(marker)
                place = reply.json()["next"]
                return place.rsplit("/", 1)[1] if place.startswith("/portal/tasks/") else None
            self._journal.refused.append(f"{task}: {reply.status_code}")
            if reply.status_code != 409:
                self._journal.problems.append(f"submit: {reply.status_code} {reply.text[:300]}")
            return None
        return None


class Watcher(Client):
    """Looks at loops all the time: one that says Completed must have its output at that moment."""

    def __init__(self, journal: Journal, a2i: Any, s3: Any, seed: int) -> None:
        super().__init__("watcher", journal)
        self._a2i, self._s3 = a2i, s3
        self._random = random.Random(seed)
        self.looked = 0

    def works(self) -> None:
        """Watch until the test is over."""
        while not self._journal.over.is_set():
            names = list(self._journal.started)[-60:]
            if names:
                self._look(self._random.choice(names))
            time.sleep(PAUSE)

    def _look(self, name: str) -> None:
        loop = reply_of(lambda: self._a2i.describe_human_loop(HumanLoopName=name), self._journal)
        if loop is not None and loop["HumanLoopStatus"] == "Completed":
            self.looked += 1
            if read_output(self._s3, loop) is None:
                self._journal.seen_without_output.append(name)


def read_output(s3: Any, loop: dict[str, Any]) -> dict[str, Any] | None:
    """Read the output.json of a described loop; None when it has none."""
    uri = loop.get("HumanLoopOutput", {}).get("OutputS3Uri", "")
    if not uri:
        return None
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    try:
        document: dict[str, Any] = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError:
        return None
    return document
