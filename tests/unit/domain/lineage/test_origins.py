"""Where a model comes from, and which models hold an answer."""

import pytest

from nightloop.domain.errors import LineageError, RowError
from nightloop.domain.lineage.origins import (
    LineKey,
    ModelOrigin,
    ancestry,
    descendants,
    learned_from,
    line_key,
    without_answer,
)


def origin(model, parent=None):
    return ModelOrigin(model, f"job-{model}", f"s3://b/{model}.tar.gz", "c", "s3://b/t", "s3://b/v", parent)


ORIGINS = {name: origin(name, parent) for name, parent in (("a", None), ("b", "a"), ("c", "b"), ("d", "a"))}


def line(image, job="a2i/loop-1", created="2026-11-01T00:00:00"):
    return {"source-ref": image, "box": {}, "box-metadata": {"job-name": job, "creation-date": created}}


def test_an_origin_is_read_back_and_leaves_out_what_there_is_not():
    assert ModelOrigin.from_json(origin("a").to_json() | {"other": 1}) == origin("a")
    assert "parent_model" not in origin("a").to_json()
    with pytest.raises(RowError, match="'model'"):
        ModelOrigin.from_json({})


def test_ancestry_goes_back_to_the_first_model():
    assert [found.model for found in ancestry("c", ORIGINS)] == ["c", "b", "a"]
    assert [found.model for found in ancestry("x", {"x": origin("x", "bought")})] == ["x"]
    with pytest.raises(LineageError, match="nothing is known about model z; known are: a, b, c, d"):
        ancestry("z", ORIGINS)


def test_what_one_model_learned_its_descendants_hold():
    assert descendants({"b"}, ORIGINS.values()) == {"b", "c"}
    assert descendants({"a"}, ORIGINS.values()) == {"a", "b", "c", "d"}
    assert descendants(set(), ORIGINS.values()) == set()


def test_a_ring_of_parents_ends():
    ring = {"a": origin("a", "b"), "b": origin("b", "a")}
    assert [found.model for found in ancestry("a", ring)] == ["a", "b"]
    assert descendants({"a"}, ring.values()) == {"a", "b"}


def test_a_line_knows_the_human_loop_it_came_from():
    assert line_key(line("s3://b/1"), "box") == LineKey("s3://b/1", "a2i/loop-1", "2026-11-01T00:00:00")
    assert line_key(line("s3://b/1"), "box").human_loop == "loop-1"
    assert line_key(line("s3://b/1", job="labeling-job/seed"), "box").human_loop is None


def test_the_models_an_answer_went_into():
    keys = {
        "a": [line_key(line("s3://b/1", job="seed"), "box")],
        "b": [line_key(line("s3://b/2"), "box")],
    }
    assert learned_from("loop-1", keys) == {"b"}
    assert learned_from("loop", keys) == set()


def test_a_manifest_without_an_answer_keeps_every_other_line():
    lines = [line("s3://b/1"), line("s3://b/2", job="a2i/loop-2"), line("s3://b/3", job="seed")]
    assert without_answer(lines, "loop-1", "box") == lines[1:]
