"""Answers that come after their night, nights that overlap, reviews nobody ever answers, quotas."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from nightloop.aws.clients.error_translation import translated
from nightloop.aws.errors import TooManyFailuresError
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.human_loops import lifecycle, reopening
from nightloop.aws.human_loops.late_answers import LateReviews
from nightloop.aws.storage.object_store import ObjectStore
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.reviewer import Reviewer
from tests.integration.aws.test_night import BOX, answer_all


def opened(loop, s3, date, images=1):
    night = Night(loop, date)
    for number in range(images):
        shade = 60 + number + 7 * int(date[-2:])
        night.put_key(s3, f"{number}.png", encode(picture([(20, 30, 60, 40)], shade=shade)))
    night.open_all()
    return night


def names_of(night):
    return {line["review_name"] for line in night.lines(night.files.reviews)}


def statuses(night):
    return {line["review_name"]: line["status"] for line in night.lines(night.files.outcomes)}


def test_two_nights_at_once_see_the_same_late_answer_and_one_takes_it(own_loop, s3, stack):
    late = opened(own_loop, s3, "2026-05-01", images=2)
    late.finish()
    answer_all(stack, late.flow.name, names_of(late))
    nights = [opened(own_loop, s3, f"2026-05-{day}") for day in ("02", "03")]
    tasks = [Night(own_loop, night.date) for night in nights]
    # Both look before either has claimed: what a night saw is not yet its own.
    seen = [LateReviews(ObjectStore(), task.loop_files, task.date).waiting() for task in tasks]
    assert set(seen[0]) == set(seen[1]) == names_of(late)
    second, first = tasks
    receipts = [first.finish(), second.finish()]
    assert [receipt["late_answers"] for receipt in receipts] == [2, 0]
    kept = {night.date: night.objects() for night in (late, first, second)}
    for night in (second, late, first):
        night.finish()
    assert {night.date: night.objects() for night in (late, first, second)} == kept


def test_interleaved_claims_split_the_answers_and_count_each_once(own_loop, s3, stack):
    late = opened(own_loop, s3, "2026-05-04", images=3)
    late.finish()
    names = sorted(names_of(late))
    answer_all(stack, late.flow.name, names)
    nights = [Night(own_loop, date) for date in ("2026-05-05", "2026-05-06")]
    for night in nights:
        night.open_all()
    store = ObjectStore()
    # The other night was killed after its first claim and before it wrote anything.
    assert LateReviews(store, nights[1].loop_files, nights[1].date).take(names[1])
    receipts = [night.finish() for night in nights]
    assert [receipt["late_answers"] for receipt in receipts] == [2, 1]
    assert sorted(line["review_name"] for night in nights for line in night.lines(night.files.answers)) == names


def test_a_review_nobody_answers_is_stopped_after_so_many_nights(own_loop, s3, stack):
    loop = replace(own_loop, review=replace(own_loop.review, give_up_after_nights=2))
    first = opened(loop, s3, "2026-05-10")
    (name,) = names_of(first)
    receipt = first.finish()
    assert (receipt["reviews_open"], receipt["answers"], receipt["given_up"]) == (1, 0, 0)
    second = opened(loop, s3, "2026-05-11")
    assert second.finish()["given_up"] == 0
    assert A2IHook().describe_human_loop(name)["HumanLoopStatus"] == "InProgress", "it may still be answered"
    third = opened(loop, s3, "2026-05-14")
    assert third.finish()["given_up"] == 1
    assert A2IHook().describe_human_loop(name)["HumanLoopStatus"] == "Stopped"
    outcome = next(line for line in third.lines(third.files.outcomes) if line["review_name"] == name)
    assert (outcome["status"], outcome["failure_code"], outcome["night"]) == ("Stopped", "GivenUp", first.date)
    assert outcome["failure_reason"] == "nobody answered within 2 nights"
    fourth = opened(loop, s3, "2026-05-15")
    fourth.finish()
    assert name not in statuses(fourth)


def test_a_backfill_of_an_earlier_night_gives_up_nothing_of_a_later_one(own_loop, s3):
    loop = replace(own_loop, review=replace(own_loop.review, give_up_after_nights=1))
    later = opened(loop, s3, "2026-05-22")
    later.finish()
    earlier = opened(loop, s3, "2026-05-20")
    assert earlier.finish()["given_up"] == 0
    (name,) = names_of(later)
    assert A2IHook().describe_human_loop(name)["HumanLoopStatus"] == "InProgress"


def test_who_works_on_a_review_that_is_given_up_may_finish(own_loop, s3, stack):
    loop = replace(own_loop, review=replace(own_loop.review, give_up_after_nights=1))
    first = opened(loop, s3, "2026-05-24")
    (name,) = names_of(first)
    first.finish()
    reviewer = Reviewer(stack).signs_in()
    task = reviewer.takes(first.flow.name)
    second = Night(loop, "2026-05-25")
    second.open_all()
    assert second.finish()["given_up"] == 0
    assert A2IHook().describe_human_loop(name)["HumanLoopStatus"] == "Stopping"
    reviewer.submits(task, [BOX])
    wait_until_written(name)
    third = Night(loop, "2026-05-26")
    third.open_all()
    receipt = third.finish()
    assert (receipt["late_answers"], receipt["given_up"]) == (1, 0)


def wait_until_written(name):
    deadline = time.monotonic() + 30
    while A2IHook().describe_human_loop(name)["HumanLoopStatus"] == "Stopping":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_quota_ends_the_opening_and_the_next_night_opens_the_rest(own_loop, s3, stack, monkeypatch):
    loop = replace(own_loop, scoring=replace(own_loop.scoring, concurrency=1))
    night = Night(loop, "2026-06-01")
    for number in range(4):
        night.put_key(s3, f"{number}.png", encode(picture([(20, 30, 60, 40)], shade=90 + number)))
    for chunk in night.list():
        night.score(chunk)
    night.plan()
    planned = [line["review_name"] for line in night.lines(night.files.plan)]
    asked = limit_open_loops(monkeypatch, 1)
    assert {key: value for key, value in night.open().items() if key != "flow_definition_arn"} == {
        "opened": 1,
        "adopted": 0,
        "refused": 0,
        "postponed": 3,
    }
    assert len(asked) <= 1 + 4, "it does not go on asking"
    receipt = night.finish()
    assert (receipt["reviews_opened"], receipt["reviews_postponed"], receipt["reviews_failed"]) == (1, 3, 0)
    again = night.objects()
    night.open()
    assert night.objects() == again

    following = Night(loop, "2026-06-02")
    following.open_all()
    rest = {line["review_name"]: line["outcome"] for line in following.lines(following.files.reviews)}
    assert set(rest.values()) == {"postponed"}, "the quota is still used up: they wait for a third night"
    following.finish()
    monkeypatch.undo()
    restore(stack, monkeypatch)
    third = Night(loop, "2026-06-03")
    third.open_all()
    lines = {line["review_name"]: line["outcome"] for line in third.lines(third.files.reviews)}
    assert set(lines) == set(planned) - {next(iter(set(planned) - set(rest)))}
    assert set(lines.values()) == {"opened"}
    later = Night(loop, "2026-06-04")
    later.open_all()
    assert later.lines(later.files.plan) == [], "each is taken over once"
    kept = third.objects()
    third.plan()
    assert third.objects() == kept


def limit_open_loops(monkeypatch, allowed):
    """Let the service have room for so many loops more."""
    asked = []
    start = A2IHook.start_human_loop.__wrapped__

    def limited(self, **request):
        asked.append(request["name"])
        if len(asked) <= allowed:
            return start(self, **request)
        # Raised, not stubbed: threads share the client, and one's stub would end another's.
        refusal = {"Code": "ServiceQuotaExceededException", "Message": "too many human loops"}
        raise ClientError({"Error": refusal, "ResponseMetadata": {"HTTPStatusCode": 402}}, "StartHumanLoop")

    monkeypatch.setattr(A2IHook, "start_human_loop", translated(limited))
    return asked


def restore(stack, monkeypatch):
    for name, value in stack.connections().items():
        monkeypatch.setenv(name, value)


def test_too_many_unreadable_answers_fail_the_night_with_the_counts(own_loop, s3, stack):
    loop = replace(own_loop, limits=replace(own_loop.limits, few=2, max_unusable_share=0.4))
    night = opened(loop, s3, "2026-06-10", images=3)
    answer_all(stack, night.flow.name, names_of(night))
    output = A2IHook().describe_human_loop
    whole = {}
    for name in sorted(names_of(night))[:2]:
        uri = output(name)["HumanLoopOutput"]["OutputS3Uri"]
        bucket, key = uri.removeprefix("s3://").split("/", 1)
        whole[bucket, key] = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        s3.put_object(Bucket=bucket, Key=key, Body=whole[bucket, key][:100])
    with pytest.raises(TooManyFailuresError, match=r"2 of 3 ended reviews have no usable answer.*max_unusable_share"):
        night.collect()
    for (bucket, key), body in whole.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    assert night.collect()["answers"] == 3, "mended and cleared, the night goes on"


def test_an_output_that_comes_after_its_status_is_waited_for(own_loop, s3, stack):
    night = opened(own_loop, s3, "2026-06-11")
    (name,) = names_of(night)
    answer_all(stack, night.flow.name, [name])
    uri = A2IHook().describe_human_loop(name)["HumanLoopOutput"]["OutputS3Uri"]
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.delete_object(Bucket=bucket, Key=key)
    writing = threading.Timer(1.5, lambda: s3.put_object(Bucket=bucket, Key=key, Body=body))
    writing.start()
    assert night.collect()["answers"] == 1
    writing.join()


def test_too_many_images_without_a_score_fail_the_night(own_loop, s3):
    strict = replace(own_loop, limits=replace(own_loop.limits, few=2, max_unscored_share=0.5))
    night = Night(strict, "2026-06-12")
    for number in range(2):
        night.put_key(s3, f"bad{number}.png", b"no image" + bytes([number]))
    night.put_key(s3, "good.png", encode(picture([(20, 30, 60, 40)], shade=33)))
    night.list()
    night.score()
    with pytest.raises(
        TooManyFailuresError, match=r"2 of 3 images have no score.*limits.max_unscored_share.*\(0.5\).*bad0.png: Unr"
    ):
        night.plan()
    bearing = Night(replace(strict, limits=replace(strict.limits, max_unscored_share=0.7)), night.date)
    assert bearing.plan()["reviews"] == 1


def test_a_night_nobody_answers_ends_green_and_says_so(own_loop, s3, capsys):
    night = opened(own_loop, s3, "2026-06-14", images=2)
    assert night.wait(night.open()["flow_definition_arn"], 0)["open"] == 2
    receipt = night.finish()
    assert (receipt["answers"], receipt["manifest_lines"], receipt["reviews_open"]) == (0, 0, 2)
    assert "Nobody answered any of the 2 reviews" in capsys.readouterr().out


def test_a_backfilled_night_s_reviews_wait_for_as_many_nights_as_any(own_loop, s3):
    """The nights that were over when its reviews were left open could not take their answers."""
    loop = replace(own_loop, review=replace(own_loop.review, give_up_after_nights=2))
    for day in ("11", "12", "13"):
        opened(loop, s3, f"2026-08-{day}", images=0).finish()
    backfilled = opened(loop, s3, "2026-08-10")
    backfilled.finish()
    (name,) = names_of(backfilled)
    assert opened(loop, s3, "2026-08-14", images=0).finish()["given_up"] == 0
    assert A2IHook().describe_human_loop(name)["HumanLoopStatus"] == "InProgress"
    assert opened(loop, s3, "2026-08-15", images=0).finish()["given_up"] == 1


def test_nights_backfilled_at_once_do_not_give_up_each_other_s_reviews(own_loop, s3):
    loop = replace(own_loop, review=replace(own_loop.review, give_up_after_nights=1))
    nights = [opened(loop, s3, f"2026-08-{day}") for day in ("20", "21", "22")]
    time.sleep(1.1)  # S3 tells times in whole seconds
    assert [night.finish()["given_up"] for night in nights] == [0, 0, 0]
    assert opened(loop, s3, "2026-08-23", images=0).finish()["given_up"] == 3


def test_a_review_that_another_night_settles_meanwhile_is_none_of_this_one_s(own_loop, s3, stack, monkeypatch):
    late = opened(own_loop, s3, "2026-08-27", images=2)
    late.finish()
    answer_all(stack, late.flow.name, names_of(late))
    first, second = (Night(own_loop, f"2026-08-{day}") for day in ("28", "29"))
    for night in (first, second):
        night.open_all()
    listed = ObjectStore.list

    def settled_after_it_was_listed(self, prefix):
        entries = list(listed(self, prefix))
        if prefix == second.loop_files.open_reviews:
            monkeypatch.setattr(ObjectStore, "list", listed)
            first.finish()
        return iter(entries)

    monkeypatch.setattr(ObjectStore, "list", settled_after_it_was_listed)
    receipt = second.finish()
    assert receipt["late_answers"] == 0
    assert {line["review_name"] for line in first.lines(first.files.answers)} == names_of(late)


def test_nights_that_end_at_the_same_moment_share_late_answers_out(own_loop, s3, stack):
    late = opened(own_loop, s3, "2026-09-01", images=6)
    late.finish()
    answer_all(stack, late.flow.name, names_of(late))
    nights = [Night(own_loop, f"2026-09-0{day}") for day in (2, 3, 4)]
    for night in nights:
        night.open_all()
    with ThreadPoolExecutor(len(nights)) as pool:
        for night in pool.map(lambda night: (night.collect(), night)[1], nights):
            night.build()
    taken = [line["review_name"] for night in nights for line in night.lines(night.files.answers)]
    assert sorted(taken) == sorted(names_of(late))
    assert LateReviews(ObjectStore(), late.loop_files, "2026-09-05").waiting() == {}


def test_an_output_that_never_comes_is_waited_for_as_many_nights_as_an_answer(own_loop, s3, stack):
    loop = replace(own_loop, review=replace(own_loop.review, give_up_after_nights=1))
    first = opened(loop, s3, "2026-09-10")
    (name,) = names_of(first)
    answer_all(stack, first.flow.name, [name])
    uri = A2IHook().describe_human_loop(name)["HumanLoopOutput"]["OutputS3Uri"]
    ObjectStore().delete(uri)
    first.collect(output_patience_seconds=0)
    assert statuses(first) == {name: "InProgress"}
    second = opened(loop, s3, "2026-09-11", images=0)
    second.collect(output_patience_seconds=0)
    assert statuses(second) == {name: "Completed"}
    (lost,) = second.lines(second.files.answers)
    assert (lost["unusable"]["code"], lost["reviewers"]) == ("no-output", []), "nobody takes it for an empty image"
    assert LateReviews(ObjectStore(), first.loop_files, "2026-09-12").waiting() == {}


def test_reviews_that_the_service_has_lost_are_opened_again_and_answered_late(own_loop, s3, stack, monkeypatch, capsys):
    """Its database came back from a backup of before they were opened; one night has gone on, one still waits."""
    monkeypatch.setenv("NIGHTLOOP_LOOPS", str(own_loop.path.parent))
    gone_on, waiting = opened(own_loop, s3, "2026-05-21"), opened(own_loop, s3, "2026-05-22")
    a2i = A2IHook()
    lost = {night.date: names_of(night).pop() for night in (gone_on, waiting)}
    for name in lost.values():
        lifecycle.stop(a2i, name)
        lifecycle.delete(a2i, name)
    gone_on.finish()
    assert statuses(gone_on) == {lost[gone_on.date]: "Stopped"}

    for night in (gone_on, waiting):
        arguments = ["--loop", own_loop.name, "--night", night.date]
        for told in ([], ["--yes"]):
            capsys.readouterr()
            assert reopening.main([*arguments, *told]) == 0
            assert lost[night.date] in capsys.readouterr().out.split()
        assert reopening.main([*arguments, "--yes"]) == 0
        assert "0 reviews" in capsys.readouterr().err, "they are there again"
    answer_all(stack, waiting.flow.name, set(lost.values()))
    receipt = waiting.finish()
    assert (receipt["answers"], receipt["late_answers"]) == (2, 1)
    assert reopening.main(["--loop", own_loop.name, "--night", waiting.date]) == 0
