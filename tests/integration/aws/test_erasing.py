"""What is kept and what goes: an image is erased and comes back by no way; old predictions may expire."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from nightloop.aws.dag_factory import night_tasks
from nightloop.aws.datasets.cohorts import Cohorts, DataSettings
from nightloop.aws.datasets.erased import digest_of
from nightloop.aws.erasing.__main__ import main
from nightloop.aws.hooks.a2i import A2IHook
from nightloop.aws.storage.object_store import ObjectStore
from nightloop.config.models.retention import Retention
from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.reviewer import Reviewer
from tests.integration.aws.running import run
from tests.integration.aws.trainings import Training

BOX = {"label": "person", "left": 20, "top": 30, "width": 60, "height": 40}


@pytest.fixture
def told(own_loop, s3, stack, monkeypatch):
    """A loop with a reviewed night of two images, and one of them was copied upright."""
    monkeypatch.setenv("NIGHTLOOP_LOOPS", str(own_loop.path.parent))
    night = Night(own_loop, "2026-03-01")
    erased = night.put_key(s3, "geträumt & 1.png", encode(picture([(20, 30, 60, 40)], shade=60).convert("RGBA")))
    kept = night.put_key(s3, "geträumt & 1.png.png", encode(picture([(20, 30, 60, 40)], shade=90)))
    opened = night.open_all()
    reviewer = Reviewer(stack).signs_in()
    for _ in range(2):
        assert reviewer.answers(night.flow.name, [BOX])
    night.wait(opened["flow_definition_arn"], 1)
    night.finish()
    Training(own_loop).build_cohort()
    return own_loop, night, erased, kept


def everything(s3, bucket):
    """All objects, with their keys."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page.get("Contents", []):
            yield entry["Key"], s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()


def holding(s3, bucket, *texts):
    """The keys of the objects that hold one of these texts, as JSON writes it, whole."""
    forms = [json.dumps(text, ensure_ascii=plain).encode() for text in texts for plain in (True, False)]
    return sorted({key for key, body in everything(s3, bucket) if any(form in body for form in forms)})


def names_of(night, image):
    rows = night.lines(night.files.plan)
    return [row["review_name"] for row in rows if image in {row["image"]["uri"], row["image"].get("original")}]


def report(capsys):
    """What the command printed, without the log of the tasks' own process."""
    said = capsys.readouterr().out
    return json.loads(said[said.index("{\n") : said.rindex("}") + 1])


def erase(loop, image, *more):
    return main(["--loop", loop.name, image, *more])


def test_nothing_of_it_is_left_and_it_comes_back_by_no_way(told, s3, capsys, monkeypatch):
    loop, night, erased, kept = told
    [name], [kept_name] = names_of(night, erased), names_of(night, kept)
    lines = night.lines(night.files.manifest)
    before = holding(s3, loop.bucket, erased, name)
    assert len(before) >= 7, before

    assert erase(loop, erased) == 0
    dry = report(capsys)
    assert holding(s3, loop.bucket, erased, name) == before, "only looked"
    assert dry["reviews"] == [name]
    assert dry["yours"] == []
    assert erased in dry["delete"]

    is_killed_again_and_again(loop, erased, monkeypatch)
    capsys.readouterr()
    assert holding(s3, loop.bucket, erased, name) == []
    digest = digest_of(erased)
    assert [key for key, body in everything(s3, loop.bucket) if digest in key or digest.encode() in body] == [
        f"{loop.prefix}/{loop.name}/erased/{digest}.json"
    ]
    assert A2IHook().describe_human_loop(name) is None
    assert A2IHook().describe_human_loop(kept_name)["HumanLoopStatus"] == "Completed"
    for uri in (night.files.plan, night.files.answers, night.files.manifest):
        assert len(night.lines(uri)) == 1
    assert night.list() == ["00000"], "the night can run again"
    night.collect()
    capsys.readouterr()
    assert erase(loop, erased, "--yes") == 0
    again = report(capsys)
    assert (again["delete"], again["rewrite"], again["reviews"]) == ([], {}, [])
    is_not_listed_nor_learned_from(loop, s3, erased, kept, lines)


def is_killed_again_and_again(loop, image, monkeypatch):
    """Erase; each try is killed before one more of the files is written."""
    for allowed in range(30):
        steps = iter(range(allowed))

        def replace(self, *given, steps=steps, original=ObjectStore.replace_lines, **more):
            if next(steps, None) is None:
                raise KeyboardInterrupt
            return original(self, *given, **more)

        with monkeypatch.context() as patch:
            patch.setattr(ObjectStore, "replace_lines", replace)
            try:
                assert erase(loop, image, "--yes") == 0
                break
            except KeyboardInterrupt:
                continue
    assert allowed > 2, "it was killed several times"


def is_not_listed_nor_learned_from(loop, s3, erased, kept, lines):
    night = Night(loop, "2026-03-01")
    night.put_key(s3, "geträumt & 1.png", encode(picture([(20, 30, 60, 40)], shade=60).convert("RGBA")))
    store = ObjectStore()
    store.delete(night.files.images)
    night.list()
    assert [row["uri"] for row in night.lines(night.files.images)] == [kept]
    # A night that was under way writes what it had read.
    late = Night(loop, "2026-03-02")
    store.write_once(late.files.manifest, b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    store.write_once(late.files.answers, b"")
    store.write_once(late.files.receipt, b"{}")
    cohorts = Cohorts(store, DataSettings.of(loop))
    refs = {row["source-ref"] for row in cohorts.merge(cohorts.nights(), None).lines}
    assert kept in refs
    assert not any(ref == erased or digest_of(erased) in ref for ref in refs)


def test_a_night_under_way_and_a_reviewer_at_work_are_waited_for(own_loop, s3, stack, capsys, monkeypatch):
    monkeypatch.setenv("NIGHTLOOP_LOOPS", str(own_loop.path.parent))
    night = Night(own_loop, "2026-03-01")
    image = night.put_key(s3, "1.png", encode(picture([(20, 30, 60, 40)], shade=60)))
    night.open_all()
    assert erase(own_loop, image, "--yes") == 1
    assert "2026-03-01 have no receipt yet" in capsys.readouterr().err
    assert names_of(night, image)

    reviewer = Reviewer(stack).signs_in()
    task = reviewer.takes(night.flow.name)
    [name] = names_of(night, image)
    assert erase(own_loop, image, "--yes", "--while-nights-run") == 1
    assert f"Somebody works on {name}" in capsys.readouterr().err
    assert names_of(night, image) == [name], "what leads to the review is kept until it has ended"
    reviewer.submits(task, [BOX])
    assert ends(name)
    assert erase(own_loop, image, "--yes", "--while-nights-run") == 0
    assert A2IHook().describe_human_loop(name) is None
    assert holding(s3, own_loop.bucket, image, name) == []


def ends(name):
    """Wait until the review that was stopped has left its answer."""
    for _ in range(100):
        if A2IHook().describe_human_loop(name)["HumanLoopStatus"] == "Stopped":
            return True
        time.sleep(0.1)
    return False


def test_predictions_may_expire_once_their_night_has_its_receipt(own_loop, s3, stack):
    loop = replace(own_loop, retention=Retention(predictions_days=30))
    assert run(night_tasks.apply_retention(loop))
    [rule] = s3.get_bucket_lifecycle_configuration(Bucket=loop.bucket)["Rules"]
    night = Night(loop, "2026-03-05")
    night.put_key(s3, "1.png", encode(picture([(20, 30, 60, 40)], shade=60)))
    opened = night.open_all()
    assert tags(s3, night.files.predictions("00000")) == []
    assert Reviewer(stack).signs_in().answers(night.flow.name, [BOX])
    night.wait(opened["flow_definition_arn"], 1)
    night.finish()
    assert tags(s3, night.files.predictions("00000")) == rule["Filter"]["And"]["Tags"]
    assert tags(s3, night.files.plan) == tags(s3, night.files.manifest) == []
    # The bucket has let them expire; a rerun of what came after them needs none.
    ObjectStore().delete(night.files.predictions("00000"))
    before = night.objects()
    night.plan()
    night.open()
    night.finish()
    assert night.objects() == before


def tags(s3, uri):
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    return s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
