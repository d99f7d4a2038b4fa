import pytest

from services.sagemaker.jobs.metric_definitions import MetricReader, definitions_of

IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/object-detection:1"
PREFIX = "[11/23/2026 03:00:00 INFO 12345] "


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("#quality_metric: host=algo-1, epoch=4, validation mAP <score>=(0.2712)", ("validation:mAP", 0.2712)),
        ("#quality_metric: host=algo-1, epoch=4, train smooth_l1 <loss>=(0.4211)", ("train:smooth_l1", 0.4211)),
        ("#quality_metric: host=algo-1, epoch=4, batch=7, train smooth_l1 <loss>=(1e-3)", ("train:smooth_l1", 0.001)),
        ("#quality_metric: host=algo-1, epoch=4, train cross_entropy <loss>=(1.2211)", ("train:cross_entropy", 1.2211)),
        ("#progress_metric: host=algo-1, completed 50.0 % of epochs", ("train:progress", 50.0)),
        ("#throughput_metric: host=algo-1, train throughput=12.3 records/second", ("train:throughput", 12.3)),
    ],
)
def test_the_built_in_algorithm_s_lines(line, expected):
    assert MetricReader(definitions_of(IMAGE, [])).read(PREFIX + line, 1.0) == [expected]


@pytest.mark.parametrize(
    "line",
    [
        "mAP 0.5",
        "#quality_metric: host=algo-1, epoch=4, validation mAP <score>=(nan)",
        "#quality_metric: host=algo-1, epoch=4, validation mAP <score>=(inf)",
        "#quality_metric: host=algo-1, epoch=4, validation mAP <score>=(none)",
        "",
    ],
)
def test_what_is_no_finite_number_is_no_metric(line):
    reader = MetricReader(definitions_of(IMAGE, []))
    assert reader.read(line, 1.0) == []
    assert reader.final() == []


def test_the_last_value_of_each_metric_is_final():
    reader = MetricReader([{"Name": "loss", "Regex": "loss: ([0-9.]+)"}, {"Name": "never", "Regex": "never (x)"}])
    reader.read("loss: 0.7", 1.0)
    reader.read("loss: 0.5", 2.0)

    assert reader.final() == [{"MetricName": "loss", "Value": 0.5, "Timestamp": 2.0}]


def test_the_request_s_definitions_join_the_algorithm_s_and_win_by_name():
    mine = {"Name": "validation:mAP", "Regex": "mine=(.*)"}
    definitions = definitions_of(IMAGE, [mine, {"Name": "other", "Regex": "other=(.*)"}])

    assert [entry["Name"] for entry in definitions][-1] == "other"
    assert mine in definitions
    assert len(definitions) == len({entry["Name"] for entry in definitions}) == 6


def test_another_algorithm_has_no_metrics_of_its_own():
    assert definitions_of("123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1", []) == []
