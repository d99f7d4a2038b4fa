from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.awswire.timestamps import EPOCH, HTTP_DATE, ISO, read_timestamp, write_timestamp

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENTS = st.timedeltas(timedelta(0), timedelta(days=365 * 130)).map(lambda passed: _START + passed)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(_MOMENTS, st.sampled_from([EPOCH, ISO]))
def test_no_microsecond_is_lost(moment, form):
    assert read_timestamp(write_timestamp(moment, form)) == moment


def test_forms():
    moment = datetime(2026, 11, 23, 4, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=1)))
    assert write_timestamp(moment, ISO) == "2026-11-23T03:00:00.250Z"
    assert write_timestamp(moment.replace(microsecond=1), ISO) == "2026-11-23T03:00:00.000001Z"
    assert write_timestamp(moment, HTTP_DATE) == "Mon, 23 Nov 2026 03:00:00 GMT"
    assert write_timestamp(moment, EPOCH) == 1795402800.25


@pytest.mark.parametrize(
    "text",
    [
        "1795402800",
        "2026-11-23T03:00:00Z",
        "2026-11-23T04:00:00+01:00",
        "2026-11-23T03:00:00",
        "Mon, 23 Nov 2026 03:00:00 GMT",
    ],
)
def test_readings(text):
    assert read_timestamp(text) == datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "1e300", "0001-01-01T00:00:00+23:00", "2026-13-01"])
def test_what_is_no_time(text):
    with pytest.raises(ValueError):
        read_timestamp(text)
