import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sagemaker.jobs.channels import shuffled
from services.sagemaker.jobs.inputs import relative_key
from services.sagemaker.jobs.payloads import RecordTooLargeError, assemble, output_key, split_payloads
from services.sagemaker.jobs.training import failure_reason
from services.sagemaker.jobs.transform_plan import TransformPlan, container_environment_of


@pytest.mark.parametrize(
    ("prefix", "key", "relative"),
    [
        ("in/", "in/a.jpg", "a.jpg"),
        ("in", "in/a.jpg", "a.jpg"),
        ("in", "in/deep/a.jpg", "deep/a.jpg"),
        ("a/in", "a/in/b.jpg", "b.jpg"),
        ("a/in", "a/in_other/b.jpg", "in_other/b.jpg"),
        ("a/model.tar.gz", "a/model.tar.gz", "model.tar.gz"),
        ("model.tar.gz", "model.tar.gz", "model.tar.gz"),
        ("", "a/b.jpg", "a/b.jpg"),
        ("im", "img-1.jpg", "img-1.jpg"),
    ],
)
def test_keys_are_relative_to_the_prefix_that_matched_them(prefix, key, relative):
    assert relative_key(prefix, key) == relative


@pytest.mark.parametrize(
    ("prefix", "relative", "key"),
    [("out", "a.jpg", "out/a.jpg.out"), ("out/", "b/a.jpg", "out/b/a.jpg.out"), ("", "a.jpg", "a.jpg.out")],
)
def test_output_keys(prefix, relative, key):
    assert output_key(prefix, relative) == key


def split(body, split_type="Line", batch_strategy="MultiRecord", max_payload_mb=1):
    return list(
        split_payloads(body, split_type=split_type, batch_strategy=batch_strategy, max_payload_mb=max_payload_mb)
    )


def test_without_a_split_the_object_is_one_payload():
    assert split(b"a\nb\n", split_type="None") == [b"a\nb\n"]
    assert split(b"", split_type="None") == [b""]


def test_single_records_are_lines():
    assert split(b"a\nb\r\nc", batch_strategy="SingleRecord") == [b"a\n", b"b\r\n", b"c"]


def test_an_object_or_line_larger_than_the_limit_is_refused():
    big = b"x" * (1024 * 1024 + 1)
    with pytest.raises(RecordTooLargeError, match="1048577"):
        split(big, split_type="None")
    with pytest.raises(RecordTooLargeError):
        split(b"a\n" + big)
    assert split(big, split_type="None", max_payload_mb=0) == [big]


@given(st.lists(st.integers(1, 400_000), max_size=12))
def test_batches_hold_whole_lines_lose_nothing_and_fit(sizes):
    body = b"".join(b"x" * size + b"\n" for size in sizes)
    batches = split(body)
    assert b"".join(batches) == body
    assert all(len(batch) <= 1024 * 1024 and batch.endswith(b"\n") for batch in batches)
    assert all(len(one) + len(other.split(b"\n")[0]) + 1 > 1024 * 1024 for one, other in itertools.pairwise(batches))


def test_answers_are_joined_as_they_are_or_line_by_line():
    assert assemble([b"a", b"b\n"], "None") == b"ab\n"
    assert assemble([b"a", b"b\n"], "Line") == b"a\nb\n"


def test_an_epoch_s_order_is_drawn_from_seed_and_epoch():
    rows = list(range(50))
    assert shuffled(rows, None, 3) == rows
    assert shuffled(rows, 1, 0) == shuffled(rows, 1, 0)
    assert shuffled(rows, 1, 0) != shuffled(rows, 1, 1)
    assert shuffled(rows, 1, 0) != shuffled(rows, 2, 0)
    assert sorted(shuffled(rows, 1, 1)) == rows


def test_shuffling_leaves_the_shared_random_state_alone():
    random.seed(5)
    expected = random.random()
    random.seed(5)
    shuffled([1, 2, 3], 1, 0)
    assert random.random() == expected


REQUEST = {
    "TransformInput": {"ContentType": "image/jpeg", "SplitType": "None"},
    "TransformOutput": {"AssembleWith": "None"},
}


def test_the_request_wins_over_the_container_and_the_container_over_the_defaults():
    container = {"MaxConcurrentTransforms": 8, "BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 20}
    plan = TransformPlan.make(REQUEST | {"MaxConcurrentTransforms": 2}, container)
    assert (plan.max_concurrent, plan.batch_strategy, plan.max_payload_mb) == (2, "SingleRecord", 20)
    assert plan.describe() == "MaxConcurrentTransforms=2, MaxPayloadInMB=20, BatchStrategy=SINGLE_RECORD"
    assert plan.headers == {"Content-Type": "image/jpeg"}

    default = TransformPlan.make(REQUEST, {})
    assert (default.max_concurrent, default.batch_strategy, default.max_payload_mb) == (1, "MultiRecord", 6)
    assert (default.timeout_seconds, default.max_retries) == (600, 3)


def test_the_batch_container_hears_only_what_the_request_sets():
    assert container_environment_of({}) == {"SAGEMAKER_BATCH": "true"}
    assert container_environment_of(
        {"Environment": {"A": "b"}, "MaxPayloadInMB": 0, "BatchStrategy": "MultiRecord"}
    ) == {
        "A": "b",
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": "0",
        "SAGEMAKER_BATCH_STRATEGY": "MULTI_RECORD",
    }


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        ("label_width is too small", 2, "ClientError: label_width is too small, exit code: 2"),
        ("ClientError: bad", 2, "ClientError: bad, exit code: 2"),
        ("", 1, "AlgorithmError: , exit code: 1"),
        ("boom", 137, "AlgorithmError: boom, exit code: 137"),
    ],
)
def test_failure_reasons(text, code, reason):
    assert failure_reason(text, code) == reason


def test_a_long_failure_is_cut_but_keeps_its_exit_code():
    reason = failure_reason("x" * 2000, 1)
    assert len(reason) == 1024
    assert reason.endswith("x, exit code: 1")
