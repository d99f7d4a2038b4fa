"""What names an image, and what only looks as if it did."""

import json

import pytest

from nightloop.aws.erasing.mentions import Mentions, review_names

IMAGE, COPIES = "s3://b/träume & 1.jpg", "s3://b/loops/voc/normalised/d/"
NAMES = Mentions({IMAGE, "voc-1"}, COPIES, "erased:d")


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"image": {"uri": IMAGE}}, True),
        ({"image": {"uri": f"{COPIES}e.jpg", "original": "x"}}, True),
        ({"figures": {IMAGE: 1}}, True),
        (["voc-1"], True),
        ({"uri": f"{IMAGE}.png"}, False),
        ({"review_name": "voc-12"}, False),
        ({"text": f"about {IMAGE}"}, False),
    ],
)
def test_only_whole_texts_name_it(value, named):
    assert NAMES.is_in(value) is named
    for plain in (True, False):
        assert NAMES.is_in_line(json.dumps(value, ensure_ascii=plain).encode()) is named


def test_a_broken_line_that_may_name_it_is_taken_out():
    assert NAMES.is_in_line(f'{{"uri": "{IMAGE}", '.encode())
    assert not NAMES.is_in_line(b'{"uri": "another", ')


def test_a_page_is_found_as_html_writes_it():
    assert NAMES.may_be_in("<td>s3://b/träume &amp; 1.jpg</td>".encode())


def test_a_document_keeps_all_else():
    document = {"best": IMAGE, "of": [IMAGE, "other"], "by": {IMAGE: 0.5, "other": 1}}
    assert NAMES.without(document) == {
        "best": "erased:d",
        "of": ["erased:d", "other"],
        "by": {"erased:d": 0.5, "other": 1},
    }


def test_a_list_for_a_transform_job_names_it_below_its_prefix():
    listed = [{"prefix": "s3://b/"}, "other.jpg", "träume & 1.jpg"]
    assert NAMES.is_listed_in(listed)
    assert NAMES.without(listed) == [{"prefix": "s3://b/"}, "other.jpg"]
    assert not NAMES.is_listed_in([{"prefix": "s3://c/"}, "träume & 1.jpg"])


def test_the_names_of_its_reviews_are_read_from_rows():
    row = {"review_name": "voc-1", "review": {"review_name": "voc-2"}, "others": [{"review_name": "voc-3"}]}
    assert review_names(row) == {"voc-1", "voc-2", "voc-3"}
