"""Which state an alarm has for the values of its periods, the newest first."""

from types import SimpleNamespace

import pytest

from services.aws.emulator.alarms import judge


def alarm(**changes):
    settings = {
        "statistic": "Sum",
        "extended_statistic": None,
        "comparison_operator": "GreaterThanThreshold",
        "threshold": 2.0,
        "datapoints_to_alarm": None,
        "treat_missing_data": None,
        "state_value": "OK",
        "state_reason": "as it was",
    }
    return SimpleNamespace(**settings | changes)


@pytest.mark.parametrize(
    ("settings", "periods", "state"),
    [
        ({}, [[1, 2]], "ALARM"),
        ({}, [[1, 1]], "OK"),
        ({"comparison_operator": "GreaterThanOrEqualToThreshold"}, [[1, 1]], "ALARM"),
        ({"comparison_operator": "LessThanThreshold", "statistic": "SampleCount"}, [[9]], "ALARM"),
        ({"statistic": "Average"}, [[1, 2, 9]], "ALARM"),
        ({"statistic": "Maximum"}, [[1, 2, 2]], "OK"),
        ({"statistic": "Minimum"}, [[3, 2.5]], "ALARM"),
        ({"statistic": None, "extended_statistic": "p50"}, [[1, 2, 9, 9]], "OK"),
        ({"statistic": None, "extended_statistic": "p99"}, [[1] * 99 + [9]], "OK"),
        ({"statistic": None, "extended_statistic": "p99.5"}, [[1] * 99 + [9]], "ALARM"),
        ({}, [[3], [3]], "ALARM"),
        ({}, [[3], [1]], "OK"),
        ({"datapoints_to_alarm": 1}, [[1], [3]], "ALARM"),
        ({}, [[]], "INSUFFICIENT_DATA"),
        ({"treat_missing_data": "notBreaching"}, [[], []], "OK"),
        ({"treat_missing_data": "breaching"}, [[], []], "ALARM"),
        ({"treat_missing_data": "ignore", "state_value": "ALARM"}, [[]], "ALARM"),
    ],
)
def test_state(settings, periods, state):
    assert judge(alarm(**settings), periods)[0] == state


def test_the_reason_has_the_numbers():
    assert judge(alarm(), [[1, 4]])[1] == "Threshold Crossed: 1 datapoints [5] breach the threshold (2.0)."
