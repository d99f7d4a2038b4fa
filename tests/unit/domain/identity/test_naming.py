import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.errors import NamingError
from nightloop.domain.identity import naming

LOOP = st.from_regex(r"[a-z0-9][a-z0-9-]{0,19}", fullmatch=True)
TEXT = st.text(max_size=30)
NAMES = (
    "voc-bfc2744c847bd321175644eff892ba73",
    "voc-train-e861b1cd4f5be611286e7f94",
    "c73b73af8851e9e9",
)
HUMAN_LOOP_NAME = re.compile(r"[a-z0-9](-*[a-z0-9])*")


@given(LOOP, TEXT, TEXT, st.none() | TEXT)
def test_every_name_is_valid_whatever_it_is_made_of(loop: str, a: str, b: str, parent: str | None) -> None:
    names = [
        naming.human_loop_name(loop, a, b, a, b),
        naming.task_ui_name(loop, a),
        naming.flow_definition_name(loop, title=a, task_count=3),
        naming.training_job_name(loop, a, parent, epochs="10"),
        naming.model_name(loop, a),
        naming.endpoint_config_name(loop, a, instance_type=b),
        naming.transform_job_name(loop, a, b),
    ]
    for name in names:
        assert len(name) <= 63
        assert HUMAN_LOOP_NAME.fullmatch(name)
        assert name.startswith(loop)
    assert len(set(names)) == len(names)


def test_names_never_change() -> None:
    # Written down: another name would open every review of a running night a second time.
    assert naming.human_loop_name("voc", "s3://b/1.jpg", "e1", "m1", "audit") == NAMES[0]
    assert naming.training_job_name("voc", "c1", None, epochs="10") == NAMES[1]
    assert naming.cohort_id(b"line\n") == NAMES[2]


@pytest.mark.parametrize(
    "other",
    [
        ("s3://b/2.jpg", "e1", "m1", "audit", 0),
        ("s3://b/1.jpg", "e2", "m1", "audit", 0),
        ("s3://b/1.jpg", "e1", "m2", "audit", 0),
        ("s3://b/1.jpg", "e1", "m1", "low-confidence", 0),
        ("s3://b/1.jpg", "e1", "m1", "audit", 1),
        ("s3://b/1.jpge", "1", "m1", "audit", 0),  # the same letters, cut elsewhere
    ],
)
def test_another_review_has_another_name(other: tuple[str, str, str, str, int]) -> None:
    assert naming.human_loop_name("voc", "s3://b/1.jpg", "e1", "m1", "audit", 0) != naming.human_loop_name(
        "voc", *other
    )


def test_the_order_of_settings_does_not_matter() -> None:
    assert naming.flow_definition_name("voc", a=1, b=2) == naming.flow_definition_name("voc", b=2, a=1)
    assert naming.flow_definition_name("voc", a=1, b=2) != naming.flow_definition_name("voc", a=2, b=1)


@pytest.mark.parametrize("loop", ["", "Voc", "-voc", "v_c", "a" * 21, "voc\n"])
def test_a_loop_name_that_cannot_begin_a_name_is_refused(loop: str) -> None:
    with pytest.raises(NamingError, match="loop name"):
        naming.task_ui_name(loop, "template")


def test_an_evaluation_is_named_by_all_it_is_made_of() -> None:
    lines, etags = [{"source-ref": "s3://b/1.jpg"}, {"source-ref": "s3://b/2.jpg"}], {"s3://b/1.jpg": "e1"}
    holdout = naming.holdout_digest(lines, etags)
    assert holdout == naming.holdout_digest(lines[::-1], dict(etags))
    assert holdout != naming.holdout_digest(lines[:1], etags)
    assert holdout != naming.holdout_digest([lines[0], {"source-ref": "s3://b/2.jpg", "label": 1}], etags)
    assert holdout != naming.holdout_digest(lines, {"s3://b/1.jpg": "e2"})
    assert holdout != naming.holdout_digest(lines, {"s3://b/1.jpg": None})
    names = {
        naming.evaluation_digest(champion, digest, classes, seed=seed)
        for champion in ("m1", "m2")
        for digest in (holdout, "other")
        for classes in (("cat", "dog"), ("dog", "cat"), ("cat",))
        for seed in (1, 2)
    }
    assert len(names) == 24


def test_a_decision_is_named_by_its_limits() -> None:
    assert naming.decision_digest(confidence=0.9, drop=0.3) == naming.decision_digest(drop=0.3, confidence=0.9)
    assert naming.decision_digest(confidence=0.9) != naming.decision_digest(confidence=0.9999)
