"""A sweep of the open reviews: what is listed, what is asked for one by one; the same with either driver."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from nightloop.aws.errors import ReviewsMissingError, ThrottledError
from nightloop.aws.human_loops.open_reviews import OpenReviews
from nightloop.aws.human_loops.sweep import describe, drive, drive_async, sweep
from nightloop.domain.reviews.opened import OpenedReview

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FLOW = "arn:aws:sagemaker:us-east-1:123456789012:flow-definition/voc"


class Service:
    """An A2I whose list may lag behind: names in `hidden` are described and not listed."""

    def __init__(self, count, page=100):
        self.loops = {f"voc-{i:04d}": ["InProgress", NOON + timedelta(seconds=i)] for i in range(count)}
        self.page = page
        self.hidden = set()
        self.deleted_flow = False
        self.failing = []
        self.calls = []

    def answer(self, call):
        self.calls.append(call)
        if self.failing and (error := self.failing.pop(0)):
            raise error
        return getattr(self, call.operation)(**call.request)

    async def answer_async(self, call):
        await asyncio.sleep(0)
        return self.answer(call)

    def list_human_loops(self, **request):
        after, begin = request.pop("CreationTimeAfter", None), int(request.pop("NextToken", 0))
        assert request == {"FlowDefinitionArn": FLOW, "SortOrder": "Ascending", "MaxResults": 100}
        if self.deleted_flow:
            return None
        shown = [
            {"HumanLoopName": name, "HumanLoopStatus": status, "CreationTime": created}
            for name, (status, created) in sorted(self.loops.items(), key=lambda item: item[1][1])
            if name not in self.hidden and (after is None or created > after)
        ]
        end = begin + self.page
        return {"HumanLoopSummaries": shown[begin:end]} | ({"NextToken": str(end)} if end < len(shown) else {})

    def describe_human_loop(self, **request):
        (name,) = request.values()
        if name not in self.loops:
            return None
        status, created = self.loops[name]
        return {"HumanLoopStatus": status, "CreationTime": created}

    def end(self, *names, status="Completed"):
        for name in names:
            self.loops[name][0] = status

    def made(self):
        """Return the operations since this was last asked."""
        made, self.calls = [call.operation.removesuffix("_human_loops") for call in self.calls], []
        return made


DRIVERS = {
    "boto3": lambda calls, service: drive(calls, service.answer),
    "aiobotocore": lambda calls, service: asyncio.run(drive_async(calls, service.answer_async)),
}


@pytest.fixture(params=DRIVERS)
def run(request):
    return DRIVERS[request.param]


def opened(service):
    return OpenReviews(OpenedReview(name, "opened", "arn", created) for name, (_, created) in service.loops.items())


def test_pages_are_read_until_every_open_review_was_seen(run):
    service = Service(250)
    reviews = opened(service)
    service.loops |= {f"later-{i}": ["InProgress", NOON + timedelta(hours=1)] for i in range(250)}
    assert run(sweep(FLOW, reviews), service) == 3
    assert service.made() == ["list"] * 3, "what other nights opened later is not read"
    assert reviews.open == 250


def test_a_sweep_begins_where_the_oldest_open_review_is(run):
    service = Service(250)
    reviews = opened(service)
    run(sweep(FLOW, reviews), service)
    assert service.calls[0].request["CreationTimeAfter"] == NOON - timedelta(seconds=60), "clocks may differ"
    service.end(*list(service.loops)[:200])
    run(sweep(FLOW, reviews), service)
    service.made()
    assert run(sweep(FLOW, reviews), service) == 1
    began = service.calls[0].request["CreationTimeAfter"]
    assert began == NOON + timedelta(seconds=199), "the service's own time, less what it may have rounded"
    assert reviews.open == 50


def test_a_time_the_service_rounds_down_loses_no_review(run):
    service = Service(1)
    reviews = opened(service)
    run(sweep(FLOW, reviews), service)
    service.loops["voc-0000"][1] = NOON.replace(microsecond=0)
    service.made()
    assert run(sweep(FLOW, reviews), service) == 1
    assert service.made() == ["list"], "the list alone shows it"


def test_without_a_known_time_everything_is_listed(run):
    service = Service(3)
    reviews = OpenReviews([OpenedReview("voc-0002", "adopted")])
    run(sweep(FLOW, reviews), service)
    assert "CreationTimeAfter" not in service.calls[0].request


def test_what_the_list_does_not_show_yet_is_asked_for_one_by_one(run):
    service = Service(5)
    service.hidden = {"voc-0001", "voc-0003"}
    service.end("voc-0003", status="Failed")
    reviews = opened(service)
    assert run(sweep(FLOW, reviews), service) == 3
    assert [call.request.get("HumanLoopName") for call in service.calls] == [None, "voc-0001", "voc-0003"]
    assert (reviews.open, reviews.ended) == (4, {"Failed": 1})


def test_a_deleted_loop_is_not_waited_for(run):
    service = Service(2)
    reviews = opened(service)
    del service.loops["voc-0000"]
    run(sweep(FLOW, reviews), service)
    assert (reviews.open, reviews.ended) == (1, {"Deleted": 1})
    reviews.check_there()


def test_a_deleted_flow_definition_has_no_list_and_its_loops_may_be_there(run):
    service = Service(2)
    service.deleted_flow = True
    service.end("voc-0001")
    reviews = opened(service)
    assert run(sweep(FLOW, reviews), service) == 3
    assert (reviews.open, reviews.ended) == (1, {"Completed": 1})


def test_a_service_that_has_none_of_them_is_the_wrong_one(run):
    service = Service(2)
    reviews = opened(service)
    service.loops.clear()
    run(sweep(FLOW, reviews), service)
    with pytest.raises(ReviewsMissingError):
        reviews.check_there()


def test_nothing_open_is_no_call(run):
    service = Service(0)
    assert run(sweep(FLOW, opened(service)), service) == 0
    assert service.made() == []


@pytest.mark.parametrize("ok_before", [0, 1, 2])
def test_the_sweep_after_one_that_was_throttled_makes_up_for_it(run, ok_before):
    service = Service(150)
    service.hidden = {"voc-0149"}
    reviews = opened(service)
    service.end("voc-0000", "voc-0149")
    service.failing = [None] * ok_before + [ThrottledError("too fast")]
    with pytest.raises(ThrottledError):
        run(sweep(FLOW, reviews), service)
    assert len(service.made()) == ok_before + 1, "a sweep repeats nothing itself: the client does, then the next sweep"
    run(sweep(FLOW, reviews), service)
    assert (reviews.open, reviews.ended) == (148, {"Completed": 2})


def test_only_the_reviews_an_event_speaks_of_are_asked_for(run):
    service = Service(3)
    reviews = opened(service)
    service.end("voc-0001", "voc-0002")
    assert run(describe(["voc-0001"], reviews), service) == 1
    assert (reviews.open, reviews.ended) == (2, {"Completed": 1})
