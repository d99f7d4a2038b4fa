"""The roll call finds who is missing and who answers twice, in any order, and keeps nothing while orders agree."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from nightloop.domain.images.roll_call import RollCall

NAMES = st.sampled_from([f"s3://b/{number}.jpg" for number in range(12)])


def called(listed, answers):
    call = RollCall(listed)
    for uri in answers:
        call.answer(uri)
    return call, *call.end()


@given(st.lists(NAMES, unique=True), st.lists(NAMES))
def test_who_is_missing_and_who_answers_too_often(listed, answers) -> None:
    call, missing, twice = called(listed, answers)
    counted = Counter(answers)
    assert missing == set(listed) - set(answers)
    assert bool(twice) == any(count > 1 or uri not in listed for uri, count in counted.items())
    assert twice <= set(answers)
    assert call.listed == len(listed)


def test_lists_in_one_order_are_compared_in_no_memory() -> None:
    call = RollCall(str(number) for number in range(100_000))
    for number in range(100_000):
        call.answer(str(number))
        assert not call._missing
        assert not call._early
    assert call.end() == (set(), set())
