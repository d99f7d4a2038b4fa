"""How much may fail before the night does."""

from __future__ import annotations

import pytest

from nightloop.aws.errors import TooManyFailuresError
from nightloop.aws.storage.failure_limits import check_share

WORDS = {"limit": 0.5, "few": 5, "what": "images have no score", "setting": "limits.max_unscored_share"}


@pytest.mark.parametrize(("failed", "total"), [(0, 0), (4, 4), (5, 10), (5, 100), (50, 100)])
def test_few_failures_and_the_share_itself_are_borne(failed, total):
    check_share(failed, total, **WORDS)


@pytest.mark.parametrize(("failed", "total"), [(5, 5), (5, 9), (51, 100)])
def test_more_fail_the_night_with_counts_setting_and_an_example(failed, total):
    with pytest.raises(TooManyFailuresError) as raised:
        check_share(failed, total, **WORDS, example="s3://b/1.jpg: not an image")
    assert str(raised.value) == (
        f"{failed} of {total} images have no score: more than limits.max_unscored_share of the loop's file allows "
        "(0.5). For instance: s3://b/1.jpg: not an image. Fix the cause and clear this task, or raise the limit."
    )
