"""The same picture on two nights is two reviews: each answer joins one night."""

from __future__ import annotations

import pytest

from tests.integration.aws.nights import Night
from tests.integration.aws.pictures import encode, picture
from tests.integration.aws.test_night import answer_all

BOX = (20, 30, 60, 40)
SAME = {"plain.png": encode(picture([BOX], shade=71)), "palette.gif": encode(picture([BOX]).convert("P"), "GIF")}


def opened(loop, s3, date, name):
    night = Night(loop, date)
    night.put_key(s3, name, SAME[name])
    night.open_all()
    return night


def names_of(night):
    return {line["review_name"] for line in night.lines(night.files.reviews)}


@pytest.mark.parametrize("name", SAME)
def test_a_picture_that_was_answered_before_is_asked_about_again(own_loop, s3, stack, name):
    first = opened(own_loop, s3, "2026-07-01", name)
    answer_all(stack, first.flow.name, names_of(first))
    first.finish()
    second = opened(own_loop, s3, "2026-07-02", name)
    assert not names_of(first) & names_of(second)
    receipt = second.finish()
    assert (receipt["reviews_adopted"], receipt["answers"], receipt["reviews_open"]) == (0, 0, 1)


@pytest.mark.parametrize("name", SAME)
def test_a_picture_that_is_still_asked_about_gets_one_line_an_answer(own_loop, s3, stack, name):
    first = opened(own_loop, s3, "2026-07-03", name)
    first.finish()
    second = opened(own_loop, s3, "2026-07-04", name)
    answer_all(stack, first.flow.name, names_of(first) | names_of(second))
    receipt = second.finish()
    answered = [line["review_name"] for line in second.lines(second.files.answers)]
    assert sorted(answered) == sorted(names_of(first) | names_of(second))
    assert (receipt["answers"], receipt["late_answers"], receipt["manifest_lines"]) == (2, 1, 2)
