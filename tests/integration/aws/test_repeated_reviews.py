"""Two reviewers an image: where they disagree others are asked; where they agreed, later reviewers are measured."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from nightloop.aws.hooks.a2i import A2IHook
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.reviewer import Reviewer

TRUE = {"label": "person", "left": 20, "top": 30, "width": 60, "height": 40}
OTHER = {"label": "person", "left": 120, "top": 30, "width": 60, "height": 40}


@pytest.fixture(scope="module")
def paired_loop(make_loop, live_loop):
    review = {"task_count": 2, "score_threshold": 1.0}
    made = make_loop(review=review, trust={"tie_break_below": 0.8, "gold_share": 0.5}, budget={"reviews": 6})
    return replace(made, endpoint=live_loop.endpoint)


def put(night, s3, *names):
    for number, name in enumerate(names):
        night.put_key(s3, f"{name}.png", encode(picture([(20, 30, 60, 40)], shade=60 + 7 * len(name) + number)))


def answer_all(night, people, boxes):
    """Let each person answer all tasks of the flow with the boxes of his own; say how many there were."""
    return {
        name: sum(bool(person.answers(night.flow.name, boxes[name])) for _ in range(9))
        for name, person in people.items()
    }


def test_a_disagreement_is_settled_by_the_next_night_and_agreement_measures_reviewers(paired_loop, s3, stack):
    first, second, third = (Night(paired_loop, f"2026-06-0{day}") for day in (1, 2, 3))
    first.create_flow()
    people = {name: Reviewer(stack).signs_in(name) for name in ("ann", "ben")}

    put(first, s3, "a", "b")
    opened = first.open_all()
    assert answer_all(first, people, {"ann": [TRUE], "ben": [OTHER]}) == {"ann": 2, "ben": 2}
    first.wait(opened["flow_definition_arn"], 1)
    first.collect()
    answers = first.lines(first.files.answers)
    assert [answer["agreement"] for answer in answers] == [0.0, 0.0]
    assert all(reviewer["reviewer"].startswith("reviewer-") for row in answers for reviewer in row["reviewers"])
    assert first.measure()["reviewers"] == 2
    broken = first.break_ties()
    assert (broken["opened"], broken["refused"]) == (2, 0)
    assert first.build()["lines"] == 0, "what is looked at again is not learned from yet"
    written = first.objects()
    assert first.break_ties() == broken
    assert first.objects() == written, "the second run keeps every byte"

    assert answer_all(first, people, {"ann": [TRUE], "ben": [TRUE]}) == {"ann": 2, "ben": 2}
    assert second.list() == []
    second.plan()
    second.open()
    second.collect()
    settled = second.lines(second.files.answers)
    assert [(len(answer["reviewers"]), len(answer["boxes"]), answer["earlier"]) for answer in settled] == [
        (4, 1, 2)
    ] * 2
    assert second.break_ties()["opened"] == 0, "an image is looked at again once"
    assert second.build()["lines"] == 2
    assert second.measure()["reviewers"] == 2

    put(third, s3, "cc", "dd")
    for chunk in third.list():
        third.score(chunk)
    assert "gold" not in third.plan(), "four reviewers of whom one erred agree by half: nothing is known well enough"


def test_gold_images_measure_without_being_learned_from(paired_loop, s3, stack):
    first, second = (Night(paired_loop, f"2026-07-0{day}") for day in (1, 2))
    first.create_flow()
    makers = {name: Reviewer(stack).signs_in(name) for name in ("ann", "ben")}
    others = {name: Reviewer(stack).signs_in(name) for name in ("cat", "dan")}
    put(first, s3, "eee", "fff")
    opened = first.open_all()
    answer_all(first, makers, {"ann": [TRUE], "ben": [TRUE]})
    first.wait(opened["flow_definition_arn"], 1)
    first.collect()
    assert first.build()["lines"] == 2

    put(second, s3, "gggg", "hhhh")
    for chunk in second.list():
        second.score(chunk)
    assert second.plan()["gold"] == 1
    opened = second.open()
    assert opened["opened"] == 3
    answer_all(second, others, {"cat": [TRUE], "dan": [OTHER]})
    second.wait(opened["flow_definition_arn"], 1)
    second.collect()
    second.measure()
    evidence = {row["right"]: row for row in second.lines(second.loop_files.reviewer_records(second.date))}
    assert (evidence[1]["gold"], evidence[1]["missed"]) == (1, 0)
    assert (evidence[0]["gold"], evidence[0]["missed"], evidence[0]["made_up"]) == (1, 1, 1)
    assert second.break_ties()["opened"] == 2, "the known image is settled already"
    assert second.build()["lines"] == 0


def relabel(s3, name, label):
    """Change the label in a human loop's output, as a template with other labels would have written it."""
    uri = A2IHook().describe_human_loop(name)["HumanLoopOutput"]["OutputS3Uri"]
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    output = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    output["humanAnswers"][0]["answerContent"]["annotatedResult"]["boundingBoxes"][0]["label"] = label
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(output).encode())


def test_an_answer_that_cannot_be_used_is_no_negative_and_is_asked_again_once(make_loop, live_loop, s3, stack):
    made = make_loop(review={"score_threshold": 1.0, "audit_share": 1.0}, training={"negatives": "keep"})
    first, second = (Night(replace(made, endpoint=live_loop.endpoint), f"2026-09-0{day}") for day in (1, 2))
    first.create_flow()
    ann = Reviewer(stack).signs_in("ann")
    put(first, s3, "a", "b", "c")
    opened = first.open_all()
    assert answer_all(first, {"ann": ann}, {"ann": [TRUE]}) == {"ann": 3}
    first.wait(opened["flow_definition_arn"], 1)
    bad = min(row["review_name"] for row in first.lines(first.files.plan))
    relabel(s3, bad, "Person")
    assert first.collect()["answers"] == 2
    (refused,) = [row for row in first.lines(first.files.answers) if "unusable" in row]
    assert (refused["review_name"], refused["reviewers"], refused["boxes"]) == (bad, [], [])
    assert refused["unusable"]["code"] == "label"
    assert "label 'Person' is not one of the loop's classes" in refused["unusable"]["reason"]
    asked = first.break_ties()
    assert (asked["opened"], asked["refused"]) == (1, 0)
    assert first.build()["lines"] == 2
    receipt = first.receipt(first.check())
    assert (receipt["answers"], receipt["unusable_answers"], receipt["manifest_lines"]) == (2, 1, 2)
    assert (receipt["undecided"], receipt["asked_again"]) == ({"label": 1}, 1)
    assert (receipt["audited"]["with_objects"], receipt["live_quality"]) == (2, None), "too few to say how good it is"
    written = first.objects()
    assert (first.collect()["answers"], first.break_ties()) == (2, asked)
    assert first.objects() == written, "a cleared night keeps every byte and asks nobody twice"

    assert answer_all(first, {"ann": ann}, {"ann": []}) == {"ann": 1}
    (again,) = [row["review_name"] for row in first.lines(first.files.tie_breaks)]
    assert second.list() == []
    second.plan()
    second.open()
    second.collect()
    (settled,) = second.lines(second.files.answers)
    assert (settled["review_name"], settled["boxes"], "unusable" in settled) == (again, [], False)
    assert second.break_ties()["opened"] == 0, "an image is asked about again once"
    assert second.build()["lines"] == 1, "a reviewer who could be understood said that nothing is there"


def test_a_second_answer_that_cannot_be_used_is_left_out(make_loop, live_loop, s3, stack):
    made = make_loop(review={"score_threshold": 1.0})
    first, second = (Night(replace(made, endpoint=live_loop.endpoint), f"2026-10-0{day}") for day in (1, 2))
    first.create_flow()
    ann = Reviewer(stack).signs_in("ann")
    put(first, s3, "a")
    opened = first.open_all()
    answer_all(first, {"ann": ann}, {"ann": [TRUE]})
    first.wait(opened["flow_definition_arn"], 1)
    relabel(s3, first.lines(first.files.plan)[0]["review_name"], "person ")
    first.collect()
    assert first.break_ties()["opened"] == 1
    assert first.build()["lines"] == 0
    answer_all(first, {"ann": ann}, {"ann": [TRUE]})
    relabel(s3, first.lines(first.files.tie_breaks)[0]["review_name"], "PERSON")
    second.list()
    second.plan()
    second.open()
    second.collect()
    assert second.break_ties()["opened"] == 0
    assert second.build()["lines"] == 0
    assert second.receipt()["undecided"] == {"label": 1}


def test_a_budget_leaves_out_what_does_not_fit_and_a_dry_run_asks_nobody(make_loop, live_loop, s3, stack):
    loop = replace(make_loop(review={"score_threshold": 1.0}, budget={"reviews": 2}), endpoint=live_loop.endpoint)
    night = Night(loop, "2026-08-01")
    night.create_flow()
    put(night, s3, "a", "b", "c", "d")
    for chunk in night.list():
        night.score(chunk)
    plan = night.plan(plan_only=True)
    assert (plan["reviews"], plan["left_out"]) == (2, {"the night's 2 reviews are spent": 2})
    assert plan["minutes"] > 0
    with pytest.raises(AirflowSkipException, match="asks nobody"):
        night.open(plan_only="True")
    a2i = stack.client("sagemaker-a2i-runtime", "review")
    arn = stack.client("sagemaker", "review").describe_flow_definition(FlowDefinitionName=night.flow.name)
    listed = a2i.list_human_loops(FlowDefinitionArn=arn["FlowDefinitionArn"])
    assert listed["HumanLoopSummaries"] == []
    hashes = [json.loads(json.dumps(row))["perceptual_hash"] for row in night.lines(night.files.predictions("00000"))]
    assert all(len(text) == 16 for text in hashes)
    assert night.open()["opened"] == 2
