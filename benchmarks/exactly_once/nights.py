"""Nights whose tasks are killed; some reviews are answered only when their night has gone on."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.exactly_once.dangers import Commit
from benchmarks.exactly_once.evidence import NightRecord
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture

if TYPE_CHECKING:
    from random import Random

    from benchmarks.exactly_once.killer import Killer
    from nightloop.config import LoopConfig
    from tests.integration.aws.reviewer import Reviewer

IMAGES = 6
BOX = {"label": "person", "left": 20, "top": 30, "width": 60, "height": 40}
FILES = Commit("aws", "PutObject", "*/nights/*")
_SHORT = 0.02  # minutes: a deadline that is over before anybody answers
_ANSWER_SECONDS = 60.0


@dataclass
class Nights:
    """The nights of one loop, one after the other."""

    loop: LoopConfig
    killer: Killer
    s3: Any
    a2i: Any
    reviewer: Reviewer
    nights: list[Night] = field(default_factory=list)
    unanswered: set[str] = field(default_factory=set)

    def next(self, chance: Random, *, answer_all: bool = False, images: int = IMAGES) -> None:
        """Go through one night."""
        night = Night(self.loop, str(date(2026, 1, 10) + timedelta(days=len(self.nights))))
        self.nights.append(night)
        for number in range(images):
            body = encode(picture([(20, 30, 60, 40)], shade=70 + number))
            night.put_key(self.s3, f"{number}.png", body)
        arn = self._open(night)
        late = 0 if answer_all or chance.random() < 0.6 else chance.randint(1, images)
        self._answer(night, leave=late)
        self.killer.do("wait_for_answers", lambda: night.wait(arn, _SHORT if late else 2))
        self._finish(night)

    def _open(self, night: Night) -> str | None:
        do = self.killer.do
        for chunk in do("list_images", night.list, FILES):
            do("score_images", lambda chunk=chunk: night.score(chunk), FILES)
        do("plan_reviews", night.plan, FILES)
        starts = Commit("review", "StartHumanLoop", most=IMAGES)
        opened: dict[str, Any] = do("open_reviews", night.open, starts, starts, FILES)
        return opened["flow_definition_arn"]

    def _finish(self, night: Night) -> None:
        do = self.killer.do
        others = (Commit("aws", "PutObject", "*/open/*", 3), Commit("aws", "PutObject", "*/late/*", 3))
        settled = Commit("aws", "DeleteObject", "*/open/*", 2)
        twice = Commit("aws", "PutObject", "*/nights/*", 2)
        do("collect_answers", night.collect, twice, *others, settled)
        do("build_manifest", night.build, FILES)
        do("write_receipt", night.receipt, FILES)

    def _answer(self, night: Night, leave: int) -> None:
        """Answer what waits, earlier nights' reviews too, but for some; wait until all outputs are written."""
        new = {line["review_name"] for line in night.lines(night.files.reviews)}
        self.unanswered |= new
        for _ in range(len(self.unanswered) - leave):
            self._answer_one(night)
        deadline = time.monotonic() + _ANSWER_SECONDS
        while len(self.unanswered) > leave:
            assert time.monotonic() < deadline, f"{len(self.unanswered) - leave} outputs are not written"
            self.unanswered = {name for name in self.unanswered if not self._is_completed(name)}
            time.sleep(0.05)

    def _answer_one(self, night: Night) -> None:
        deadline = time.monotonic() + _ANSWER_SECONDS
        while not self.reviewer.answers(night.flow.name, [BOX]):
            assert time.monotonic() < deadline, "no review waits"
            time.sleep(0.05)

    def _is_completed(self, name: str) -> bool:
        return bool(self.a2i.describe_human_loop(HumanLoopName=name)["HumanLoopStatus"] == "Completed")

    def records(self) -> list[NightRecord]:
        """Read what the nights left."""
        return [
            NightRecord(
                night.date,
                plan=night.lines(night.files.plan),
                loops=night.lines(night.files.reviews),
                answers=night.lines(night.files.answers),
                manifest=night.lines(night.files.manifest),
            )
            for night in self.nights
        ]
