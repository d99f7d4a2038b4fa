"""What the live model's own evaluation said, beside what the audits say."""

import json
from datetime import UTC, datetime, timedelta

from nightloop.aws.history.audits import holdout_figure
from nightloop.aws.storage.layout import LoopFiles
from nightloop.aws.storage.object_store import StoredObject

FILES = LoopFiles("s3://b/loops/voc")
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


class Store:
    """Objects in the order they were written."""

    def __init__(self, objects):
        self.objects = {uri: json.dumps(value).encode() for uri, value in objects.items()}

    def list(self, prefix):
        for number, (uri, body) in enumerate(self.objects.items()):
            if uri.startswith(prefix):
                yield StoredObject(uri, "e", len(body), BEGIN + timedelta(minutes=number))

    def read(self, uri):
        return self.objects[uri]


def origin(model, job):
    manifests = {"train": "s3://b/t", "validation": "s3://b/v", "cohort": "c", "artefact": "s3://b/a"}
    return {FILES.model(job).origin: {"model": model, "training_job": job, **manifests}}


def evaluation(job, digest, mean, images=70):
    return {FILES.model(job).evaluation(digest).evaluation: {"challenger": {"mean": mean}, "images": images}}


def test_the_last_evaluation_of_the_model_itself_counts() -> None:
    others = evaluation("job-2", "a", 0.9) | {FILES.model("job").evaluation("b").decision("c").gate: {}}
    store = Store(origin("m", "job") | evaluation("job", "b", 0.5) | evaluation("job", "a", 0.6, 80) | others)
    assert holdout_figure(store, FILES, "m") == {"average_precision": 0.6, "images": 80}


def test_a_first_model_and_one_from_elsewhere_have_none() -> None:
    assert holdout_figure(Store(origin("m", "job")), FILES, "m") is None
    assert holdout_figure(Store(evaluation("job", "b", 0.5)), FILES, "m") is None
