"""The five operations of A2I's runtime through plain boto3."""

import base64
import json
import threading
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError


def refused(call, **request):
    with pytest.raises(ClientError) as caught:
        call(**request)
    error = caught.value.response
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"], error["Error"]["Message"]


def start(service, name, arn, content, **more):
    return service.a2i.start_human_loop(
        HumanLoopName=name, FlowDefinitionArn=arn, HumanLoopInput={"InputContent": content}, **more
    )


def test_starting_again_with_the_same_input_adopts_the_loop(service, job, worker, answer):
    loop = job.starts_loop(header="one")
    first = service.a2i.describe_human_loop(HumanLoopName=loop)
    job.starts_loop(loop, header="one")
    assert service.a2i.describe_human_loop(HumanLoopName=loop) | {"ResponseMetadata": 0} == first | {
        "ResponseMetadata": 0
    }
    worker.starts_working(job.name)
    worker.submits(answer)
    job.becomes(loop, "Completed")
    job.starts_loop(loop, header="one")
    assert job.status(loop) == "Completed", "a finished review is not paid for again"
    assert worker.starts_working(job.name) is None


def test_the_order_of_keys_is_no_different_input(service, job):
    arn = start(service, "same-meaning", job.arn, '{"a": 1, "b": [2]}')["HumanLoopArn"]
    assert start(service, "same-meaning", job.arn, '{ "b":[2],"a":1 }')["HumanLoopArn"] == arn


def test_another_input_under_the_same_name_is_a_conflict(service, job, new_job):
    loop = job.starts_loop(header="one")
    content = {"InputContent": json.dumps({"header": "two"})}
    request = {"HumanLoopName": loop, "FlowDefinitionArn": job.arn, "HumanLoopInput": content}
    code, status, message = refused(service.a2i.start_human_loop, **request)
    assert (code, status) == ("ConflictException", 409)
    assert loop in message
    with pytest.raises(ClientError, match="ConflictException"):
        new_job().starts_loop(loop, header="one")


def test_many_callers_starting_one_loop_make_one_loop(service, job):
    outcomes = []

    def call():
        outcomes.append(start(service, "raced", job.arn, '{"a": 1}')["HumanLoopArn"])

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 8
    assert len(set(outcomes)) == 1
    ((loop_id,),) = service.reads("SELECT id FROM human_loops WHERE name = 'raced'")
    assert service.reads("SELECT count(*) FROM slots WHERE human_loop_id = :loop", loop=loop_id) == [(1,)]


@pytest.mark.parametrize("arn", ["flow-definition/no-such-flow", "flow-definition/flow-"])
def test_an_unknown_flow_is_a_validation_error(service, job, arn):
    foreign = job.arn.rpartition(":")[0] + ":" + arn
    content = {"InputContent": "{}"}
    request = {"HumanLoopName": "x", "FlowDefinitionArn": foreign, "HumanLoopInput": content}
    assert refused(service.a2i.start_human_loop, **request)[:2] == ("ValidationException", 400)
    elsewhere = job.arn.replace("us-east-1", "eu-west-1")
    request["FlowDefinitionArn"] = elsewhere
    assert refused(service.a2i.start_human_loop, **request)[:2] == ("ValidationException", 400)


@pytest.mark.parametrize("content", ["", "no json", "[1]", '"text"', "null", '{"a": NaN}', "[" * 100_000])
def test_input_that_is_no_json_object_is_refused(service, job, content):
    request = {"HumanLoopName": "bad", "FlowDefinitionArn": job.arn, "HumanLoopInput": {"InputContent": content}}
    code, status, message = refused(service.a2i.start_human_loop, **request)
    assert (code, status) == ("ValidationException", 400)
    assert "InputContent" in message


def test_describing_what_is_not_there(service):
    code, status, _ = refused(service.a2i.describe_human_loop, HumanLoopName="never-started")
    assert (code, status) == ("ResourceNotFoundException", 404)


def test_a_wrong_secret_is_refused(service):
    stranger = service.client("sagemaker-a2i-runtime", aws_secret_access_key="guess")
    code, status, _ = refused(stranger.describe_human_loop, HumanLoopName="x")
    assert (code, status) == ("InvalidSignatureException", 403)


def test_the_paginator_meets_every_loop_once_while_loops_are_added(service, job):
    first = [job.starts_loop() for _ in range(7)]
    paginator = service.a2i.get_paginator("list_human_loops")
    seen = []
    for number, page in enumerate(
        paginator.paginate(FlowDefinitionArn=job.arn, SortOrder="Ascending", PaginationConfig={"PageSize": 3})
    ):
        seen += [summary["HumanLoopName"] for summary in page["HumanLoopSummaries"]]
        if number == 0:
            added = [job.starts_loop() for _ in range(2)]
    assert seen == first + added
    newest_first = service.a2i.list_human_loops(FlowDefinitionArn=job.arn, MaxResults=2)
    names = [summary["HumanLoopName"] for summary in newest_first["HumanLoopSummaries"]]
    assert names == [added[1], added[0]]
    job.starts_loop()
    following = service.a2i.list_human_loops(
        FlowDefinitionArn=job.arn, MaxResults=2, NextToken=newest_first["NextToken"]
    )
    assert [summary["HumanLoopName"] for summary in following["HumanLoopSummaries"]] == [first[6], first[5]]


@pytest.mark.parametrize("order", ["Ascending", "Descending"])
@pytest.mark.parametrize("size", [1, 4])
def test_loops_of_one_millisecond_are_met_once_while_others_are_added(service, job, order, size):
    before = [job.starts_loop() for _ in range(9)]
    moment = "2026-01-01 00:00:00.000000"
    for group in (before[:5], before[5:]):
        for name in group:
            service.changes("UPDATE human_loops SET created_at = :moment WHERE name = :name", moment=moment, name=name)
        moment = "2026-01-01 00:00:00.001000"
    seen = []
    pages = service.a2i.get_paginator("list_human_loops").paginate(
        FlowDefinitionArn=job.arn, SortOrder=order, PaginationConfig={"PageSize": size}
    )
    for page in pages:
        seen += [summary["HumanLoopName"] for summary in page["HumanLoopSummaries"]]
        if len(seen) < 9:
            job.starts_loop()
    assert [name for name in seen if name in before] == (before if order == "Ascending" else before[::-1])
    assert len(seen) == len(set(seen))


def test_a_window_of_time_begins_with_its_first_moment(service, job):
    loops = [job.starts_loop() for _ in range(3)]
    times = [service.a2i.describe_human_loop(HumanLoopName=loop)["CreationTime"] for loop in loops]

    def names(**window):
        listed = service.a2i.list_human_loops(FlowDefinitionArn=job.arn, SortOrder="Ascending", **window)
        assert "NextToken" not in listed
        return [summary["HumanLoopName"] for summary in listed["HumanLoopSummaries"]]

    assert names(CreationTimeAfter=times[1]) == loops[1:]
    assert names(CreationTimeBefore=times[1]) == loops[:1]
    assert names(CreationTimeAfter=times[2] + timedelta(milliseconds=1)) == []


def forgeries(token):
    """Tokens for the right question that no list ever gave."""
    time, identifier, question = json.loads(base64.urlsafe_b64decode(token))
    places = [
        [time, 10**30],
        [time, -1],
        [time, "1"],
        [time, True],
        ["yesterday", 1],
        [time[:19], 1],
        [5, 1],
        [None, 1],
    ]
    for place in places:
        yield base64.urlsafe_b64encode(json.dumps([*place, question]).encode()).decode()
    assert identifier > 0


def test_tokens_of_other_questions_are_refused(service, job, new_job):
    for _ in range(3):
        job.starts_loop()
    token = service.a2i.list_human_loops(FlowDefinitionArn=job.arn, MaxResults=1)["NextToken"]
    for request in (
        {"FlowDefinitionArn": new_job().arn, "NextToken": token},
        {"FlowDefinitionArn": job.arn, "NextToken": token, "SortOrder": "Ascending"},
        {"FlowDefinitionArn": job.arn, "NextToken": "made up"},
        {"FlowDefinitionArn": job.arn, "NextToken": "W10="},
        *[{"FlowDefinitionArn": job.arn, "NextToken": forged} for forged in forgeries(token)],
    ):
        assert refused(service.a2i.list_human_loops, **request)[:2] == ("ValidationException", 400)
    code, _, message = refused(service.a2i.list_human_loops, FlowDefinitionArn=job.arn, MaxResults=101)
    assert code == "ValidationException"
    assert "100" in message


def test_stopping_what_nobody_works_on(service, job, worker):
    loop = job.starts_loop()
    service.a2i.stop_human_loop(HumanLoopName=loop)
    assert job.status(loop) == "Stopped"
    assert worker.starts_working(job.name) is None
    code, status, message = refused(service.a2i.stop_human_loop, HumanLoopName=loop)
    assert (code, status) == ("ValidationException", 400)
    assert message == f"The human loop {loop} is already Stopped, so there is nothing to stop."


def test_who_works_on_a_stopped_loop_may_finish(service, new_job, answer, written):
    job = new_job(TaskCount=2)
    worker = service.employs("ann", job.group)
    worker.signs_in()
    loop = job.starts_loop()
    worker.starts_working(job.name)
    service.a2i.stop_human_loop(HumanLoopName=loop)
    assert job.status(loop) == "Stopping"
    assert refused(service.a2i.delete_human_loop, HumanLoopName=loop)[0] == "ValidationException"
    assert worker.submits(answer).status_code == 200
    described = job.becomes(loop, "Stopped")
    assert len(written(described)["humanAnswers"]) == 1


def test_a_stopped_loop_whose_worker_gives_up_has_no_output(service, job, worker):
    loop = job.starts_loop()
    worker.starts_working(job.name)
    service.a2i.stop_human_loop(HumanLoopName=loop)
    worker.stops_working()
    assert "HumanLoopOutput" not in job.becomes(loop, "Stopped")


def test_deleting_frees_the_name_and_keeps_the_output(service, job, worker, answer, written):
    loop = job.starts_loop()
    assert refused(service.a2i.delete_human_loop, HumanLoopName=loop)[0] == "ValidationException"
    worker.starts_working(job.name)
    worker.submits(answer)
    described = job.becomes(loop, "Completed")
    service.a2i.delete_human_loop(HumanLoopName=loop)
    assert refused(service.a2i.describe_human_loop, HumanLoopName=loop)[1] == 404
    assert service.a2i.list_human_loops(FlowDefinitionArn=job.arn)["HumanLoopSummaries"] == []
    assert written(described)["humanLoopName"] == loop
    job.starts_loop(loop, header="another")
    assert worker.starts_working(job.name)


def test_a_loop_nobody_answers_in_time_fails(service, new_job, answer):
    job = new_job(TaskAvailabilityLifetimeInSeconds=1)
    worker = service.employs("ann", job.group)
    worker.signs_in()
    loop = job.starts_loop()
    described = job.becomes(loop, "Failed")
    assert described["FailureCode"] == "Expired"
    assert "1 seconds" in described["FailureReason"]
    assert worker.starts_working(job.name) is None
    (summary,) = service.a2i.list_human_loops(FlowDefinitionArn=job.arn)["HumanLoopSummaries"]
    assert summary["FailureReason"] == described["FailureReason"]


def test_deleting_a_flow_stops_its_loops(service, job, worker, answer, eventually):
    held = job.starts_loop()
    worker.starts_working(job.name)
    waiting = job.starts_loop()
    service.sagemaker.delete_flow_definition(FlowDefinitionName=job.name)
    assert job.status(waiting) == "Stopped"
    assert job.status(held) == "Stopping"
    described = service.sagemaker.describe_flow_definition(FlowDefinitionName=job.name)
    assert described["FlowDefinitionStatus"] == "Deleting"
    with pytest.raises(ClientError, match="ValidationException"):
        job.starts_loop()
    assert worker.submits(answer).json()["next"] == f"/portal/?finished={job.name}"
    job.becomes(held, "Stopped")

    def is_gone():
        try:
            service.a2i.list_human_loops(FlowDefinitionArn=job.arn)
        except ClientError as error:
            return error.response["Error"]["Code"] == "ResourceNotFoundException"
        return False

    eventually(is_gone)
    assert job.status(held) == "Stopped", "its loops can still be described"
