"""What must not grow with the number of loops: a page of a list, a claim, the list of jobs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from benchmarks.common.records import compared, median_ms
from benchmarks.review.servers import FLOW_ARN, client
from benchmarks.review.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.common.records import Record

ROUNDS = 60
WARM_UP = 5
MOST = 2.0


@dataclass(frozen=True)
class Sizes:
    """Servers by how many loops they hold: `few`, `many`, and `finished`, of whose many loops only few still wait."""

    kind: str
    urls: Mapping[str, str]
    few: int
    many: int
    command: str

    def record(self, what: str, seconds: Mapping[str, list[float]], many: str) -> Record:
        """Compare the median of a server of many loops with that of few."""
        return compared(
            f"{self.kind}: {what}",
            median_ms(seconds[many][WARM_UP:]),
            "ms",
            peer=f"the same with {self.few:,} loops",
            peer_value=median_ms(seconds["few"][WARM_UP:]),
            most=MOST,
            command=self.command,
        )


def lists(sizes: Sizes) -> list[Record]:
    """Measure a page of ListHumanLoops: the first, and one from the middle."""
    api = {name: client("sagemaker-a2i-runtime", url) for name, url in sizes.urls.items()}
    question = {"FlowDefinitionArn": f"{FLOW_ARN}waiting", "MaxResults": 100}
    tokens = {name: _token_of_the_middle(api[name], question) for name in ("few", "many")}
    first: dict[str, list[float]] = {"few": [], "many": []}
    middle: dict[str, list[float]] = {"few": [], "many": []}
    for _ in range(ROUNDS + WARM_UP):
        for name in ("few", "many"):
            for seconds, more in ((first, {}), (middle, {"NextToken": tokens[name]})):
                begun = time.perf_counter()
                page = api[name].list_human_loops(**question, **more)
                seconds[name].append(time.perf_counter() - begun)
                assert len(page["HumanLoopSummaries"]) == 100, "a whole page"
    return [
        sizes.record(f"ListHumanLoops, first page of 100, {sizes.many:,} loops", first, "many"),
        sizes.record(f"ListHumanLoops, a page from the middle, {sizes.many:,} loops", middle, "many"),
    ]


async def claims(sizes: Sizes) -> list[Record]:
    """Measure *Start working*, with all loops waiting and with nearly all finished."""
    seconds: dict[str, list[float]] = {name: [] for name in sizes.urls}
    async with _browser(sizes, "few") as few, _browser(sizes, "many") as many, _browser(sizes, "finished") as finished:
        workers = {"few": Worker(few), "many": Worker(many), "finished": Worker(finished)}
        for worker in workers.values():
            await worker.signs_in(0)
        for _ in range(ROUNDS + WARM_UP):
            for name, worker in workers.items():
                task, took = await worker.starts("waiting")
                assert task is not None, "tasks wait"
                seconds[name].append(took)
                await worker.gives_back(task)
    return [
        sizes.record(f"claim, {sizes.many:,} loops waiting", seconds, "many"),
        sizes.record(f"claim, {sizes.few:,} of {sizes.many:,} loops waiting", seconds, "finished"),
    ]


async def pages(sizes: Sizes) -> list[Record]:
    """Measure the list of jobs, which every worker's browser asks for again and again."""
    seconds: dict[str, list[float]] = {"few": [], "many": []}
    async with _browser(sizes, "few") as few, _browser(sizes, "many") as many:
        browsers = {"few": few, "many": many}
        for browser in browsers.values():
            await Worker(browser).signs_in(0)
        for _ in range(ROUNDS + WARM_UP):
            for name, browser in browsers.items():
                begun = time.perf_counter()
                (await browser.get("/portal/")).raise_for_status()
                seconds[name].append(time.perf_counter() - begun)
    return [sizes.record(f"list of jobs, {sizes.many:,} loops waiting", seconds, "many")]


def _browser(sizes: Sizes, name: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=sizes.urls[name], timeout=60)


def _token_of_the_middle(api: object, question: dict[str, object]) -> str:
    pages = api.get_paginator("list_human_loops").paginate(**question)  # type: ignore[attr-defined]
    tokens = []
    for page in pages:
        if "NextToken" not in page:
            break
        tokens.append(page["NextToken"])
    return str(tokens[len(tokens) // 2])
