"""Which objects are results for one image: the erased one's and no other's."""

import pytest

from nightloop.aws.storage.layout import ImageTraces

LOOP = "s3://b/loops/voc"
RESULTS = f"{LOOP}/nights/2026-11-22/scoring/results/job"


@pytest.mark.parametrize(
    ("uri", "is_its"),
    [
        (f"{RESULTS}/1.jpg.out", True),
        (f"{RESULTS}/in/2026-11-22/1.jpg.out", True),
        (f"{RESULTS}/2.jpg.out", False),
        (f"{RESULTS.replace('22', '23')}/1.jpg.out", False),
        (f"{LOOP}/nights/2026-11-22/images.jsonl", False),
    ],
)
def test_a_night_s_result_is_the_image_s_where_the_night_names_it(uri, is_its):
    traces = ImageTraces(LOOP, "s3://b/in/2026-11-22/1.jpg", "d")
    assert traces.is_night_result(uri, {f"{LOOP}/nights/2026-11-22/images.jsonl"}) is is_its
