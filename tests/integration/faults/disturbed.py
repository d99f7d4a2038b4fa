"""A night gone through twice: undisturbed, and with everything in its way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from nightloop.aws.errors import TransientError
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.reviewer import Reviewer

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.exactly_once.histories import Entry
    from tests.integration.faults.stack import StackUnderTest

BOX = {"label": "person", "left": 20, "top": 30, "width": 60, "height": 40}
IMAGES = 3
TRIES = 20


def until_done(step: Callable[[], Any]) -> Any:
    """Run a step as Airflow does: again, if what went wrong may pass by itself. The pause is left out."""
    for _ in range(TRIES):
        try:
            return step()
        except TransientError as error:
            passing = error
    raise AssertionError(f"not done after {TRIES} tries") from passing


class DisturbedNight:
    """One night; `disturb` is called before each half that has to bear the faults."""

    def __init__(self, loop: Any, s3: Any, stack: StackUnderTest, date: str) -> None:
        self.stack = stack
        self.night = Night(loop, date)
        self.store = ObjectStore()
        for number in range(IMAGES):
            self.night.put_key(s3, f"{number}.png", encode(picture([(20, 30, 60, 40)], shade=70 + number)))

    def plan(self) -> bytes:
        for chunk in until_done(self.night.list):
            until_done(lambda chunk=chunk: self.night.score(chunk))
        until_done(self.night.plan)
        return self.store.read(self.night.files.plan)

    def open(self) -> dict[str, Any]:
        return until_done(self.night.open)

    def finish(self, arn: str) -> bytes:
        until_done(lambda: self.night.wait(arn, 1))
        until_done(self.night.collect)
        until_done(self.night.build)
        return self.store.read(self.night.files.manifest)

    def forget(self, *uris: str) -> None:
        """Let the night begin anew from before these files."""
        for uri in uris:
            self.store.delete(uri)

    def forget_all(self) -> None:
        self.forget(*(entry.uri for entry in self.store.list(self.night.folder + "/")))

    def answer(self) -> None:
        reviewer = Reviewer(self.stack).signs_in()
        deadline = time.monotonic() + 30
        for _ in range(IMAGES):
            while not reviewer.answers(self.night.flow.name, [BOX]):
                assert time.monotonic() < deadline, "no review waits"
                time.sleep(0.1)

    def wait_for_outputs(self) -> None:
        a2i = self.stack.client("sagemaker-a2i-runtime", "review")
        names = [line["review_name"] for line in self.night.lines(self.night.files.reviews)]
        deadline = time.monotonic() + 30
        while {a2i.describe_human_loop(HumanLoopName=name)["HumanLoopStatus"] for name in names} != {"Completed"}:
            assert time.monotonic() < deadline, "the reviews are not completed"
            time.sleep(0.1)

    def loops_made(self) -> list[str]:
        made: list[Entry] = self.stack.history("review")
        planned = {line["review_name"] for line in self.night.lines(self.night.files.plan)}
        return sorted(
            one.name
            for one in made
            if one.operation == "StartHumanLoop" and one.effect == "created" and one.name in planned
        )


def goes_as_if_nothing_happened(night: DisturbedNight, disturb: Callable[[], None]) -> None:
    """Go through a night undisturbed and disturbed, half by half: same bytes, every review opened once."""
    plan = night.plan()
    night.forget_all()
    disturb()
    assert night.plan() == plan
    arn = night.open()["flow_definition_arn"]
    assert len(night.loops_made()) == IMAGES
    night.stack.forget_orders()
    night.answer()
    collects_as_if_nothing_happened(night, arn, disturb)


def collects_as_if_nothing_happened(night: DisturbedNight, arn: str, disturb: Callable[[], None]) -> None:
    """Collect the answers undisturbed and disturbed; then open the reviews once more, which are all there."""
    night.wait_for_outputs()
    files = night.night.files
    manifest = night.finish(arn)
    assert manifest.count(b"\n") == IMAGES
    night.forget(files.outcomes, files.answers, files.manifest)
    disturb()
    assert night.finish(arn) == manifest
    night.forget(files.reviews)
    again = night.open()
    assert (again["opened"], again["adopted"], again["refused"]) == (0, IMAGES, 0)
    assert len(night.loops_made()) == IMAGES
