"""`python -m nightloop.aws.human_loops.reopening`: starts a night's reviews again that the review service has lost.

It is for the day on which the service's database came back from a backup. A review that has ended is never started
again. It needs the Airflow connections `aws_default` and `a2i_default`, as the tasks do.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from nightloop.aws.errors import NightloopError
from nightloop.aws.hooks.paced_a2i import PacedA2IHook
from nightloop.aws.hooks.review_flow import ReviewFlowHook
from nightloop.aws.human_loops import lifecycle
from nightloop.aws.human_loops.late_answers import LateReviews
from nightloop.aws.resources.flow_definition import FlowSettings
from nightloop.aws.storage.layout import LoopFiles
from nightloop.aws.storage.night_files import iterate_lines, iterate_opened_reviews, iterate_planned_reviews
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.config import LoopConfigError
from nightloop.config.loading import load_loop
from nightloop.domain.errors import LoopError
from nightloop.domain.reviews.outcome import ReviewOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nightloop.aws.hooks.a2i import A2IHook
    from nightloop.aws.storage.layout import NightFiles
    from nightloop.config import LoopConfig
    from nightloop.domain.detection.selection import PlannedReview

_THREADS = 16


class LostReviews:
    """The reviews that a night opened, that have not ended, and that the service does not know."""

    def __init__(self, store: ObjectStore, a2i: A2IHook, files: NightFiles) -> None:
        self.store = store
        self.a2i = a2i
        self.files = files

    def find(self) -> list[PlannedReview]:
        """Look for them."""
        ended = {outcome.review_name for outcome in self._outcomes() if not _may_be_lost(outcome)}
        opened = {row.review_name for row in iterate_opened_reviews(self.store, self.files) if row.is_there} - ended
        asked = (one for one in iterate_planned_reviews(self.store, self.files) if one.review_name in opened)

        def look(review: PlannedReview) -> PlannedReview | None:
            return review if lifecycle.adopt(self.a2i, review.review_name) is None else None

        return [one for one in lifecycle.in_bulk(self.a2i, look, asked, threads=_THREADS) if one is not None]

    def reopen(self, reviews: list[PlannedReview], loop: LoopConfig, flow_definition_arn: str) -> None:
        """Start them again under their names; a night that is collected leaves them to the next one."""
        from nightloop.domain.detection.selection import input_content

        def start(review: PlannedReview) -> None:
            content = input_content(review, loop.classes, loop.review.initial_box_score)
            lifecycle.start(self.a2i, review.review_name, flow_definition_arn, content)

        for _ in lifecycle.in_bulk(self.a2i, start, reviews, threads=_THREADS):
            pass
        if self._is_collected:
            LateReviews(self.store, self.files.loop, self.files.date).hand_on(reviews)

    @property
    def _is_collected(self) -> bool:
        return self.store.describe(self.files.outcomes) is not None

    def _outcomes(self) -> list[ReviewOutcome]:
        if not self._is_collected:
            return []
        return [ReviewOutcome.from_json(line) for line in iterate_lines(self.store, self.files.outcomes)]


def _may_be_lost(outcome: ReviewOutcome) -> bool:
    """Tell whether a night saw a review open, or missing; one that somebody stopped has a failure code or an output."""
    return outcome.is_open or (outcome.status == "Stopped" and outcome.output is None and outcome.failure_code is None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the names of what is lost, and start it again if told; return 1 if that fails."""
    options = _parser().parse_args(arguments)
    try:
        loop = load_loop(options.loop)
        lost = LostReviews(ObjectStore(), PacedA2IHook(), LoopFiles.of(loop).night(options.night))
        reviews = lost.find()
        for review in reviews:
            print(review.review_name)
        if reviews and options.yes:
            lost.reopen(reviews, loop, ReviewFlowHook().flow_definition_arn(FlowSettings.of(loop).name))
        done = "opened again" if options.yes else "lost; say --yes to open them again"
        print(f"{len(reviews)} reviews are {done}", file=sys.stderr)
    except (NightloopError, LoopError, LoopConfigError) as error:
        print(f"reopening: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nightloop.aws.human_loops.reopening", description=__doc__)
    parser.add_argument("--loop", required=True, help="the loop's name")
    parser.add_argument("--night", required=True, help="the night's date, as 2026-11-22")
    parser.add_argument("--yes", action="store_true", help="open them again; without it, only name them")
    return parser


if __name__ == "__main__":
    sys.exit(main())
