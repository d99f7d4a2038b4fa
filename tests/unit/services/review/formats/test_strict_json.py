"""JSON of the standard, and what can be read can be written."""

import json

import pytest

from services.review.formats.strict_json import DEEPEST, read_json, write_json


def nested(depth, opening="[", closing="]"):
    return opening * depth + closing * depth


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "NaN", "[Infinity]", "-Infinity", "1e999", "[-1e400]", "9" * 5000, "\ufeff{}"),
        *("9" * 4000, "-" + "9" * 4000, '{"a": [1' + "0" * 309 + "]}", "1" * 310 + ".5"),
        *('"\\ud83d"', '"\\udc08\\ud83d"', '{"\\uDC00": 1}', '["a", {"b": "x\\uD800y"}]', '"\\ud83d\\ud83d\\udc08"'),
    ],
)
def test_what_is_no_json(text):
    with pytest.raises(ValueError):
        read_json(text)


def test_nesting_has_an_end():
    assert json.dumps(read_json(nested(DEEPEST))) == nested(DEEPEST)
    for text in (nested(DEEPEST + 1), nested(100_000), nested(DEEPEST, '{"a":', "0}").replace("0}", "[]}", 1)):
        with pytest.raises(ValueError):
            read_json(text)


def test_many_shallow_lists_are_not_deep():
    text = "[" + ",".join(["[1]"] * 10_000) + "]"
    assert len(read_json(text)) == 10_000


@pytest.mark.parametrize(
    "text", ['{"\\u00e9":"\\u0000"}', "1" + "0" * 300, '"\\\\ud83d"', '"\U0001f408"', '"\\ud83d\\udc08"', '"\\u2028"']
)
def test_every_text_is_written_as_utf8_that_says_the_same(text):
    value = read_json(text)
    assert json.loads(write_json(value).encode().decode()) == value


def test_names_are_sorted_and_the_last_of_equal_ones_counts():
    assert write_json(read_json('{"b": 1, "a": 2, "b": 3}')) == '{"a": 2, "b": 3}'


def test_what_an_older_database_holds_can_still_be_written():
    assert json.loads(write_json({"a": "\ud83d"})) == {"a": "\ud83d"}


def test_a_long_number_is_not_repeated_whole():
    with pytest.raises(ValueError, match="4000 characters") as caught:
        read_json("9" * 4000)
    assert len(str(caught.value)) < 150
